import { ident, literal, settingsOf } from '../access/target.ts';
import { changeRows, insertCopies, ownRows, someRows } from './operations.ts';
import { type AuditTrial, applySettings, type Scene, trial } from './scene.ts';

/**
 * Who did it stays in the record when the account goes, or the account may not go. For the table of the accounts: the one
 * in which an actor is a row.
 */
export async function actorGone(scene: Scene): Promise<AuditTrial | undefined> {
  const { context, target, audited, audit, mark } = scene;
  const { session } = context;
  const table = target.relation.identity;
  const key = ident(audited.key);
  const named = context.actors.flatMap(({ attributes }) => attributes[audit.actorAttribute] ?? []);
  const [known] = await session.query(
    `SELECT account.${key}::text AS id FROM ${table} AS account WHERE account.${key}::text = ANY ($1) ORDER BY 1`,
    [named],
  );
  const account = known === undefined ? undefined : String(known.id);
  const actor = context.actors.find(({ attributes }) => attributes[audit.actorAttribute] === account);
  if (actor === undefined || account === undefined) return undefined;
  const row = `(SELECT * FROM ${table} AS account WHERE account.${key}::text = ${literal(account)})`;
  const [other] = (await someRows(context, target, audited, table, 2)).filter(({ id }) => id !== account);
  if (other === undefined) return undefined;
  return session.undone(async () => {
    const added = await session.attempt(insertCopies(context, target, row, 1), [], true);
    if (added.status === 'error' || added.count === 0) return undefined;
    const id = (await ownRows(context, target, audited, mark))[0]?.id;
    if (id === undefined) return undefined;
    const someone = { ...actor, attributes: { ...actor.attributes, [audit.actorAttribute]: id } };
    const settings = settingsOf(context, someone);
    await applySettings(scene, settings);
    const change = changeRows(target, audited, [other.key]);
    await session.attempt(change, [], true);
    const statement = `DELETE FROM ${table} WHERE ${key}::text = ${literal(id)}`;
    const recorded = () => recordsBy(scene, other.id, id);
    const before = await recorded();
    const deleted = await session.attempt(statement, [], true);
    const after = await recorded();
    return trial(scene, {
      action: 'DELETE',
      relation: table,
      way: 'DELETE of the account that made a change',
      actor,
      statement: `${change}; ${statement}`,
      wrong:
        before === 1 && after === 0 ? ['the record of what it did is gone, or names nobody any more'] : [],
      ...(before !== 1
        ? { actual: `not tried: its change left ${before} records` }
        : deleted.status === 'error'
          ? { actual: `refused: ${deleted.error.message}` }
          : {}),
      expected: 'its record stays, with its name',
      settings,
    });
  });
}

/** How many records this transaction made of an UPDATE of the row by the actor. */
async function recordsBy({ context, audit, audited, mark }: Scene, id: string, who: string): Promise<number> {
  const { trail } = audit;
  const [row] = await context.session.query(
    `SELECT count(*)::int AS made FROM ${trail.table} AS record
     WHERE age(record.xmin) <= age($1::text::xid) AND ${trail.tableName} = $2 AND ${trail.action} = 'UPDATE'
       AND ${trail.recordId}::text = $3 AND ${trail.actor}::text = $4`,
    [mark, audited.name, id, who],
  );
  return Number(row?.made);
}
