import { checkOf } from '../checks/index.ts';
import { ConfigError } from '../design/config-error.ts';
import type { Claim } from '../design/design.ts';
import { globOf } from '../design/glob.ts';
import type { ValidDesign } from '../design/validate.ts';
import type { PlannedClaim } from '../evidence/model.ts';
import type { Scenario } from './define.ts';

/** Every claim of the design, with whether this run checks it and, if not, why. Nothing is left out of the list. */
export function planClaims(
  design: ValidDesign,
  scenario: Scenario,
  only: string | undefined,
): PlannedClaim[] {
  const matches = only === undefined ? undefined : globOf(only);
  const planned = design.claims.map((claim, index) => {
    refuseBadCheck(design, claim, index);
    const left = leftOut(claim, scenario, matches, only);
    const waived = design.waivers?.find((waiver) => waiver.claim === claim.id);
    return {
      id: claim.id,
      says: claim.says,
      family: claim.family,
      controls: [...claim.controls],
      source: claim.source,
      ...(claim.check === undefined ? {} : { check: claim.check.kind }),
      selected: left === undefined,
      ...(left === undefined ? {} : { left }),
      ...(waived === undefined
        ? {}
        : { waiver: { owner: waived.owner, reason: waived.reason, expires: waived.expires } }),
    };
  });
  if (!planned.some((claim) => claim.selected)) {
    throw new ConfigError(
      only === undefined ? `--scenario ${scenario.name}` : `--only ${only}`,
      `no claim of ${design.name} in scenario ${scenario.name} matches`,
      `see pgattest list ${design.name} for the ids`,
    );
  }
  return planned;
}

function leftOut(
  claim: Claim,
  scenario: Scenario,
  matches: RegExp | undefined,
  only: string | undefined,
): string | undefined {
  const without = claim.check !== undefined && scenario.without?.includes(claim.check.kind) === true;
  if (without || !scenario.families.includes(claim.family)) return `outside scenario ${scenario.name}`;
  if (matches?.test(claim.id) === false) return `not matched by --only ${only}`;
  return undefined;
}

function refuseBadCheck(design: ValidDesign, claim: Claim, index: number): void {
  if (claim.check === undefined) return;
  const at = `claims[${index}].check`;
  const check = checkOf(claim.check.kind);
  if (check === undefined) {
    throw new ConfigError(
      design.file,
      `${at}.kind: no check ${claim.check.kind}`,
      'see docs/checks.md for the kinds',
    );
  }
  const parsed = check.parameters.safeParse(claim.check);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const path = [at, ...(issue?.path ?? [])].join('.');
    throw new ConfigError(
      design.file,
      `${path}: ${issue?.message ?? 'wrong'}`,
      'see docs/checks.md for its parameters',
    );
  }
  if (check.family !== claim.family) {
    throw new ConfigError(
      design.file,
      `claims[${index}].family: ${claim.family}`,
      `${claim.check.kind} is a check of family ${check.family}`,
    );
  }
}
