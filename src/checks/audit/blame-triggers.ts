import pg from 'pg';
import type { Session } from '../../cluster/session.ts';

const liveTriggers = `
  SELECT tgname::text AS name, tgenabled IN ('O', 'A') AS enabled
  FROM pg_catalog.pg_trigger WHERE tgrelid = $1::regclass AND NOT tgisinternal`;

/** Which of the triggers that ought to be there are missing or off, as the database stands now; else all of them. */
export async function blameTriggers(
  session: Session,
  table: string,
  names: readonly string[],
): Promise<string> {
  const live = new Map(
    (await session.query(liveTriggers, [table])).map((row) => [String(row.name), row.enabled === true]),
  );
  const quoted = (list: readonly string[]) => list.map((name) => pg.escapeIdentifier(name)).join(', ');
  const missing = names.filter((name) => !live.has(name));
  if (missing.length > 0) return `trigger ${quoted(missing)} on ${table}: missing`;
  const off = names.filter((name) => live.get(name) === false);
  if (off.length > 0) return `trigger ${quoted(off)} on ${table}: disabled`;
  return `trigger ${quoted(names)} on ${table}`;
}
