import type { Measured } from '../recording/measured.ts';
import { addErrors } from '../recording/merge.ts';
import { interruptedClass } from '../recording/model.ts';

/** What failed without the server's saying so: the generator, or the way between. */
export const clientClass = 'client';

/** Of the reader of statements, not of the database: what a wrong script meets always. */
const unfitClasses: ReadonlySet<string> = new Set(['22', '26', '34', '42', clientClass]);

export interface Failures {
  readonly byClass: Readonly<Record<string, number>>;
  readonly server: number;
  readonly client: number;
  /** Failed ÷ answered and failed. */
  readonly rate: number;
  readonly serverRate: number;
}

/**
 * A failed statement is on record under its own name and, as a rule, once more under that of its transaction; one that failed at BEGIN
 * or COMMIT perhaps under the transaction's alone. So of each class the larger of both counts is taken. What was under way when the
 * clock stopped did not fail: see `transactionsOf`.
 */
export function failures(runs: readonly Measured[]): Failures {
  const statements: Record<string, number> = {};
  const transactions: Record<string, number> = {};
  let answered = 0;
  for (const each of runs.flatMap((run) => run.statements)) {
    addErrors(each.kind === 'transaction' ? transactions : statements, each.errors);
    if (each.kind === 'read' || each.kind === 'write') answered += each.answered;
  }
  const classes = [...new Set([...Object.keys(statements), ...Object.keys(transactions)])]
    .filter((name) => name !== interruptedClass)
    .sort();
  const byClass = Object.fromEntries(
    classes.map((name) => [name, Math.max(statements[name] ?? 0, transactions[name] ?? 0)]),
  );
  const client = byClass[clientClass] ?? 0;
  const all = Object.values(byClass).reduce((total, count) => total + count, 0);
  const share = (count: number) => (count === 0 ? 0 : count / (answered + all));
  return { byClass, server: all - client, client, rate: share(all), serverRate: share(all - client) };
}

/** As for errors: a wrong answer may be on record twice. */
export function wrongAnswers(runs: readonly Measured[]): number {
  let statements = 0;
  let transactions = 0;
  for (const { kind, wrong } of runs.flatMap((run) => run.statements)) {
    if (kind === 'transaction') transactions += wrong;
    else statements += wrong;
  }
  return Math.max(statements, transactions);
}

/** Statements that never once were answered, for reasons that a wrong script would have. */
export function unfit(runs: readonly Measured[]): readonly string[] {
  const totals = new Map<string, { answered: number; errors: Record<string, number> }>();
  for (const { kind, statement, answered, errors } of runs.flatMap((run) => run.statements)) {
    if (kind === 'transaction') continue;
    const total = totals.get(statement) ?? { answered: 0, errors: {} };
    total.answered += answered;
    addErrors(total.errors, errors);
    totals.set(statement, total);
  }
  return [...totals].flatMap(([statement, { answered, errors }]) => {
    const classes = Object.keys(errors);
    const always = answered === 0 && classes.length > 0 && classes.every((name) => unfitClasses.has(name));
    return always ? [statement] : [];
  });
}
