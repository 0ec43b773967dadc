import type { Node } from '@pgsql/types';

/** AND, OR and NOT over atoms, by number. */
export type Logic =
  | { readonly kind: 'atom'; readonly index: number }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Logic[] }
  | { readonly kind: 'not'; readonly part: Logic };

/** The logic of a tree; its atoms are added to `atoms` in the order of the text. */
export function formulaOf(node: Node, atoms: Node[]): Logic {
  if ('BoolExpr' in node) {
    const parts = (node.BoolExpr.args ?? []).map((part) => formulaOf(part, atoms));
    const [only] = parts;
    if (node.BoolExpr.boolop === 'NOT_EXPR' && only !== undefined) return { kind: 'not', part: only };
    return { kind: node.BoolExpr.boolop === 'AND_EXPR' ? 'and' : 'or', parts };
  }
  atoms.push(node);
  return { kind: 'atom', index: atoms.length - 1 };
}

/** SQL's truth of a formula; null is unknown. */
export function truth(logic: Logic, of: (index: number) => boolean | null): boolean | null {
  if (logic.kind === 'atom') return of(logic.index);
  if (logic.kind === 'not') {
    const value = truth(logic.part, of);
    return value === null ? null : !value;
  }
  const decisive = logic.kind === 'or';
  let unknown = false;
  for (const part of logic.parts) {
    const value = truth(part, of);
    if (value === decisive) return decisive;
    if (value === null) unknown = true;
  }
  return unknown ? null : !decisive;
}

/** What the other atoms must be for one to decide alone: those beside it in an AND true, those in an OR false. */
export function beside(
  logic: Logic,
  index: number,
): { readonly index: number; readonly is: boolean }[] | undefined {
  if (logic.kind === 'atom') return logic.index === index ? [] : undefined;
  if (logic.kind === 'not') return beside(logic.part, index);
  const own = logic.parts.findIndex((part) => beside(part, index) !== undefined);
  const below = logic.parts[own];
  if (below === undefined) return undefined;
  const others = logic.parts
    .filter((_, n) => n !== own)
    .flatMap((part) => atomsOf(part, logic.kind === 'and'));
  return [...(beside(below, index) ?? []), ...others];
}

function atomsOf(logic: Logic, is: boolean): { index: number; is: boolean }[] {
  if (logic.kind === 'atom') return [{ index: logic.index, is }];
  if (logic.kind === 'not') return atomsOf(logic.part, !is);
  return logic.parts.flatMap((part) => atomsOf(part, is));
}

/** A condition somewhere below a node, and that node with the condition replaced by a constant. */
export interface Leaf {
  readonly leaf: Node;
  readonly forced: (value: boolean) => Node;
  /** Forced true it can only make the node more true, and forced false only less. */
  readonly rising: boolean;
}

/**
 * The atoms of every condition inside an atom: WHERE, ON and HAVING of its subqueries, at any depth, WHEN of CASE, and the operands
 * of AND, OR and NOT wherever they stand.
 */
export function leavesBelow(root: Node): readonly Leaf[] {
  const found: Leaf[] = [];
  const visit = (tree: unknown, put: (value: unknown) => Node, condition: boolean, rising: boolean): void => {
    if (Array.isArray(tree)) {
      for (const [n, item] of tree.entries()) {
        const replace = (value: unknown) => put(tree.map((each, index) => (index === n ? value : each)));
        visit(item, replace, condition, rising);
      }
      return;
    }
    if (typeof tree !== 'object' || tree === null) return;
    const node = tree as Node;
    // What a CASE compares with a value is no condition.
    if ('CaseExpr' in node && node.CaseExpr.arg !== undefined) return;
    const wrapped = isWrapped(tree);
    if (condition && wrapped && !('BoolExpr' in node) && !isConstant(node)) {
      found.push({ leaf: node, forced: (value) => put(constant(value)), rising });
    }
    for (const [key, value] of Object.entries(tree)) {
      if (typeof value !== 'object') continue;
      const replace = (other: unknown) => put({ ...tree, [key]: other });
      const within = wrapped ? condition && key === 'BoolExpr' : isCondition(tree, key);
      visit(
        value,
        replace,
        within,
        rising && (wrapped ? isRising(node) : !/^(testexpr|targetList)$/.test(key)),
      );
    }
  };
  visit(root, (value) => value as Node, false, true);
  return found;
}

/** More rows below can only make it more true, or give it more rows: AND, OR, EXISTS, IN, plain queries and inner joins. */
function isRising(node: Node): boolean {
  if ('BoolExpr' in node) return node.BoolExpr.boolop !== 'NOT_EXPR';
  if ('SubLink' in node) {
    const { subLinkType, operName } = node.SubLink;
    return subLinkType === 'EXISTS_SUBLINK' || (subLinkType === 'ANY_SUBLINK' && operName === undefined);
  }
  if ('JoinExpr' in node) return node.JoinExpr.jointype === 'JOIN_INNER';
  if ('RangeSubselect' in node) return true;
  if (!('SelectStmt' in node)) return false;
  const {
    targetList = [],
    groupClause,
    havingClause,
    limitCount,
    limitOffset,
    withClause,
    op,
  } = node.SelectStmt;
  const cut = [groupClause, havingClause, limitCount, limitOffset, withClause].some(
    (each) => each !== undefined,
  );
  const plain = targetList.every((each) => {
    const value = 'ResTarget' in each ? each.ResTarget.val : undefined;
    return value !== undefined && ('ColumnRef' in value || 'A_Const' in value);
  });
  return !cut && plain && op === 'SETOP_NONE';
}

const conditionKeys = new Set(['whereClause', 'quals', 'havingClause', 'agg_filter']);

function isCondition(fields: object, key: string): boolean {
  if (conditionKeys.has(key)) return true;
  if (key === 'args') return 'boolop' in fields;
  // WHEN of a CASE.
  return key === 'expr' && 'result' in fields;
}

function isWrapped(tree: object): boolean {
  const keys = Object.keys(tree);
  return keys.length === 1 && /^[A-Z]/.test(keys[0] ?? '');
}

/** `true`, `false` or NULL. */
export function isConstant(node: Node): boolean {
  if ('TypeCast' in node) return node.TypeCast.arg !== undefined && isConstant(node.TypeCast.arg);
  return 'A_Const' in node && ('boolval' in node.A_Const || node.A_Const.isnull === true);
}

function constant(value: boolean): Node {
  return { A_Const: { boolval: { boolval: value } } } as Node;
}
