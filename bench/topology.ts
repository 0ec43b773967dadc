/**
 * How long the whole topology takes to come up and to go: primary, 2 replicas, PgBouncer, archive, as processes:
 * `npx jiti bench/topology.ts [starts] [local|embedded|auto]`. Each start is followed by a commit that the replicas
 * and the archive must show. A start that fails ends it with an error.
 */
import { loadavg } from 'node:os';
import { layout } from './topology/layout.ts';
import { type Start, startOnce } from './topology/start-once.ts';

const starts = Number(process.argv[2] ?? 10);
const on = process.argv[3] ?? 'auto';
if (on !== 'local' && on !== 'embedded' && on !== 'auto') throw new Error(`no servers of ${on}`);

console.log(`${starts} starts of ${layout}, --on ${on}`);
const all: Start[] = [];
for (let n = 1; n <= starts; n++) {
  const start = await startOnce(on);
  all.push(start);
  const phases = Object.entries(start.phases).map(([name, ms]) => `${name} ${seconds(ms)}`);
  console.log(
    `${n}: up ${seconds(start.upMs)} s (${phases.join(', ')}), first use ${seconds(start.useMs)} s, down ${seconds(start.downMs)} s; load ${loadavg()[0]?.toFixed(1)}`,
  );
}
report(
  'up',
  all.map(({ upMs }) => upMs),
);
for (const name of Object.keys(all[0]?.phases ?? {})) {
  report(
    `  ${name}`,
    all.map(({ phases }) => phases[name] ?? 0),
  );
}
report(
  'first use',
  all.map(({ useMs }) => useMs),
);
report(
  'down',
  all.map(({ downMs }) => downMs),
);

function report(name: string, samples: readonly number[]): void {
  const sorted = samples.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  console.log(
    `${name}: median ${seconds(median)} s (${seconds(sorted[0] ?? 0)}–${seconds(sorted.at(-1) ?? 0)}, ${sorted.length} starts)`,
  );
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(2);
}
