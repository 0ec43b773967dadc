import type { LoadBench } from '../../load/drive/bench.ts';
import type { Calibration } from '../../load/judge/index.ts';
import { clients, meanOf } from './baseline.ts';
import type { LoadContext } from './bench.ts';

const seconds = 5;
const warmUp = 1;

/**
 * What the generator can do at a depth of so many statements in a transaction when the database has next to nothing to do: straight
 * to the primary, and through the entry. Once for all claims of a run.
 */
export function calibrate(context: LoadContext, bench: LoadBench, calls: number): Promise<Calibration> {
  return context.remember(`load calibration ${calls}`, async () => {
    const rateOf = async (statement: 'no-op' | 'select-one') => {
      const { measured } = await bench.drive({
        deck: await bench.calibrationDeck(statement, calls),
        target: statement === 'no-op' ? await bench.primary() : await bench.entry(),
        clients,
        warmUp,
        seconds: seconds + warmUp,
        says: `calibration: ${statement}, ${calls} in a transaction`,
      });
      return meanOf(measured).read;
    };
    return { noOp: await rateOf('no-op'), selectOne: await rateOf('select-one'), clients };
  });
}
