import type { Observation } from '../../evidence/model.ts';
import type { RunView, Stored } from '../../evidence/view.ts';
import { grouped } from '../text.ts';

/**
 * What the page leaves to `evidence.jsonl`, so that it opens fast however long the run was. Nothing that disagrees is
 * ever left out, and whatever is left out is counted.
 */
export interface Budget {
  /** Agreeing observations that are shown of each trial. */
  readonly rowsPerTrial: number;
  /** Characters of a statement or a value of an agreeing observation. */
  readonly characters: number;
}

const maxRows = 12_000;

export function budgetOf(view: RunView): Budget {
  const trials = view.claims.flatMap((claim) => [claim.baseline, ...claim.trials]);
  const rows = trials.reduce((sum, trial) => sum + trial.observations.length, 0);
  const looked = trials.filter((trial) => trial.observations.length > 0).length;
  return {
    rowsPerTrial: rows <= maxRows ? Number.POSITIVE_INFINITY : Math.max(10, Math.floor(maxRows / looked)),
    characters: rows <= 2_000 ? 6_000 : 400,
  };
}

/** The observations of a trial that are shown, in their order, and how many are not. */
export function within(
  observations: readonly Stored<Observation>[],
  budget: Budget,
): { readonly shown: readonly Stored<Observation>[]; readonly left: number } {
  let agreeing = 0;
  const shown = observations.filter(({ entry }) => !entry.agrees || ++agreeing <= budget.rowsPerTrial);
  return { shown, left: observations.length - shown.length };
}

export function clip(text: string, characters: number): string {
  if (text.length <= characters) return text;
  // A surrogate pair must not be cut in two.
  const end = /[\ud800-\udbff]/.test(text[characters - 1] ?? '') ? characters - 1 : characters;
  return `${text.slice(0, end)} … (${grouped(text.length - end)} more characters in evidence.jsonl)`;
}
