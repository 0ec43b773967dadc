import type { Document } from './blocks.ts';
import { statementFindings } from './findings/statements.ts';
import type { Counts, Finding, Outcome, Review, StatementReport } from './model.ts';
import { type Result, timeIsUp } from './pass.ts';
import type { Fate } from './repair.ts';
import type { Step } from './script.ts';
import type { Section } from './section.ts';

type Assembled = Pick<Review, 'parts' | 'counts' | 'blocks' | 'statements' | 'findings'>;

/** Puts the pieces of a review together, with what the section leaves out left out. */
export function assemble(of: {
  readonly document: Document;
  readonly section: Section;
  readonly steps: readonly Step[];
  readonly fates: readonly Fate[];
  readonly found: readonly Finding[];
}): Assembled {
  const { document, section, steps, fates, found } = of;
  const inside = ({ line }: { readonly line: number }) => line >= section.first && line <= section.last;
  const all = steps.map((step, at) => statementReport(step, fates[at], steps, section)).filter(inside);
  const parts = section.parts.flatMap(({ title, line }, part) => {
    const own = all.filter((each) => each.part === part);
    return own.length === 0 ? [] : [{ title, line, counts: countsOf(own) }];
  });
  // Those that the time did not suffice for are in the counts and in a note: there may be very many.
  const told = all.filter(({ asWritten }) => asWritten.status !== 'not run' || asWritten.why !== timeIsUp);
  const findings = [...statementFindings(told), ...found.filter(inside)];
  return {
    parts,
    counts: countsOf(all),
    blocks: document.blocks.filter(inside).map(({ line, endLine, language }) => ({
      line,
      endLine,
      language,
      assessed: language !== 'other',
    })),
    statements: told.filter((each) => !isPlain(each)),
    findings: findings.sort((a, b) => a.line - b.line),
  };
}

function statementReport(
  step: Step,
  fate: Fate | undefined,
  steps: readonly Step[],
  { parts }: Section,
): StatementReport {
  const asWritten: Result = fate?.asWritten ?? { status: 'not run', why: 'the review ended before it' };
  const because = fate?.because === undefined ? undefined : steps[fate.because]?.line;
  const hidden = fate?.cause === 'hidden' || fate?.cause === 'after repair' ? fate.fault : undefined;
  return {
    line: step.line,
    endLine: step.endLine,
    part: parts.findLastIndex(({ line }) => line <= step.line),
    statement: shorten(step.text),
    role: step.class.role,
    asWritten: outcome(asWritten, step),
    afterFixes: outcome(fate?.afterFixes ?? asWritten, step),
    ...(fate?.cause === undefined ? {} : { cause: fate.cause }),
    ...(because === undefined ? {} : { because }),
    ...(hidden === undefined ? {} : { fault: { sqlstate: hidden.sqlstate, message: hidden.message } }),
    fixes: fate?.fixes ?? [],
  };
}

function outcome(result: Result, step: Step): Outcome {
  if (result.status === 'passed') return { status: 'passed' };
  if (result.status === 'not run') return { status: 'not run', why: result.why };
  const { sqlstate, message, position } = result.refusal;
  // A position in a text that a repair made says nothing of the document.
  const line = position === undefined || result.text !== step.text ? undefined : lineAt(step, position);
  return { status: 'failed', sqlstate, message, ...(line === undefined ? {} : { line }) };
}

/** `position` counts characters from 1, as the server does. */
function lineAt(step: Step, position: number): number {
  return (
    step.line +
    (
      [...step.text]
        .slice(0, position - 1)
        .join('')
        .match(/\n/g) ?? []
    ).length
  );
}

function shorten(text: string): string {
  const [first = ''] = text.split('\n');
  const line = first.replace(/\s+/g, ' ').trim();
  const kept = line.length <= 100 ? line : `${line.slice(0, 99)}…`;
  return text.includes('\n') && !kept.endsWith('…') ? `${kept} …` : kept;
}

function isPlain({ asWritten, afterFixes, role, cause }: StatementReport): boolean {
  return (
    asWritten.status === 'passed' &&
    afterFixes.status === 'passed' &&
    role === 'statement' &&
    cause === undefined
  );
}

function countsOf(statements: readonly StatementReport[]): Counts {
  const count = (test: (each: StatementReport) => boolean) => statements.filter(test).length;
  return {
    statements: statements.length,
    failedAsWritten: count(({ asWritten }) => asWritten.status === 'failed'),
    firstOrder: count(({ cause }) => cause === 'first-order' || cause === 'hidden'),
    hidden: count(({ cause }) => cause === 'hidden'),
    consequences: count(({ cause }) => cause === 'consequence'),
    failedAfterFixes: count(({ afterFixes }) => afterFixes.status === 'failed'),
    templates: count(({ role }) => role === 'template'),
    fragments: count(({ role }) => role === 'fragment'),
    notRun: count(({ asWritten }) => asWritten.status === 'not run'),
  };
}
