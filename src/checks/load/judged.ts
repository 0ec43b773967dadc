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

/** The judge's word as that of a check: broken is a breach, unproved is what was not put to the test. */
export async function* judged(subject: string, input: JudgeInput): AsyncGenerator<Sighting, Judgement, void> {
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
  if (judgement.outcome === 'unproved') return judge([], [withNeeds(says[0] ?? '', judgement)]);
  return judge(
    says.map((each) => breachOf(each, judgement)),
    [],
  );
}

function withNeeds(says: string, { needs }: LoadJudgement): string {
  if (needs === undefined) return says;
  const { cores, interval } = needs;
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
