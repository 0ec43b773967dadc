import type { Query } from '../../catalog/query.ts';
import { findIn } from '../../findings/index.ts';
import { placesOf } from '../../findings/places.ts';
import { nameOf } from '../../findings/subject.ts';
import type { Finding } from '../model.ts';
import type { Step } from '../script.ts';

/** Looks at what the repaired document made, with the catalogue's checks. A finding is at the statement that made its object. */
export async function liveFindings(query: Query, steps: readonly Step[]): Promise<readonly Finding[]> {
  const places = placesOf(
    steps.flatMap(({ texts, after, line }) => [...texts, ...after].map((text) => ({ text, file: '', line }))),
  );
  await query('BEGIN');
  const { findings } = await findIn(query, { of: 'document' });
  await query('ROLLBACK');
  return findings.map(({ id, severity, subject, says, why, fix }) => ({
    rule: id,
    // What a text leaves open is no failure of it: errors are statements that do not work.
    severity: severity === 'error' ? 'warning' : severity,
    line: places.of(subject)?.made.line ?? 1,
    object: nameOf(subject),
    says: `${says}: ${why}`,
    fix,
  }));
}
