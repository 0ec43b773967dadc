import { makeRole, onBehalf } from './behalf.ts';
import { classify } from './classify.ts';
import type { Scratch } from './scratch.ts';
import type { Answer, Refusal } from './scratch-query.ts';
import type { Step } from './script.ts';

export type Result =
  | { readonly status: 'passed'; readonly note?: string }
  | { readonly status: 'failed'; readonly refusal: Refusal; readonly text: string }
  | { readonly status: 'not run'; readonly why: string; readonly late?: true };

export const timeIsUp = 'the time of the review is up';

export interface PassOptions {
  /** When the pass must end, as Date.now() counts. */
  readonly deadline: number;
  readonly statementMs: number;
  readonly signal?: AbortSignal;
}

/** Runs every step in order, each alone: what fails is undone, and the next one runs. */
export async function runPass(
  scratch: Scratch,
  steps: readonly Step[],
  { deadline, statementMs, signal }: PassOptions,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const step of steps) {
    signal?.throwIfAborted();
    if (Date.now() > deadline) results.push({ status: 'not run', why: timeIsUp, late: true });
    else results.push(await runStep(scratch, step, statementMs));
  }
  await scratch.disconnect();
  return results;
}

async function runStep(scratch: Scratch, step: Step, statementMs: number): Promise<Result> {
  if (step.class.refusal !== undefined) return { status: 'not run', why: step.class.refusal };
  for (const text of step.before) await runText(scratch, text, statementMs);
  let result: Result = { status: 'passed' };
  for (const text of step.texts) {
    result = await runText(scratch, text, statementMs);
    if (result.status !== 'passed') return result;
  }
  for (const text of step.after) {
    const after = await runText(scratch, text, statementMs);
    if (after.status !== 'passed') return after;
  }
  return result;
}

async function runText(scratch: Scratch, text: string, statementMs: number): Promise<Result> {
  const known = classify(text);
  const behalf = await onBehalf(text, known, scratch.query);
  switch (behalf.status) {
    case 'done':
      return { status: 'passed', ...(behalf.note === undefined ? {} : { note: behalf.note }) };
    case 'refused':
      return { status: 'not run', why: behalf.why };
    case 'error':
      return { status: 'failed', refusal: behalf, text };
    case 'not needed':
      break;
  }
  const answer = await guarded(scratch, text, known.kind);
  if (answer.status === 'done') return { status: 'passed' };
  return judge(scratch, text, answer.refusal, statementMs, known.kind);
}

/** Inside a transaction that the document opened, a savepoint keeps a failure from undoing the whole of it. */
async function guarded(scratch: Scratch, text: string, kind: string | undefined): Promise<Answer> {
  const guard = scratch.state() === 'T' && kind !== 'TransactionStmt';
  if (guard) await scratch.run('SAVEPOINT pgattest');
  const answer = await scratch.run(text);
  const state = scratch.state();
  if (guard && state !== 'I') {
    await scratch.run(answer.status === 'done' ? 'RELEASE pgattest' : 'ROLLBACK TO pgattest');
  } else if (state === 'E') await scratch.run('ROLLBACK');
  return answer;
}

async function judge(
  scratch: Scratch,
  text: string,
  refusal: Refusal,
  statementMs: number,
  kind: string | undefined,
): Promise<Result> {
  if (refusal.sqlstate === '42501') {
    if (kind !== 'CreateRoleStmt' && (await madeRoles(scratch, text))) {
      const again = await guarded(scratch, text, kind);
      if (again.status === 'done') return { status: 'passed' };
    }
    return { status: 'not run', why: `the scratch role may not: ${refusal.message}` };
  }
  if (refusal.sqlstate === '57014') {
    const message = `did not end within ${statementMs / 1000} s`;
    return { status: 'failed', refusal: { sqlstate: '57014', message }, text };
  }
  return { status: 'failed', refusal, text };
}

/** Roles that a DO block makes where they are not there. */
async function madeRoles(scratch: Scratch, text: string): Promise<boolean> {
  let made = false;
  for (const [, quoted, bare] of text.matchAll(/\bCREATE\s+(?:ROLE|USER)\s+(?:"([^"]+)"|([a-z_][\w$]*))/gi)) {
    const name = quoted ?? bare?.toLowerCase();
    if (name !== undefined && (await makeRole(name, scratch.query))) made = true;
  }
  return made;
}
