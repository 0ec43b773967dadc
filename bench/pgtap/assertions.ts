import { barest, forbidding } from '../../src/checks/access/denied-by-privilege.ts';
import { actorRelation, columnList, identityOf, keyText, targetOf } from '../../src/checks/access/target.ts';
import type { CheckContext } from '../../src/checks/check.ts';
import type { Identity } from '../../src/cluster/session.ts';
import type { Actor } from '../../src/design/design.ts';

export type Command = 'SELECT' | 'UPDATE' | 'DELETE';
const commands: readonly Command[] = ['SELECT', 'UPDATE', 'DELETE'];

/** One actor, one table, one command: the keys of all rows that it reaches, or that it is denied by privilege. */
export interface Assertion {
  readonly table: string;
  readonly command: Command;
  readonly actor: Actor;
  readonly identity: Identity;
  readonly statement: string;
  /** In the order of their bytes; undefined: 42501. */
  readonly keys: readonly string[] | undefined;
}

/** As many assertions as asked for, those with rows first, each with what the rules say. */
export async function assertionsOf(context: CheckContext, wanted: number): Promise<readonly Assertion[]> {
  const found: Assertion[] = [];
  for (const { table } of context.design.access) {
    for (const command of commands) {
      for (const actor of context.actors) found.push(await assertionOf(context, table, command, actor));
    }
  }
  const [rows, denied] = [found.filter(({ keys }) => keys), found.filter(({ keys }) => !keys)];
  return [...rows, ...denied].slice(0, wanted);
}

async function assertionOf(
  context: CheckContext,
  table: string,
  command: Command,
  actor: Actor,
): Promise<Assertion> {
  const target = targetOf(context, table);
  const { select, update, delete: remove } = target.rules;
  const rule = { SELECT: select, UPDATE: update, DELETE: remove }[command];
  const given = {
    table,
    command,
    actor,
    identity: identityOf(context, actor, command === 'SELECT'),
  };
  if ('never' in rule || 'never' in select) {
    const statement = barest(command, target.relation, target.stored);
    return {
      ...given,
      statement: forbidding(target, command)(command, statement, '').statement,
      keys: undefined,
    };
  }
  const key = keyText(target, '"row"');
  // RETURNING asks the SELECT policies too.
  const where = command === 'SELECT' ? select.where : `(${rule.where}) AND (${select.where})`;
  const rows = await context.session.query(
    `SELECT ${key} AS key FROM ${table} AS "row" CROSS JOIN ${actorRelation(context, actor)}
     CROSS JOIN LATERAL (SELECT "row".*) AS "old" WHERE ${where} ORDER BY ${key} COLLATE "C"`,
  );
  const secret = target.rules.secret ?? [];
  const settable = 'columns' in rule ? rule.columns.find((name) => !secret.includes(name)) : undefined;
  const itself = columnList([settable ?? '']);
  const write =
    command === 'UPDATE'
      ? `UPDATE ${table} AS "row" SET ${itself} = ${itself}`
      : `DELETE FROM ${table} AS "row"`;
  const statement =
    command === 'SELECT'
      ? `SELECT ${key} AS key FROM ${table} AS "row" ORDER BY ${key} COLLATE "C"`
      : `WITH touched AS (${write} RETURNING ${key} AS key) SELECT key FROM touched ORDER BY key COLLATE "C"`;
  return { ...given, statement, keys: rows.map((row) => String(row.key)) };
}
