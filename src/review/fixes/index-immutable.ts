import { namesOf, nodesOf, parseOne, rewrite, type Tree, toSql } from '../../findings/tree.ts';
import { type Fix, replacing } from './fix.ts';

/** now() and the like in the predicate of an index: it would be judged once, when the row is written. */
export const indexPredicate: Fix = {
  id: 'index-predicate-not-immutable',
  sqlstates: ['42P17'],
  async propose(failure) {
    if (!/in index predicate must be marked IMMUTABLE/.test(failure.refusal.message)) return undefined;
    const [kind, node] = parseOne(failure.text) ?? [];
    if (kind !== 'IndexStmt' || node === undefined) return undefined;
    const { whereClause, ...rest } = node;
    const kept = conjuncts(whereClause).filter((each) => !isVolatile(each));
    const where =
      kept.length > 1 ? { BoolExpr: { boolop: 'AND_EXPR', args: kept } } : (kept[0] as Tree | undefined);
    const index = where === undefined ? rest : { ...rest, whereClause: where };
    return replacing(
      failure,
      await toSql('IndexStmt', index),
      'leave the condition on the time out of the predicate, and put it into the queries',
    );
  },
};

/** date_trunc and the like over timestamptz depend on the session's time zone. */
export const indexExpression: Fix = {
  id: 'index-expression-not-immutable',
  sqlstates: ['42P17'],
  async propose(failure) {
    if (!/in index expression must be marked IMMUTABLE/.test(failure.refusal.message)) return undefined;
    const [kind, node] = parseOne(failure.text) ?? [];
    if (kind !== 'IndexStmt' || node === undefined) return undefined;
    let changed = '';
    const index = rewrite(node, (inner, call) => {
      const name = namesOf(call.funcname).at(-1);
      if (
        inner !== 'FuncCall' ||
        !['date_trunc', 'date_part', 'extract', 'to_char', 'date'].includes(name ?? '')
      )
        return undefined;
      changed = name ?? '';
      const args = (call.args as readonly unknown[]).map((each) =>
        typeof each === 'object' && each !== null && 'ColumnRef' in each ? atUtc(each) : each,
      );
      return { FuncCall: { ...call, args } };
    }) as Tree;
    if (changed === '') return undefined;
    return replacing(
      failure,
      await toSql('IndexStmt', index),
      `fix the time zone: ${changed}(… AT TIME ZONE 'UTC')`,
    );
  },
};

function conjuncts(where: unknown): readonly unknown[] {
  const { boolop, args } = ((where as { BoolExpr?: Tree } | undefined)?.BoolExpr ?? {}) as {
    boolop?: string;
    args?: readonly unknown[];
  };
  if (boolop === 'AND_EXPR') return args ?? [];
  return where === undefined ? [] : [where];
}

function isVolatile(condition: unknown): boolean {
  const calls = nodesOf(condition, 'FuncCall').map(({ funcname }) => namesOf(funcname).at(-1) ?? '');
  return (
    nodesOf(condition, 'SQLValueFunction').length > 0 ||
    calls.some((name) =>
      /^(?:now|clock_timestamp|statement_timestamp|transaction_timestamp|random)$/.test(name),
    )
  );
}

function atUtc(column: object): unknown {
  const zone = { A_Const: { sval: { sval: 'UTC' } } };
  const funcname = [{ String: { sval: 'pg_catalog' } }, { String: { sval: 'timezone' } }];
  return { FuncCall: { funcname, args: [zone, column], funcformat: 'COERCE_EXPLICIT_CALL' } };
}
