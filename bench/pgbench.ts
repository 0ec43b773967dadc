/**
 * The wrapper of pgbench beside pgbench itself, in pairs, in turns: `npx jiti bench/pgbench.ts [--pairs 5] [--seconds 4]`.
 * Select-only, prepared, over a socket, two clients, progress every second: the most that there is to take up. The aim is 2 %.
 */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startCluster } from '../src/cluster/cluster.ts';
import { initialize, parseReport, pgbench } from '../src/load/pgbench/index.ts';

const { values } = parseArgs({
  options: { pairs: { type: 'string', default: '7' }, seconds: { type: 'string', default: '4' } },
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
        ...['-c', '2', '-T', values.seconds, '-P', '1', 'postgres'],
      ],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
    );
    return parseReport(output)?.tps ?? Number.NaN;
  };
  const wrapped = async (): Promise<number> => {
    const run = pgbench({
      program,
      connection,
      clients: 2,
      seconds: Number(values.seconds),
      protocol: 'prepared',
      scripts: [{ builtin: 'select-only' }],
    });
    for await (const _ of run.progress);
    const result = await run.result;
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
} finally {
  await cluster.close();
}
