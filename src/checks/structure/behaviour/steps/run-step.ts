import pg from 'pg';
import { type Session, serverError } from '../../../../cluster/session.ts';
import { literal } from '../../../access/target.ts';
import type { Ending } from './expectation.ts';
import { becoming, type Someone } from './identity.ts';

const savepoint = 'pgattest_step';

/**
 * Runs a statement as somebody, inside the session's transaction; what it does stays, unless it fails. Role and settings are
 * taken back, so that they are not found by whoever comes next: a setting that was unset is empty then, as on any pooled
 * connection.
 */
export async function runStep(session: Session, who: Someone, sql: string): Promise<Ending> {
  await session.script(`SAVEPOINT ${savepoint}`);
  try {
    const before = await settingsNow(session, Object.keys(who.settings));
    for (const statement of becoming(who, true)) await session.script(statement);
    const result = await session.text(sql);
    if (who.role !== undefined) await session.resume();
    for (const [name, value] of before) {
      await session.script(`SELECT set_config(${literal(name)}, ${literal(value)}, true)`);
    }
    await session.script(`RELEASE ${savepoint}`);
    return { status: 'done', ...result };
  } catch (error) {
    // A statement that was cut off says nothing of what the database does.
    if (!(error instanceof pg.DatabaseError) || error.code === '57014') throw error;
    await session.script(`ROLLBACK TO ${savepoint}; RELEASE ${savepoint}`);
    return { status: 'error', error: serverError(error) };
  }
}

async function settingsNow(session: Session, names: readonly string[]): Promise<readonly [string, string][]> {
  if (names.length === 0) return [];
  const rows = await session.query(
    `SELECT name, coalesce(current_setting(name, true), '') AS value FROM unnest($1::text[]) AS name`,
    [names],
  );
  return rows.map(({ name, value }) => [String(name), String(value)]);
}
