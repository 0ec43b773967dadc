import { loginSettings } from '../access/target.ts';
import { changeRows, someRows } from './operations.ts';
import { countRecords } from './records.ts';
import { type AuditTrial, type Scene, trial } from './scene.ts';

/** A change by each other login that may make one: jobs and administrators are audited like requests. */
export async function* otherLogins(scene: Scene): AsyncGenerator<AuditTrial, void, void> {
  const { context, target, audited, audit, mark } = scene;
  const { session, design, catalog } = context;
  for (const login of design.logins.filter((name) => name !== design.request.role)) {
    const [row] = await someRows(context, target, audited, target.relation.identity, 1);
    const statement = changeRows(target, audited, row === undefined ? [] : [row.key]);
    const made = await session.undone(async () => {
      await session.become({ role: login, settings: loginSettings(catalog, login) });
      const attempt = await session.attempt(statement, [], true);
      await session.resume();
      if (attempt.status === 'error' || attempt.count === 0) return undefined;
      return countRecords(session, audit, audited, mark, 'UPDATE');
    });
    if (made === undefined) continue;
    yield trial(scene, {
      action: 'UPDATE',
      relation: target.relation.identity,
      way: `UPDATE as ${login}`,
      statement,
      wrong: made === 1 ? [] : [`${made} records instead of 1`],
      expected: 'one record',
      settings: {},
    });
  }
}
