import { literal } from '../../../access/target.ts';
import { oneLine } from '../../../one-line.ts';
import { describeExpect } from './expectation.ts';
import { becoming, type Someone } from './identity.ts';
import type { Expect, Step } from './step.ts';
import { forPsql, type Variables } from './variables.ts';

/** The lines of one step in a script for psql that a superuser runs inside a transaction. */
export function psqlLines(
  step: Pick<Step, 'sql' | 'says' | 'save'>,
  expect: Expect,
  who: Someone,
  variables: Variables,
): readonly string[] {
  const fails = expect !== 'done' && 'error' in expect;
  return [
    ...(step.says === undefined ? [] : [`-- ${oneLine(step.says)}`]),
    ...becoming(who, true).map((statement) => `${statement};`),
    ...(fails ? ['SAVEPOINT step;'] : []),
    `${statementLine(forPsql(step.sql, variables), step.save)} -- expected: ${describeExpect(expect)}`,
    ...(fails ? ['ROLLBACK TO step;'] : []),
    ...(who.role === undefined ? [] : ['SET LOCAL SESSION AUTHORIZATION DEFAULT;']),
    ...Object.keys(who.settings).map((name) => `SELECT set_config(${literal(name)}, '', true);`),
  ];
}

/** A statement as psql ends it: with a semicolon, or with what keeps its row. */
export function statementLine(sql: string, save: string | undefined): string {
  const text = sql.replace(/[;\s]+$/, '');
  const end = save === undefined ? ';' : ` \\gset ${save}_\n`;
  // A comment at the end would swallow what comes after it.
  const lastLine = text.slice(text.lastIndexOf('\n') + 1);
  return `${text}${lastLine.includes('--') ? '\n' : ''}${end}`;
}

export function asScript(lines: readonly string[]): string {
  return ['BEGIN;', ...lines, 'ROLLBACK;'].join('\n');
}
