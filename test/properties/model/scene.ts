import { actorsOf, columnsOf, type Draft, expressionOf, linksOf, membersOf, rowsOf } from './case.ts';
import { changesOf } from './change.ts';
import { type Expression, tablesOf } from './expression.ts';
import { Choices, rewrite } from './rewrite.ts';
import type { Attribute, Column, Helper, Row, Scalar } from './types.ts';

export const commands = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'] as const;
export type Command = (typeof commands)[number];

/** What the rules say and what the policies do, both as conditions with a meaning. */
export interface Scene {
  readonly command: Command;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  readonly actors: Readonly<Record<string, Readonly<Record<Attribute, Scalar>>>>;
  readonly tables: Readonly<Record<Helper, readonly Row[]>>;
  /** Tables that the conditions look up. */
  readonly used: readonly Helper[];
  /** The other tables show each actor its own rows alone. */
  readonly helpersHide: boolean;
  readonly rules: Conditions;
  readonly policies: Conditions;
  readonly layout: Draft['layout'];
}

export interface Conditions {
  /** Of SELECT. */
  readonly seen: Expression;
  /** Of the command that is tried: of the old row, or of the only one. */
  readonly using: Expression;
  /** Of the new row of an UPDATE. */
  readonly check: Expression;
}

/** The scene that a draft is for a command: policies as the rules, but for one place, and written otherwise. */
export function sceneOf(draft: Draft, command: Command): Scene {
  const columns = columnsOf(draft);
  const own = expressionOf(draft.rule, columns);
  const seen = command === 'SELECT' ? own : expressionOf(draft.seen, columns);
  // PostgreSQL asks the SELECT policies too, of the row that is there and of what becomes of it.
  const readable = (condition: Expression): Expression =>
    seen.kind === 'constant' ? condition : { kind: 'and', parts: [seen, condition] };
  const rules: Conditions = {
    seen,
    using: command === 'UPDATE' || command === 'DELETE' ? readable(own) : own,
    check: readable(expressionOf(draft.to, columns)),
  };
  const choices = new Choices(draft.rewriting);
  const changed = (condition: Expression, fault: Draft['fault']) => {
    if (draft.fault !== fault) return rewrite(condition, choices);
    const changes = changesOf(condition, columns);
    return rewrite(changes[draft.place % changes.length] ?? condition, choices);
  };
  const using = changed(rules.using, 'using');
  return {
    command,
    columns,
    rows: rowsOf(draft),
    actors: actorsOf(draft),
    tables: { link: linksOf(draft), member: membersOf(draft) },
    used: [...new Set([rules.seen, rules.using, rules.check].flatMap(tablesOf))],
    helpersHide: draft.fault === 'helper',
    rules,
    policies: {
      seen: command === 'SELECT' ? using : rewrite(seen, choices),
      using,
      check: command === 'UPDATE' ? changed(rules.check, 'check') : rules.check,
    },
    layout: draft.layout,
  };
}
