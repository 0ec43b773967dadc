import { create } from 'xmlbuilder2';
import type { Breach } from '../evidence/model.ts';
import { families } from '../evidence/verdict.ts';
import { type ClaimView, type RunView, viewRun } from '../evidence/view.ts';
import type { Reporter } from './reporter.ts';
import { oneLine, place, visible } from './text.ts';

/**
 * JUnit has no word for unproved: `skipped` would be shown as green or grey, so it becomes an `error`.
 * Only what the scenario leaves out, and what is waived, is skipped.
 */
export const junit: Reporter = {
  name: 'junit',
  file: 'junit.xml',
  mediaType: 'application/xml',
  says: 'JUnit XML for CI: refuted is a failure, unproved an error, outside the scenario and waived skipped',
  render: (evidence) => renderJunit(viewRun(evidence)),
};

type Element = ReturnType<ReturnType<typeof create>['ele']>;

function renderJunit(view: RunView): string {
  const { plan, end } = view;
  const root = create({ version: '1.0', encoding: 'UTF-8' }).ele('testsuites', {
    name: oneLine(`pgattest ${plan.design} ${plan.scenario}`),
    ...totals(view.claims),
    time: seconds(end === undefined ? 0 : Date.parse(end.at) - Date.parse(plan.startedAt)),
  });
  for (const family of families) {
    const claims = view.claims.filter((claim) => claim.planned.family === family);
    if (claims.length > 0) addSuite(root, family, claims, view);
  }
  if (!view.complete) addIncomplete(root, view);
  return `${root.doc().end({ prettyPrint: true })}\n`;
}

function addSuite(root: Element, family: string, claims: readonly ClaimView[], view: RunView): void {
  const suite = root.ele('testsuite', {
    name: family,
    ...totals(claims),
    time: seconds(claims.reduce((sum, claim) => sum + milliseconds(claim), 0)),
    timestamp: view.plan.startedAt.slice(0, 19),
  });
  for (const claim of claims) addCase(suite, claim, view.plan.design);
}

function addCase(suite: Element, claim: ClaimView, design: string): void {
  const { id, says, source, family } = claim.planned;
  const test = suite.ele('testcase', {
    name: oneLine(`${id}: ${says}`),
    classname: oneLine(`${design}.${family}`),
    file: oneLine(source.file),
    ...(source.lines && { line: source.lines[0] }),
    time: seconds(milliseconds(claim)),
  });
  const reason = oneLine(claim.reason ?? 'no reason is recorded');
  if (claim.standing === 'outside' || claim.standing === 'waived') test.ele('skipped', { message: reason });
  if (claim.standing === 'unproved') {
    test.ele('error', { type: 'unproved', message: reason }).txt(visible(`Promised in ${place(source)}.`));
  }
  if (claim.standing === 'refuted') {
    const message = oneLine(claim.breaches[0]?.says ?? claim.reason ?? 'refuted');
    const text = claim.breaches.length === 0 ? reason : claim.breaches.map(describe).join('\n\n');
    test.ele('failure', { type: 'refuted', message }).txt(text);
  }
}

/** A run that died must not look green, even when every verdict that it reached was good. */
function addIncomplete(root: Element, view: RunView): void {
  const suite = root.ele('testsuite', {
    name: 'run',
    tests: 1,
    failures: 0,
    errors: 1,
    skipped: 0,
    time: '0.000',
  });
  const test = suite.ele('testcase', {
    name: 'the run came to its end',
    classname: 'pgattest',
    time: '0.000',
  });
  test.ele('error', {
    type: 'incomplete',
    message: oneLine(view.end?.entry.reason ?? 'the run died before its end'),
  });
  root.att('tests', String(view.claims.length + 1));
  root.att('errors', String(view.counts.unproved + 1));
}

function describe(breach: Breach): string {
  const lines = [
    breach.says,
    `to blame: ${breach.object}`,
    ...(breach.actor === undefined ? [] : [`actor: ${breach.actor}`]),
    ...(breach.row === undefined ? [] : [`row: ${breach.row}`]),
    `expected: ${breach.expected}`,
    `actual: ${breach.actual}`,
    ...(breach.reproduce === undefined ? [] : ['see it again in psql:', breach.reproduce]),
  ];
  return visible(lines.join('\n'));
}

function totals(claims: readonly ClaimView[]) {
  const count = (standing: ClaimView['standing']) =>
    claims.filter((claim) => claim.standing === standing).length;
  return {
    tests: claims.length,
    failures: count('refuted'),
    errors: count('unproved'),
    skipped: count('outside') + count('waived'),
  };
}

function milliseconds(claim: ClaimView): number {
  const trials = [claim.baseline, ...claim.trials];
  return trials.reduce((sum, trial) => sum + (trial.finding?.entry.milliseconds ?? 0), 0);
}

function seconds(value: number): string {
  return (value / 1000).toFixed(3);
}
