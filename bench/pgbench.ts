/**
 * The wrapper of pgbench beside pgbench itself: `npx jiti bench/pgbench.ts [--pairs 11] [--seconds 3]`. Select-only, prepared, over a socket, a client
 * each, both at the same time on the same server: whatever else the machine does is done to both. One after the other, they differ by
 * more than there is to find. The aim is 2 %. Beside it the processor time that the wrapper takes, which the other has to suffer too.
 */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { startCluster } from '../src/cluster/cluster.ts';
import { initialize, parseReport, pgbench } from '../src/load/pgbench/index.ts';

const { values } = parseArgs({
  options: { pairs: { type: 'string', default: '11' }, seconds: { type: 'string', default: '3' } },
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

  const raw = async (): Promise<number> => {
    const { stdout } = await promisify(execFile)(program, [
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
    ]);
    return parseReport(stdout)?.tps ?? Number.NaN;
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

  await raw();
  const ratios: number[] = [];
  for (let pair = 0; pair < Number(values.pairs); pair++) {
    // Each is started first in turn.
    const order = pair % 2 === 0 ? [raw, wrapped] : [wrapped, raw];
    const [first = Number.NaN, second = Number.NaN] = await Promise.all(order.map((run) => run()));
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
