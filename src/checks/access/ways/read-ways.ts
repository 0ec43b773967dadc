import { columnList, ident, keyCondition, type Target } from '../target.ts';

/** A form of SELECT that reaches a table, restricted to a few rows that are known by their keys. */
export interface ReadWay {
  /** For the evidence and the breach: `SELECT FOR UPDATE`. */
  readonly name: string;
  readonly applies: (target: Target) => boolean;
  /** It locks the rows, which a transaction that may not write refuses. */
  readonly locks?: boolean;
  /** What must come out: the rows of the rule; those that the UPDATE rule gives too; those that no child of the table holds. */
  readonly expects: 'rule' | 'rule and update' | 'own rows';
  /** The FROM clause; its rows are called `"row"`. `keys` is a condition over bare column names. */
  readonly from: (target: Target, keys: string) => string;
}

const isTable = ({ relation }: Target) => relation.kind === 'table' || relation.kind === 'partitioned table';
const always = () => true;
const few = (target: Target, keys: string) =>
  `SELECT ${names(target)} FROM ${target.relation.identity} WHERE ${keys}`;
const names = (target: Target) => columnList(target.readable.map(({ name }) => name));

/** In the order in which they are tried. */
export const readWays: readonly ReadWay[] = [
  {
    name: 'SELECT through a subquery',
    applies: always,
    expects: 'rule',
    from: (target, keys) => `(${few(target, keys)} OFFSET 0) AS "row"`,
  },
  {
    name: 'SELECT through WITH',
    applies: always,
    expects: 'rule',
    from: (target, keys) => `(WITH seen AS MATERIALIZED (${few(target, keys)}) SELECT * FROM seen) AS "row"`,
  },
  {
    name: 'SELECT through JOIN LATERAL',
    applies: always,
    expects: 'rule',
    from: (target, keys) =>
      `(VALUES (1)) AS "pgattest"("pgattest one") CROSS JOIN LATERAL (${few(target, keys)} AND "pgattest one" = 1) AS "row"`,
  },
  {
    name: 'SELECT through IN',
    applies: always,
    expects: 'rule',
    from: (target, keys) => {
      const key = columnList(target.rules.key);
      const table = target.relation.identity;
      return `(SELECT ${names(target)} FROM ${table} WHERE (${key}) IN (SELECT ${key} FROM ${table} WHERE ${keys})) AS "row"`;
    },
  },
  {
    name: 'TABLE',
    // It reads every column: with a secret one it must fail, which is tried apart.
    applies: (target) => target.readable.length === target.columns.length,
    expects: 'rule',
    from: (target, keys) =>
      `(SELECT * FROM (TABLE ${target.relation.identity}) AS whole WHERE ${keys}) AS "row"`,
  },
  {
    name: 'SELECT FROM ONLY',
    applies: isTable,
    expects: 'own rows',
    from: (target, keys) =>
      `(SELECT ${names(target)} FROM ONLY ${target.relation.identity} WHERE ${keys}) AS "row"`,
  },
  {
    name: 'SELECT FOR UPDATE',
    applies: isTable,
    expects: 'rule and update',
    locks: true,
    from: (target, keys) => `(${few(target, keys)} FOR UPDATE) AS "row"`,
  },
];

/** Whichever of the rows with these keys, as a condition over bare column names. */
export function amongKeys(target: Target, keys: readonly (readonly (string | null)[])[]): string {
  return `(${keys.map((key) => `(${keyCondition(target, key)})`).join(' OR ')})`;
}

/** The same over an alias: where several relations have columns of the same names. */
export function amongKeysOf(
  target: Target,
  keys: readonly (readonly (string | null)[])[],
  alias: string,
): string {
  const key = columnList(target.rules.key, alias);
  const bare = columnList(target.rules.key);
  return `(${key}) IN (SELECT ${bare} FROM ${target.relation.identity} WHERE ${amongKeys(target, keys)})`;
}

/** Columns as an alias of one row has them: `"old"` made of `"row"`. */
export function sameRowAs(alias: string): string {
  return `CROSS JOIN LATERAL (SELECT "row".*) AS ${ident(alias)}`;
}
