/**
 * How many mutants are tried in a minute: `npx jiti bench/mutants.ts [design] [glob]`. Without the start of the server, the fill
 * and the baseline, which are the same for one mutant and for all.
 */
import { fileURLToPath } from 'node:url';
import { loadDesign } from '../src/design/load.ts';
import { executeMutation } from '../src/mutation/index.ts';

export interface MutantRate {
  readonly mutants: number;
  readonly milliseconds: number;
  readonly perMinute: number;
  readonly score: number;
}

/** Tries the mutants of a design that comes with pgattest, as far as their ids fit. */
export async function benchMutants(name: string, only?: string): Promise<MutantRate> {
  const { design } = await loadDesign(name, process.cwd());
  const { total, milliseconds } = await executeMutation({
    design,
    on: 'auto',
    seed: 1,
    scale: 1,
    ...(only === undefined ? {} : { only }),
    signal: new AbortController().signal,
    onEvent: () => {},
  });
  return {
    mutants: total.mutants,
    milliseconds,
    perMinute: (total.mutants / milliseconds) * 60_000,
    score: total.score,
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [name = 'saas-gcp', only] = process.argv.slice(2);
  const rate = await benchMutants(name, only);
  process.stdout.write(
    `${name}: ${rate.mutants} mutants in ${(rate.milliseconds / 1000).toFixed(1)} s, ` +
      `${Math.round(rate.perMinute)} a minute, score ${rate.score} %\n`,
  );
}
