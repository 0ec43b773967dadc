import type { Capacity } from './capacity.ts';
import type { Estimate } from './model.ts';
import type { Projection } from './project.ts';
import { peakOf } from './usl.ts';

/** A projection in lines. It is named as one in the first. */
export function sayProjection({ rates, standing, factor, needs, notes }: Projection): readonly string[] {
  const asked = `${amount(rates.reads)} reads and ${amount(rates.writes)} writes a second`;
  const how =
    standing === 'unfit'
      ? 'not fit for use'
      : standing === 'extrapolated'
        ? 'an extrapolation'
        : 'within reach of what was measured';
  return [
    `Projection for ${asked}, ${factor.toFixed(1)} × what was measured: ${how}. No proof.`,
    ...needs.map(
      (need) =>
        `  ${need.name}: ${need.atLeast ? 'at least ' : ''}${sayEstimate(need.amount)}, ${need.because}`,
    ),
    ...notes.map((note) => `  note: ${note}`),
  ];
}

/** What was fitted and how it did on held-back points, in lines. */
export function sayCapacity({ byClients, byCores, costs, checks }: Capacity): readonly string[] {
  const laws = [
    ...byClients.map(({ cores, fit }) => ({ name: `by clients, cores ${cores}`, fit })),
    ...(byCores === undefined ? [] : [{ name: 'by cores', fit: byCores }]),
  ];
  return [
    ...laws.map(({ name, fit }) => {
      const peak = peakOf(fit.law);
      const end = Number.isFinite(peak.n)
        ? `; peak ${amount(peak.x)} a second at ${amount(peak.n)}`
        : '; no peak in sight';
      return `${name}: λ ${sayEstimate(fit.lambda)}, σ ${sayEstimate(fit.sigma)}, κ ${sayEstimate(fit.kappa)}${end}`;
    }),
    ...Object.values(costs).map((cost) => {
      const micro = (seconds: number) => `${amount(seconds * 1e6)} µs`;
      return cost.apart
        ? `${cost.component}: ${micro(cost.read)} of a processor for a read, ${micro(cost.write)} for a write`
        : `${cost.component}: ${micro(cost.read)} of a processor for a statement`;
    }),
    ...checks.map(
      ({ says, how, trials, median, largest }) =>
        `check of ${says}, ${how === 'each' ? 'each held back' : 'highest held back'} (${trials}): off by ${(median * 100).toFixed(1)} % at the median, ${(largest * 100).toFixed(1)} % at most`,
    ),
  ];
}

export function sayEstimate({ value, interval }: Estimate): string {
  if (interval === undefined) return `${amount(value)} (no interval: too few points)`;
  return `${amount(value)} (${amount(interval[0])} to ${amount(interval[1])})`;
}

/** Three digits, no exponent where a person would not write one. */
function amount(value: number): string {
  if (!Number.isFinite(value)) return 'no number is enough';
  if (value === 0) return '0';
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en-US').replaceAll(',', ' ');
  if (Math.abs(value) < 0.001) return value.toExponential(2);
  return String(Number(value.toPrecision(3)));
}
