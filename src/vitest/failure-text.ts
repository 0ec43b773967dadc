import type { Claim } from '../design/design.ts';
import type { Breach } from '../evidence/model.ts';
import type { Part } from './baseline.ts';
import type { Place } from './rule-place.ts';

/** More than a screen of breaches hides the first. */
const mostBreaches = 5;

/** Why a claim's test fails: each breach with the script that shows it, and where the promise is written. */
export function failureText(claim: Claim, part: Part, rule: Place | undefined): string | undefined {
  const told = part.breaches.slice(0, mostBreaches).map(breachText);
  const more = part.breaches.length - told.length;
  const sightings = part.breaches.length > 0 ? [] : part.disagreeing.map(sightingText);
  const parts = [
    ...told,
    ...(more > 0 ? [`and ${more} more`] : []),
    ...sightings,
    ...part.unexercised.map((what) => `not exercised: ${what}`),
  ];
  if (parts.length === 0) return undefined;
  return [...parts, provenance(claim, rule)].join('\n\n');
}

/** `promised in …, lines 3–5` and the line of the rule. */
function provenance({ id, source, controls }: Claim, rule: Place | undefined): string {
  const lines = source.lines === undefined ? '' : `, lines ${source.lines[0]}–${source.lines[1]}`;
  return aligned({
    claim: id,
    promised: `${source.file}${lines}`,
    rule: rule === undefined ? undefined : `${rule.file}:${rule.line}`,
    controls: controls.length === 0 ? undefined : controls.join(', '),
  });
}

/** Labels and what they say, one under the other; what is not known is left out. */
export function aligned(entries: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(entries)
    .flatMap(([label, text]) => (text === undefined ? [] : [`  ${label.padEnd(9)} ${text}`]))
    .join('\n');
}

function breachText(breach: Breach): string {
  const { says, object, row, expected, actual, reproduce } = breach;
  const body = aligned({ by: object, row, expected, actual });
  return [`${says}\n${body}`, ...(reproduce === undefined ? [] : [reproduce])].join('\n\n');
}

function sightingText({ way, statement, expected, actual }: Part['disagreeing'][number]): string {
  return `${way} went otherwise\n${aligned({ statement, expected, actual })}`;
}
