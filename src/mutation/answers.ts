import { identityOf } from '../checks/access/target.ts';
import { Session } from '../cluster/session.ts';
import type { Fault } from '../faults/fault.ts';
import { type Bench, contextOf } from '../scenarios/trial.ts';
import { ident } from './source.ts';

/** Settings as a connection may have them that nobody has signed in on, or somebody wrongly. */
const strange = [
  '',
  'nobody',
  '{00000000-0000-4000-8000-000000000000}',
  '00000000-0000-4000-8000-000000000000',
];

/**
 * What a function without parameters answers each actor, as the request role and as a superuser, and strange sessions: whatever runs it
 * learns nothing else of it. Undefined for functions that cannot be asked like this.
 */
export async function answersOf(bench: Bench, identity: string, fault?: Fault): Promise<string | undefined> {
  const routine = bench.catalog.functions.find((each) => each.identity === identity);
  if (routine === undefined || !identity.endsWith('()') || routine.returns === 'trigger') return undefined;
  const session = new Session(bench.client);
  const context = contextOf(bench, session, new Map(), true);
  const statement = `SELECT (${ident(routine.schema)}.${ident(routine.name)}())::text AS answer`;
  const answers: unknown[] = [];
  const ask = async (role: string | undefined, settings: Readonly<Record<string, string>>) => {
    await session.undone(async () => {
      await session.become(role === undefined ? { role: superuser, settings } : { role, settings });
      const attempt = await session.attempt(statement);
      answers.push(attempt.status === 'done' ? attempt.rows : attempt.error.sqlstate);
    });
  };
  await bench.client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  const [who] = await session.query('SELECT session_user AS name');
  const superuser = String(who?.name);
  try {
    await fault?.inject({ session });
    const all = bench.actors.map((actor) => identityOf(context, actor));
    await ask(bench.design.request.role, {});
    const names = [...new Set(all.flatMap(({ settings }) => Object.keys(settings)))];
    for (const { role, settings } of all) {
      await ask(role, settings);
      await ask(undefined, settings);
    }
    for (const value of strange) {
      await ask(bench.design.request.role, Object.fromEntries(names.map((name) => [name, value])));
    }
    return JSON.stringify(answers);
  } finally {
    await bench.client.query('ROLLBACK');
  }
}
