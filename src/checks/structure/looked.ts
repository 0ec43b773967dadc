import type { Breach } from '../../evidence/model.ts';
import { judge } from '../access/table-check.ts';
import type { CheckContext, Judgement, Sighting } from '../check.ts';

/** One thing that was looked at in the live catalogue, or tried. */
export interface Looked {
  /** What the sighting is about. */
  readonly subject: string;
  /** Where it was read: columns of the catalogue, or the statement that was tried. */
  readonly at: string;
  readonly expected: string;
  readonly actual: string;
  /** Absent: it is as expected. */
  readonly wrong?: Wrong | undefined;
}

export interface Wrong {
  /** One sentence. */
  readonly says: string;
  readonly object: string;
  readonly reproduce?: string;
}

/** Everything that a check looks at; it returns what could not be put to the test. */
export type Look = AsyncGenerator<Looked, readonly string[], void>;

/** Makes sightings and breaches of what was looked at, and judges. */
export async function* tell(context: CheckContext, look: Look): AsyncGenerator<Sighting, Judgement, void> {
  const breaches: Breach[] = [];
  for (;;) {
    const step = await look.next();
    if (step.done === true) return judge(breaches, step.value);
    const { subject, at, expected, actual, wrong } = step.value;
    yield { subject, way: 'catalogue', statement: at, expected, actual, agrees: wrong === undefined };
    if (wrong === undefined) continue;
    breaches.push({ ...wrong, expected, actual });
    if (context.stopAtFirstBreach) return judge(breaches, []);
  }
}
