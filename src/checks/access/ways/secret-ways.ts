import type { CheckContext } from '../../check.ts';
import { type Forbidden, forbidding } from '../denied-by-privilege.ts';
import { columnList, ident, type Target } from '../target.ts';
import { isArbiter } from './conflict.ts';
import { takesRows } from './write-way.ts';

/** Forms of statement that would tell what a secret column holds, without one that lists it: each must fail by privilege. */
export function secretWays(context: CheckContext, target: Target): readonly Forbidden[] {
  const { secret = [], select, insert, update, delete: remove, key } = target.rules;
  if ('never' in select || secret.length === 0) return [];
  const table = target.relation.identity;
  const forbid = forbidding(target, 'SELECT');
  const whole = forbid(
    'SELECT of the whole row',
    `SELECT "row" FROM ${table} AS "row" LIMIT 1`,
    `read whole rows of ${table}, secret columns and all`,
  );
  const given = 'never' in insert ? undefined : (insert.columns ?? target.stored.map(({ name }) => name))[0];
  const changed = 'never' in update ? undefined : update.columns[0];
  const none = `INSERT INTO ${table} (${ident(given ?? '')}) SELECT NULL WHERE false`;
  const ways = (name: string): readonly (readonly [way: string, statement: string])[] => {
    const column = ident(name);
    const where = [`WHERE on ${name}`, `SELECT FROM ${table} WHERE ${column} IS NULL LIMIT 1`] as const;
    if (!takesRows(target)) return [where];
    return [
      where,
      ...(given === undefined
        ? []
        : [[`INSERT … RETURNING ${name}`, `${none} RETURNING ${column}`] as const]),
      ...(changed === undefined
        ? []
        : [
            [
              `UPDATE … RETURNING ${name}`,
              `UPDATE ${table} SET ${ident(changed)} = NULL WHERE false RETURNING ${column}`,
            ] as const,
          ]),
      ...('never' in remove
        ? []
        : [[`DELETE … RETURNING ${name}`, `DELETE FROM ${table} WHERE false RETURNING ${column}`] as const]),
      ...(given === undefined || changed === undefined || !isArbiter(context, target)
        ? []
        : [
            [
              `ON CONFLICT … excluded.${name}`,
              `${none} ON CONFLICT (${columnList(key)}) DO UPDATE SET ${ident(changed)} = NULL WHERE excluded.${column} IS NULL`,
            ] as const,
          ]),
    ];
  };
  return [
    whole,
    ...secret.flatMap((name) =>
      ways(name).map(([way, statement]) =>
        forbid(way, statement, `learn of the secret column ${name} of ${table} by ${way}`),
      ),
    ),
  ];
}
