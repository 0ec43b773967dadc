import type { Node } from '@pgsql/types';
import { deparseSync, parseSync } from 'pgsql-parser';
import { aliasesOf, isLink } from './columns.ts';
import { formulaOf, isConstant, type Logic, leavesBelow } from './tree.ts';

/** A condition of a policy or a rule, taken apart down to the conditions inside its subqueries. */
export interface Condition {
  readonly text: string;
  readonly atoms: readonly Atom[];
  readonly logic: Logic;
}

/** An operand of AND, OR and NOT that is none of these itself. */
export interface Atom {
  readonly text: string;
  /** It names a column, of whatever table: nobody in particular fails it for every row. */
  readonly aboutRow: boolean;
  /** Of a rule: it looks at the actor alone, through other tables perhaps, so that it is the same for every row. */
  readonly aboutActor: boolean;
  /** `true`, `false`, NULL: nothing can make it otherwise. */
  readonly constant: boolean;
  readonly inner: readonly Inner[];
}

/** A condition inside a subquery of an atom, with what the atom would be if that condition always, or never, held. */
export interface Inner {
  readonly text: string;
  readonly ifTrue: string;
  readonly ifFalse: string;
  /** It can only make the atom more true by being true, and less by being false. */
  readonly rising: boolean;
}

const cache = new Map<string, Condition>();

/**
 * Takes a condition apart on its parse tree. Throws the parser's error for what is not one SQL expression.
 *
 * @param links whether an equality of two columns inside a subquery is a condition too: it is what a policy may have forgotten, and
 *   in a rule it only says how tables belong together
 */
export function takeApart(text: string, links: boolean): Condition {
  const key = `${links} ${text}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const nodes: Node[] = [];
  const logic = formulaOf(parseExpression(text), nodes);
  const condition = { text, logic, atoms: nodes.map((node) => atomOf(node, links)) };
  cache.set(key, condition);
  return condition;
}

function atomOf(node: Node, links: boolean): Atom {
  const aliases = aliasesOf(node);
  return {
    text: textOf(node),
    aboutRow: [...aliases].some((alias) => alias !== 'actor'),
    aboutActor: !['row', 'old', 'new'].some((alias) => aliases.has(alias)),
    constant: isConstant(node),
    inner: leavesBelow(node)
      .filter(({ leaf }) => links || !isLink(leaf))
      .map(({ leaf, forced, rising }) => ({
        text: textOf(leaf),
        rising,
        ifTrue: textOf(forced(true)),
        ifFalse: textOf(forced(false)),
      })),
  };
}

function parseExpression(text: string): Node {
  const [parsed, ...more] = parseSync(`SELECT (${text})`).stmts ?? [];
  const statement = parsed?.stmt;
  const select = statement !== undefined && 'SelectStmt' in statement ? statement.SelectStmt : undefined;
  const [target] = select?.targetList ?? [];
  const value = target !== undefined && 'ResTarget' in target ? target.ResTarget.val : undefined;
  if (value === undefined || more.length > 0) throw new Error(`not one SQL expression: ${text}`);
  return value;
}

function textOf(node: Node): string {
  const statement = {
    targetList: [{ ResTarget: { val: node } }],
    limitOption: 'LIMIT_OPTION_DEFAULT',
    op: 'SETOP_NONE',
  };
  return deparseSync({ SelectStmt: statement } as Node).replace(/^SELECT\s+/, '');
}
