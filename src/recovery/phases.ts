import type { RecoveryPhase } from '../evidence/timeline.ts';
import type { Mark, MarkName } from './model.ts';

/** What a phase is called that ends with a mark. Marks that are not here end none: they go on beside the recovery, or come after it. */
const phaseNames: Partial<Readonly<Record<MarkName, string>>> = {
  detected: 'detect',
  decided: 'decide',
  fenced: 'fence',
  promoted: 'promote',
  rerouted: 're-route',
  declared: 'declare',
  fetched: 'fetch',
  consistent: 'replay to consistency',
  'target-reached': 'replay to target',
  verified: 'verify',
  serving: 'serve',
  'first-good': 'first good write',
};

/**
 * The time from one mark to another, cut where marks lie between them, in the order of time: the phases add up to the whole. Up to the
 * last mark there is where `until` never came.
 */
export function phasesBetween(
  marks: readonly Mark[],
  from: MarkName,
  until: MarkName,
): readonly RecoveryPhase[] {
  const start = marks.find((mark) => mark.name === from);
  if (start === undefined) return [];
  const end = marks.find((mark) => mark.name === until);
  const inside = marks
    .filter(({ name, at }) => {
      if (name === from || name === until || phaseNames[name] === undefined) return false;
      return at >= start.at && (end === undefined || at <= end.at);
    })
    .toSorted((one, other) => one.at - other.at);
  const phases: RecoveryPhase[] = [];
  let begin = start.at;
  for (const { name, at } of end === undefined ? inside : [...inside, end]) {
    phases.push({ name: phaseNames[name] ?? name, from: begin, to: at });
    begin = at;
  }
  return phases;
}
