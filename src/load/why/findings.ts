import { short } from './facts.ts';
import type { WhyFinding } from './model.ts';
import type { Remedy } from './remedy.ts';
import type { Rig, Way } from './rig.ts';
import { helped, type Trial, type TrialOptions, tryChange } from './trial.ts';

export interface Found {
  readonly findings: readonly WhyFinding[];
  /** What was tried and was of no use. */
  readonly notes: readonly string[];
}

/** On so many statements, the costliest, a change is tried; more would take long and add little. */
const mostStatements = 6;

/** Tries each remedy and gives the findings, the costliest first. A fix that helped nothing is a note. */
export async function findingsOf(
  rig: Rig,
  remedies: readonly Remedy[],
  options: TrialOptions,
  onTrial: (fix: string) => void,
): Promise<Found> {
  const findings: WhyFinding[] = [];
  const notes: string[] = [];
  // What a helper costs is said by the finding whose fix was tried, where there is one.
  const covered = new Set<string>();
  for (const remedy of remedies) {
    if (
      remedy.kind === 'function-cost' &&
      remedy.change === null &&
      remedy.covers?.every((name) => covered.has(name))
    )
      continue;
    options.signal.throwIfAborted();
    let trial: Trial = { status: 'untried', why: remedy.untried ?? '' };
    if (remedy.change !== null) {
      onTrial(remedy.fix.split('\n')[0] ?? '');
      trial = await tryChange(rig, wayOf(remedy), remedy.statements.slice(0, mostStatements), options);
      if (trial.status === 'tried' && !helped(trial.effect, remedy.onceShare)) {
        const best = [...trial.effect].sort((a, b) => b.speedup.ratio - a.speedup.ratio)[0];
        const gain =
          best === undefined
            ? 'no statement to try it on'
            : `${best.statement} ×${short(best.speedup.ratio)}`;
        notes.push(`tried without effect: ${remedy.fix.replaceAll('\n', ' ')} (${gain})`);
        continue;
      }
    }
    findings.push(findingOf(remedy, trial));
    if (trial.status === 'tried') for (const name of remedy.covers ?? []) covered.add(name);
  }
  return { findings: findings.sort(byShare), notes };
}

function wayOf({ change, first }: Remedy): Way {
  return { ...(change === null ? {} : { change }), ...(first === undefined ? {} : { first }) };
}

function findingOf(remedy: Remedy, trial: Trial): WhyFinding {
  const { kind, table, says, evidence, fix, caution } = remedy;
  const effect = trial.status === 'tried' ? [...trial.effect] : [];
  const share = Math.min(
    1,
    Math.max(
      0,
      trial.status === 'tried'
        ? effect.reduce((sum, { saves }) => sum + saves, 0) - (remedy.onceShare ?? 0)
        : remedy.share,
    ),
  );
  return {
    kind,
    severity: severityOf(share),
    share,
    statement: effect[0]?.statement ?? remedy.statements[0] ?? null,
    table,
    says,
    evidence:
      trial.status === 'tried' && trial.used.length > 0
        ? { ...evidence, used: trial.used.join(', ') }
        : evidence,
    fix,
    caution,
    effect,
    untried: trial.status === 'tried' || trial.why === '' ? null : trial.why,
  };
}

export function severityOf(share: number): WhyFinding['severity'] {
  return share >= 0.1 ? 'high' : share >= 0.02 ? 'medium' : 'low';
}

/** The costliest first; among equals, what was tried. */
export function byShare(one: WhyFinding, other: WhyFinding): number {
  return (
    other.share - one.share || other.effect.length - one.effect.length || one.says.localeCompare(other.says)
  );
}
