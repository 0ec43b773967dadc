import { namesOf, parseOne, rewrite, type Tree, toSql } from '../../findings/tree.ts';
import { type Fix, replacing } from './fix.ts';

/** date - date is a number of days, not an interval. */
export const extractFromDays: Fix = {
  id: 'extract-from-days',
  sqlstates: ['42883'],
  async propose(failure) {
    if (!/^function pg_catalog\.extract\(unknown, integer\)/.test(failure.refusal.message)) return undefined;
    const [kind, node] = parseOne(failure.text) ?? [];
    if (kind === undefined || node === undefined) return undefined;
    const changed = rewrite(node, (inner, call) => {
      if (inner !== 'FuncCall' || namesOf(call.funcname).at(-1) !== 'extract') return undefined;
      const [, days] = call.args as readonly unknown[];
      return { A_Expr: operator('*', days, { A_Const: { ival: { ival: 86_400 } } }) };
    }) as Tree;
    return replacing(
      failure,
      await toSql(kind, changed),
      'the difference of two dates is a number of days: multiply it by 86400, or subtract timestamps',
    );
  },
};

/** A ratio over counters that are 0 on a fresh server. */
export const divisionByZero: Fix = {
  id: 'division-by-zero',
  sqlstates: ['22012'],
  async propose(failure) {
    const [kind, node] = parseOne(failure.text) ?? [];
    if (kind === undefined || node === undefined) return undefined;
    const changed = rewrite(node, (inner, expression) => {
      if (inner !== 'A_Expr' || namesOf(expression.name).at(-1) !== '/') return undefined;
      if (isNullif(expression.rexpr)) return undefined;
      const zero = { A_Const: { ival: {} } };
      return { A_Expr: { ...expression, rexpr: { A_Expr: nullif(expression.rexpr, zero) } } };
    }) as Tree;
    const text = await toSql(kind, changed);
    return text === failure.text ? undefined : replacing(failure, text, 'divide by NULLIF(…, 0)');
  },
};

function operator(name: string, lexpr: unknown, rexpr: unknown): Tree {
  return { kind: 'AEXPR_OP', name: [{ String: { sval: name } }], lexpr, rexpr };
}

function nullif(lexpr: unknown, rexpr: unknown): Tree {
  return { kind: 'AEXPR_NULLIF', name: [{ String: { sval: '=' } }], lexpr, rexpr };
}

function isNullif(node: unknown): boolean {
  return (node as { A_Expr?: { kind?: string } } | undefined)?.A_Expr?.kind === 'AEXPR_NULLIF';
}
