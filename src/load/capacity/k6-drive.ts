import { ClusterError } from '../../cluster/error.ts';
import type { WrittenDeck } from '../deck/write-deck.ts';
import type { LoadBench, Driven as Run } from '../drive/bench.ts';
import type { LoadTarget } from '../drive/plan.ts';
import { usageFigures } from '../judge/usage-figures.ts';
import type { Measured } from '../recording/measured.ts';
import type { Drive, Driven, Trial } from './measure.ts';
import { components, type Point } from './model.ts';

export interface K6DriveOptions {
  readonly bench: LoadBench;
  readonly target: LoadTarget;
  /** By the name of its mix. */
  readonly decks: ReadonlyMap<string, WrittenDeck>;
  /** Seconds at the beginning of each trial that are not counted. */
  readonly warmUp: number;
}

/**
 * k6 as a closed generator: a mix of a design's workload as fast as the clients go. Processors in use are those of the very seconds that
 * were counted. Throws ClusterError for a trial that failed, or in which a statement did.
 */
export function k6Drive({ bench, target, decks, warmUp }: K6DriveOptions): Drive {
  return async ({ mix = '', cores, clients, seconds, generatorOn }) => {
    const deck = decks.get(mix);
    if (deck === undefined) throw new RangeError(`no deck of the mix ${mix}`);
    const run = await bench.drive({
      deck: deck.file,
      target,
      clients,
      seconds: seconds + warmUp,
      warmUp,
      processors: generatorOn.join(','),
      says: sayTrial({ mix, cores, clients }),
    });
    mustBeWhole(run.measured, { mix, cores, clients });
    return drivenOf(run);
  };
}

type Which = Pick<Trial, 'mix' | 'cores' | 'clients'>;

function sayTrial({ mix, cores, clients }: Which): string {
  const core = cores === 1 ? '1 core' : `${cores} cores`;
  return `${mix}, server and pooler on ${core}, ${clients === 1 ? '1 client' : `${clients} clients`}`;
}

function drivenOf({ measured, usage, k6 }: Run): Driven {
  const { seconds } = measured;
  const { cores } = usageFigures([{ measured, usage }]);
  const busy: Partial<Record<keyof Point['busy'], number>> = {};
  for (const component of components) {
    const used = cores[component];
    if (used !== undefined) busy[component] = used;
  }
  return {
    reads: seconds.reduce((sum, { read }) => sum + read, 0),
    writes: seconds.reduce((sum, { write }) => sum + write, 0),
    seconds: seconds.length,
    processorSeconds: k6.reduce((sum, { processorSeconds }) => sum + (processorSeconds ?? 0), 0),
    busy,
  };
}

function mustBeWhole({ end, seconds, statements }: Measured, which: Which): void {
  const failed = statements.reduce(
    (sum, { errors, wrong }) => sum + wrong + Object.values(errors).reduce((a, b) => a + b, 0),
    0,
  );
  const answered = seconds.some(({ read, write }) => read + write > 0);
  if (end?.complete === true && failed === 0 && answered) return;
  const why =
    failed > 0
      ? `${failed} answers were errors or wrong`
      : end === undefined
        ? 'its recording was cut off'
        : (end.reason ?? 'nothing was answered');
  throw new ClusterError(
    'not-able',
    `no measurement of ${sayTrial(which)}: ${why}`,
    'see pgattest load drive',
  );
}
