import type { Evidence } from './model.ts';
import { type Summary, type SummaryClaim, summarySchema } from './summary.ts';
import { type ClaimView, type RunView, viewRun } from './view.ts';

/** The machine-readable summary of a run, also of one that died: then `endedAt` and `exitCode` are null. */
export function toSummary(evidence: Evidence): Summary {
  return summaryOf(viewRun(evidence));
}

export function summaryOf(view: RunView): Summary {
  return {
    schema: summarySchema,
    run: view.plan.run,
    design: view.plan.design,
    scenario: view.plan.scenario,
    startedAt: view.plan.startedAt,
    endedAt: view.end?.at ?? null,
    complete: view.complete,
    exitCode: view.end?.entry.exitCode ?? null,
    counts: view.counts,
    claims: view.claims.map(claimOf),
  };
}

function claimOf(claim: ClaimView): SummaryClaim {
  const { id, says, family, controls, source, waiver } = claim.planned;
  const outside = claim.standing === 'outside';
  return {
    id,
    says,
    family,
    // An expired waiver refutes whatever the trials showed.
    verdict: claim.standing === 'refuted' ? 'refuted' : claim.verdict,
    ...(claim.reason !== undefined && { reason: claim.reason }),
    ...(outside && { outside }),
    ...(claim.standing === 'waived' && waiver !== undefined && { waived: waiver }),
    controls,
    source,
    counterexamples: claim.counterexamples,
    evidence: [...claim.evidence],
  };
}
