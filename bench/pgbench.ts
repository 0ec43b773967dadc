/**
 * The wrapper of pgbench beside pgbench itself, in pairs, in turns: `npx jiti bench/pgbench.ts [--pairs 20] [--seconds 2]`.
 * Select-only, prepared, over a socket, one client, which is one core for it and one for the server: the least noise. The aim is 2 %.
 * Beside it the processor time that the wrapper takes, which is what it can cost.
 */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startCluster } from '../src/cluster/cluster.ts';
import { initialize, parseReport, pgbench } from '../src/load/pgbench/index.ts';

const { values } = parseArgs({
  options: { pairs: { type: 'string', default: '20' }, seconds: { type: 'string', default: '2' } },
});
const cluster = await startCluster({ on: 'auto', settings: {}, throwaway: true });
try {
  const { primary } = cluster;
  const program = path.join(primary.binaries.bin, 'pgbench');
  const connection = {
    host: primary.socketFolder,
    port: primary.place.port,
    user: 'postgres',
    database: 'postgres',
  };
  const made = await initialize({ program, connection });
  if (made.status === 'aborted') throw new Error(made.problem.message);

  const raw = (): number => {
    const output = execFileSync(
      program,
      [
        ...[
          '-h',
          connection.host,
          '-p',
          String(connection.port),
          '-U',
          'postgres',
          '-n',
          '-S',
          '-M',
          'prepared',
        ],
        ...['-c', '1', '-T', values.seconds, '-P', '1', 'postgres'],
      ],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
    );
    return parseReport(output)?.tps ?? Number.NaN;
  };
  let [busy, span] = [0, 0];
  const wrapped = async (): Promise<number> => {
    const [before, started] = [process.cpuUsage(), performance.now()];
    const run = pgbench({
      program,
      connection,
      clients: 1,
      seconds: Number(values.seconds),
      protocol: 'prepared',
      scripts: [{ builtin: 'select-only' }],
    });
    for await (const _ of run.progress);
    const result = await run.result;
    const { user, system } = process.cpuUsage(before);
    busy += (user + system) / 1e6;
    span += (performance.now() - started) / 1000;
    if (result.status === 'aborted') throw new Error(result.problem.message);
    return result.report.tps ?? Number.NaN;
  };

  raw();
  const ratios: number[] = [];
  for (let pair = 0; pair < Number(values.pairs); pair++) {
    // Each goes first in turn.
    const first = pair % 2 === 0 ? raw() : await wrapped();
    const second = pair % 2 === 0 ? await wrapped() : raw();
    const [alone, inWrapper] = pair % 2 === 0 ? [first, second] : [second, first];
    ratios.push(inWrapper / alone);
    console.log(
      `pgbench ${alone.toFixed(0)} tps, wrapper ${inWrapper.toFixed(0)} tps: ${(inWrapper / alone).toFixed(4)}`,
    );
  }
  const sorted = ratios.sort((a, b) => a - b);
  console.log(
    `wrapper ÷ pgbench: median ${sorted[sorted.length >> 1]?.toFixed(4)} (${sorted[0]?.toFixed(4)} to ${sorted.at(-1)?.toFixed(4)}, ${sorted.length} pairs)`,
  );
  console.log(`the wrapper's processor time: ${((100 * busy) / span).toFixed(2)} % of a core`);
} finally {
  await cluster.close();
}
