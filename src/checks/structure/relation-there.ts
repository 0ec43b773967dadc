import type { Session } from '../../cluster/session.ts';
import { literal } from '../access/target.ts';
import type { Looked } from './looked.ts';

/** What to say when a relation is not there at all; undefined when it is. */
export async function relationThere(session: Session, relation: string): Promise<Looked | undefined> {
  const [row] = await session.query('SELECT to_regclass($1) IS NOT NULL AS there', [relation]);
  if (row?.there === true) return undefined;
  return {
    subject: relation,
    at: 'pg_class',
    expected: 'there',
    actual: 'no such relation',
    wrong: {
      says: `there is no ${relation}`,
      object: relation,
      reproduce: `SELECT to_regclass(${literal(relation)});`,
    },
  };
}

/** Columns of a list as a claim writes it, `a, "B c"`, as they are stored. */
export function columnNames(list: string): readonly string[] {
  return [...list.matchAll(/"((?:[^"]|"")*)"|[^,\s][^,]*/g)].map(([text, quoted]) =>
    quoted === undefined ? text.trim() : quoted.replaceAll('""', '"'),
  );
}
