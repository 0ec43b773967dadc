import type { Actor } from '../../../design/design.ts';
import type { CheckContext } from '../../check.ts';
import { actorRelation, asRuled, ident, literal } from '../target.ts';
import type { Executable } from './executable.ts';
import type { FunctionRule } from './rule.ts';

/** What a function is called with: literals, since the actor may not read where they come from. */
export interface Calls {
  /** Names of the arguments, as the query of the rule gives them. */
  readonly names: readonly string[];
  /** SQL of the arguments of each call: `'…'::uuid`. */
  readonly rows: readonly (readonly string[])[];
}

/** So many calls of a function are tried for each actor; of one that gives rows fewer, since each reads tables. */
const most = { one: 16, rows: 8 };

/** The calls that a rule's query of arguments gives: in an order that does not hang on how the rows lie. */
export function callsOf(
  context: CheckContext,
  fn: Executable,
  rule: Exclude<FunctionRule, { never: unknown }>,
  actor: Actor,
): Promise<Calls> {
  const { args } = rule;
  const limit = 'rows' in rule ? most.rows : most.one;
  return context.remember(`calls of ${fn.identity} ${asRuled(actor)}`, async () => {
    if (args === undefined) return { names: [], rows: [[]] };
    const from = `${actorRelation(context, actor)} CROSS JOIN LATERAL (${args}) AS args`;
    const columns = await context.remember(`arguments of ${fn.identity}`, async () => {
      return (await context.session.text(`SELECT args.* FROM ${from} LIMIT 0`)).columns;
    });
    const texts = columns.map((name) => `args.${ident(name)}::text`);
    const rows = await context.session.query(
      `SELECT ARRAY[${texts.join(', ')}]::text[] AS given FROM ${from} ORDER BY md5(args::text) LIMIT ${limit}`,
    );
    return {
      names: columns,
      rows: rows.map(({ given }) =>
        (given as (string | null)[]).map(
          (value, index) => `${value === null ? 'NULL' : literal(value)}::${fn.types[index] ?? 'text'}`,
        ),
      ),
    };
  });
}

/** The calls as a relation `args`, numbered by `"pgattest n"`. */
export function relationOf({ names, rows }: Calls): string {
  const values = rows.map((row, index) => `(${[index, ...row].join(', ')})`);
  return `(VALUES ${values.join(', ')}) AS args(${['pgattest n', ...names].map(ident).join(', ')})`;
}
