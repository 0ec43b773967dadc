import type { Claim } from '../design/design.ts';
import type { ValidDesign } from '../design/validate.ts';

/** Who answers for a claim that does not hold, while that lasts; an expired waiver is none. */
export function currentWaiver({ waivers = [] }: ValidDesign, claim: Claim): string | undefined {
  const waiver = waivers.find((each) => each.claim === claim.id);
  if (waiver === undefined || new Date().toISOString().slice(0, 10) > waiver.expires) return undefined;
  return `waived by ${waiver.owner} until ${waiver.expires} (${waiver.reason})`;
}
