import type { Attempt, ServerError } from '../../cluster/session.ts';

/** How a statement of an actor can end. A closed list: anything else is `other`, and never a denial. */
export type StatementOutcome =
  | { readonly kind: 'done'; readonly rows: number }
  | { readonly kind: 'untouched' }
  | { readonly kind: 'policy'; readonly error: ServerError }
  | { readonly kind: 'privilege'; readonly error: ServerError }
  | { readonly kind: 'guard'; readonly error: ServerError; readonly guard: string }
  | { readonly kind: 'constraint'; readonly error: ServerError }
  | { readonly kind: 'other'; readonly error: ServerError };

/** Tells the outcomes apart by SQLSTATE, and 42501 further by the routine of the server that raised it. */
export function outcomeOf(attempt: Attempt): StatementOutcome {
  if (attempt.status === 'done') {
    return attempt.count > 0 ? { kind: 'done', rows: attempt.count } : { kind: 'untouched' };
  }
  const { error } = attempt;
  if (error.sqlstate.startsWith('23')) return { kind: 'constraint', error };
  if (error.sqlstate !== '42501') return { kind: 'other', error };
  if (error.routine === 'ExecWithCheckOptions') return { kind: 'policy', error };
  // Sequences and row-level locks raise the same message from routines of their own.
  if (error.routine?.startsWith('aclcheck_error') || error.message.startsWith('permission denied ')) {
    return { kind: 'privilege', error };
  }
  const guard = guardOf(error);
  return guard === undefined ? { kind: 'other', error } : { kind: 'guard', error, guard };
}

/** True when the statement was refused or touched nothing. */
export function isDenied(outcome: StatementOutcome): boolean {
  return (
    outcome.kind === 'untouched' ||
    outcome.kind === 'policy' ||
    outcome.kind === 'privilege' ||
    outcome.kind === 'guard'
  );
}

/** The outcome in the words of a report. */
export function describeOutcome(outcome: StatementOutcome): string {
  switch (outcome.kind) {
    case 'done':
      return outcome.rows === 1 ? 'done, 1 row' : `done, ${outcome.rows} rows`;
    case 'untouched':
      return 'no row touched';
    case 'policy':
      return `42501 by policy: ${outcome.error.message}`;
    case 'privilege':
      return `42501 by privilege: ${outcome.error.message}`;
    case 'guard':
      return `42501 by ${outcome.guard}: ${outcome.error.message}`;
    case 'constraint':
      return `${outcome.error.sqlstate} by constraint ${outcome.error.constraint ?? ''}: ${outcome.error.message}`;
    case 'other':
      return `${outcome.error.sqlstate}: ${outcome.error.message}`;
  }
}

function guardOf(error: ServerError): string | undefined {
  return /^PL\/pgSQL function ((?:"(?:[^"]|"")*"|[^\s("])+)\(/.exec(error.where ?? '')?.[1];
}
