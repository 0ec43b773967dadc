import { settingsOf } from '../access/target.ts';
import { compareAll, lookBefore, sameBut } from './changes.ts';
import { changeRows, someRows, touchedRows } from './operations.ts';
import type { ExpectedRecord } from './records.ts';
import { type AuditTrial, applySettings, type Scene, trial } from './scene.ts';
import { namedActor } from './statement-forms.ts';

/** In one transaction a row is changed, another one under a savepoint that is undone, and the first one again. */
export async function savepoints(scene: Scene): Promise<AuditTrial | undefined> {
  const { context, target, audited, audit, mark } = scene;
  const { session } = context;
  const [row, other = row] = await someRows(context, target, audited, target.relation.identity, 2);
  if (row === undefined || other === undefined) return undefined;
  const actor = namedActor(scene);
  const settings = actor === undefined ? {} : settingsOf(context, actor);
  const statement = changeRows(target, audited, [row.key]);
  return session.undone(async () => {
    await applySettings(scene, settings);
    const before = await lookBefore(scene, [row]);
    const now = async () =>
      (await touchedRows(context, target, audited, mark, [row.id])).find(({ id }) => id === row.id)?.json ??
      null;
    const expected: ExpectedRecord[] = [];
    const wrong: string[] = [];
    const change = async () => {
      const was = await now();
      const attempt = await session.attempt(statement, [], true);
      if (attempt.status === 'error') wrong.push(`the UPDATE failed: ${attempt.error.message}`);
      const who = actor?.attributes[audit.actorAttribute] ?? null;
      const is = await now();
      // A rule may name a value that the second change finds already.
      if (sameBut(audited, was ?? '', is ?? '')) return;
      expected.push({ action: 'UPDATE', recordId: row.id, actor: who, before: was, after: is });
    };
    await change();
    await session.attempt(changeRows(target, audited, [other.key]));
    await change();
    if (wrong.length === 0) wrong.push(...(await compareAll(scene, before, expected)));
    return trial(scene, {
      action: 'UPDATE',
      relation: target.relation.identity,
      way: 'two changes of a row in one transaction, and one under a savepoint that is undone',
      ...(actor === undefined ? {} : { actor }),
      statement: `${statement}; SAVEPOINT undone; ${changeRows(target, audited, [other.key])}; ROLLBACK TO undone; ${statement}`,
      wrong,
      expected: expected.length === 2 ? 'two right records' : 'one right record',
      settings,
    });
  });
}
