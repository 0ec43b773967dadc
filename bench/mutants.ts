/**
 * How many mutants are tried in a minute, the median of some rounds: `npx jiti bench/mutants.ts [design] [every] [rounds]`. Every n-th
 * mutant is tried, so that a round takes seconds; 1 tries all. Without the start of the server, the fill and the baseline, which are
 * the same for one mutant and for all.
 */
import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { loadDesign } from '../src/design/load.ts';
import { mutate } from '../src/mutation/run.ts';
import { onOwnCluster } from '../src/scenarios/own-cluster.ts';

export interface MutantRate {
  /** Of each round. */
  readonly mutants: number;
  /** Of each round, the lowest first. */
  readonly perMinute: readonly number[];
  readonly median: number;
  readonly score: number;
}

/** Tries every n-th mutant of a design that comes with pgattest, again and again on one server. */
export async function benchMutants(name: string, every = 10, rounds = 5): Promise<MutantRate> {
  const { design } = await loadDesign(name, process.cwd());
  const { signal } = new AbortController();
  const options = { design, on: 'auto', seed: 1, scale: 1, every, signal, onEvent: () => {} } as const;
  return onOwnCluster(options, async (cluster, stage) => {
    const rates: number[] = [];
    let last = { mutants: 0, score: 0 };
    for (let round = 0; round < rounds; round++) {
      const { total, milliseconds } = await mutate(cluster, stage, options);
      rates.push(Math.round((total.mutants / milliseconds) * 60_000));
      last = total;
    }
    const perMinute = rates.sort((a, b) => a - b);
    return { ...last, perMinute, median: perMinute[Math.floor(rounds / 2)] ?? 0 };
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [name = 'saas-gcp', every, rounds] = process.argv.slice(2);
  const rate = await benchMutants(name, Number(every ?? 10), Number(rounds ?? 5));
  process.stdout.write(
    `${name}: ${rate.mutants} mutants a round, ${rate.median} a minute (${rate.perMinute.join(', ')}), ` +
      `score ${rate.score} %, load of the machine ${loadavg()[0]?.toFixed(1)}\n`,
  );
}
