import type { Breach } from '../../evidence/model.ts';
import {
  describeFigures,
  type JudgeInput,
  judge as judgeLoad,
  type Judgement as LoadJudgement,
} from '../../load/judge/index.ts';
import { judge } from '../access/table-check.ts';
import type { Judgement, Sighting } from '../check.ts';
import { round, sayRates } from './words.ts';

/**
 * The judge's word as that of a check: broken is a breach, unproved is what was not put to the test.
 *
 * @param statementsPerAsked of the mix, for each statement that the target asks for: where it asks for writes alone, the reads come too
 */
export async function* judged(
  subject: string,
  input: JudgeInput,
  statementsPerAsked = 1,
): AsyncGenerator<Sighting, Judgement, void> {
  const judgement = judgeLoad(input);
  for (const { label, expected, actual, agrees } of describeFigures(judgement)) {
    yield {
      subject,
      way: label,
      statement: 'judged over all runs',
      expected,
      actual,
      agrees: agrees ?? true,
    };
  }
  const says = judgement.reasons.map((reason) => reason.says);
  if (judgement.outcome === 'held') return judge([], []);
  if (judgement.outcome === 'unproved')
    return judge([], [withNeeds(says[0] ?? '', judgement, statementsPerAsked)]);
  return judge(
    says.map((each) => breachOf(each, judgement)),
    [],
  );
}

function withNeeds(reason: string, { needs, bottleneck }: LoadJudgement, each: number): string {
  const says =
    bottleneck === undefined
      ? reason
      : `${reason}; nearest to its end was the ${bottleneck.who}: ${bottleneck.evidence}`;
  if (needs === undefined) return says;
  const cores = needs.cores * each;
  const { interval: one } = needs;
  const interval = one === undefined ? undefined : { from: one.from * each, to: one.to * each };
  const range =
    interval === undefined ? '' : ` (95 %: ${interval.from.toFixed(1)} to ${interval.to.toFixed(1)})`;
  return `${says}; at the processor time that a statement took here the target takes ${cores.toFixed(1)} cores${range}, projected`;
}

function breachOf(says: string, { target, read, write, bottleneck }: LoadJudgement): Breach {
  return {
    says,
    object: bottleneck?.who ?? 'the workload',
    expected: `${sayRates(target)} held`,
    actual: `${round(read.median)} reads and ${round(write.median)} writes a second`,
  };
}
