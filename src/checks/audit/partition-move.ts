import { ident, keyText, literal, settingsOf } from '../access/target.ts';
import { changesSince, compareAll, lookBefore } from './changes.ts';
import { intoLeaf } from './empty-leaves.ts';
import { deleteRows, insertCopies, ownRows, someRows } from './operations.ts';
import { type AuditTrial, applySettings, type Scene, trial } from './scene.ts';
import { namedActor } from './statement-forms.ts';

/**
 * A row that an UPDATE moves to another partition leaves the record of an UPDATE, or those of a DELETE and an INSERT: as
 * which of them the triggers see it, PostgreSQL decides.
 */
export async function partitionMove(scene: Scene): Promise<AuditTrial | undefined> {
  const { context, target, audited, audit, mark } = scene;
  const { session } = context;
  const key = /^(?:RANGE|LIST) \(([^,()]+)\)$/.exec(target.relation.partitionKey ?? '')?.[1];
  const column = target.columns.find(({ name }) => name === key || ident(name) === key);
  if (column === undefined) return undefined;
  const leaves = target.partitions.filter(({ kind }) => kind === 'table').map(({ identity }) => identity);
  let from: string | undefined;
  for (const leaf of leaves) {
    if ((await someRows(context, target, audited, leaf, 1)).length > 0) from ??= leaf;
  }
  if (from === undefined) return undefined;
  const actor = namedActor(scene);
  const settings = actor === undefined ? {} : settingsOf(context, actor);
  const name = ident(column.name);
  let refused: string | undefined;
  for (const to of leaves.filter((leaf) => leaf !== from)) {
    const patch = intoLeaf(context, target, to);
    const value =
      (await someRows(context, target, audited, to, 1)).length > 0
        ? `(SELECT other.${name} FROM ${to} AS other ORDER BY md5(${keyText(target, 'other')}) LIMIT 1)`
        : patch === undefined
          ? undefined
          : `(${patch} ->> ${literal(column.name)})::${column.type}`;
    if (value === undefined) continue;
    const tried = await session.undone(async (): Promise<AuditTrial | string> => {
      await applySettings(scene, settings);
      const added = await session.attempt(insertCopies(context, target, from, 1), [], true);
      if (added.status === 'error') return added.error.message;
      const rows = await ownRows(context, target, audited, mark);
      const before = await lookBefore(scene, []);
      const where = deleteRows(
        target,
        rows.map((row) => row.key),
      ).replace(/^DELETE FROM .*? WHERE /s, '');
      const statement = `UPDATE ${target.relation.identity} SET ${name} = ${value} WHERE ${where}`;
      const moved = await session.attempt(statement, [], true);
      if (moved.status === 'error') return moved.error.message;
      const who = actor?.attributes[audit.actorAttribute] ?? null;
      const asUpdate = await changesSince(scene, before, who);
      if (asUpdate.length === 0) return 'no row was moved';
      const asTwo = asUpdate.flatMap((one) => [
        { ...one, action: 'DELETE' as const, after: null },
        { ...one, action: 'INSERT' as const, before: null },
      ]);
      const wrong = await compareAll(scene, before, asTwo);
      const other = wrong.length === 0 ? [] : await compareAll(scene, before, asUpdate);
      return trial(scene, {
        action: 'UPDATE',
        relation: target.relation.identity,
        way: `UPDATE of ${column.name} that moves the row from ${from} to ${to}`,
        ...(actor === undefined ? {} : { actor }),
        statement,
        wrong: other.length === 0 ? [] : wrong,
        expected: 'the record of an UPDATE, or of a DELETE and an INSERT',
        settings,
      });
    });
    if (typeof tried !== 'string') return tried;
    refused ??= tried;
  }
  return trial(scene, {
    action: 'UPDATE',
    relation: target.relation.identity,
    way: `UPDATE of ${column.name} that moves the row to another partition`,
    statement: `UPDATE ${target.relation.identity} SET ${name} = …`,
    wrong: [],
    actual: `not tried: ${refused ?? 'no other partition whose values are known'}`,
    expected: 'the record of an UPDATE, or of a DELETE and an INSERT',
    settings,
  });
}
