import type { Actor } from '../../design/design.ts';
import { changeRows, deleteRows, insertCopies, ownRows, someRows } from './operations.ts';
import { compareRecords, type ExpectedRecord } from './records.ts';
import { type AuditTrial, applySettings, type Scene, trial } from './scene.ts';

/**
 * Does one operation as the superuser with these settings, and compares the records. With `patch`, rows of the whole table
 * are copied and changed so, for a partition that has none.
 */
export async function operate(
  scene: Scene,
  relation: string,
  action: 'INSERT' | 'UPDATE' | 'DELETE',
  rows: number,
  settings: Readonly<Record<string, string>>,
  actor: Actor | undefined,
  way: string = action,
  patch?: string,
): Promise<AuditTrial> {
  const { context, target, audited, audit, mark } = scene;
  const { session } = context;
  const who = actor?.attributes[audit.actorAttribute] ?? null;
  return session.undone(async () => {
    await applySettings(scene, settings);
    const copies =
      patch === undefined
        ? insertCopies(context, target, relation, rows)
        : insertCopies(context, target, target.relation.identity, rows, patch);
    let statement = copies;
    let expected: ExpectedRecord[] = [];
    const failed = await (async () => {
      if (action === 'UPDATE') {
        const before = await someRows(context, target, audited, relation, rows);
        statement = changeRows(
          target,
          audited,
          before.map((row) => row.key),
        );
        const attempt = await session.attempt(statement, [], true);
        if (attempt.status === 'error') return attempt.error.message;
        const after = new Map(
          (await ownRows(context, target, audited, mark)).map((row) => [row.id, row.json]),
        );
        expected = before.map((row) => ({
          action,
          recordId: row.id,
          actor: who,
          before: row.json,
          after: after.get(row.id) ?? null,
        }));
        return undefined;
      }
      const inserted = await session.attempt(copies, [], true);
      if (inserted.status === 'error') return inserted.error.message;
      const made = await ownRows(context, target, audited, mark);
      if (made.length === 0) return 'no row was added';
      if (action === 'INSERT') {
        expected = made.map((row) => ({
          action,
          recordId: row.id,
          actor: who,
          before: null,
          after: row.json,
        }));
        return undefined;
      }
      statement = deleteRows(
        target,
        made.map((row) => row.key),
      );
      const deleted = await session.attempt(statement, [], true);
      if (deleted.status === 'error') return deleted.error.message;
      expected = made.map((row) => ({ action, recordId: row.id, actor: who, before: row.json, after: null }));
      return undefined;
    })();
    const wrong =
      failed !== undefined
        ? [`the ${action} failed: ${failed}`]
        : await compareRecords(session, audit, audited, mark, action, expected);
    return trial(scene, {
      action,
      relation,
      way,
      ...(actor === undefined ? {} : { actor }),
      statement,
      wrong,
      settings,
      expected: rows === 1 ? 'one right record' : `${rows} right records`,
    });
  });
}
