import type { EquivalentMutant } from '../design/design.ts';
import { globOf } from '../design/glob.ts';
import type { MutantResult, MutationReport } from './report.ts';

type Counts = MutationReport['total'];

/** Counts and score of results; invalid mutants are none. */
export function countOf(results: readonly MutantResult[]): Counts {
  const mutants = results.filter(({ fate }) => fate !== 'invalid').length;
  const killed = results.filter(({ fate }) => fate === 'killed').length;
  const equivalent = results.filter(({ fate }) => fate === 'equivalent').length;
  const rest = mutants - equivalent;
  const score = rest === 0 ? 100 : Math.floor((killed / rest) * 10_000) / 100;
  return { mutants, killed, equivalent, survived: rest - killed, score };
}

/** Counts of each table, view and function, in the order of the results. */
export function groupsOf(results: readonly MutantResult[]): MutationReport['groups'] {
  return [...new Set(results.map(({ group }) => group))].map((group) => ({
    group,
    ...countOf(results.filter((result) => result.group === group)),
  }));
}

/**
 * Survivors that are declared equivalent become so. A declaration that fits no mutant, or one that was killed or is invalid, is
 * wrong: it may hide something tomorrow.
 *
 * @param all whether every mutant was run: else a declaration may be about one that was not
 */
export function declare(
  results: readonly MutantResult[],
  declared: readonly EquivalentMutant[],
  all: boolean,
): Pick<MutationReport, 'mutants' | 'misdeclared'> {
  const matchers = declared.map((each) => ({ ...each, fits: globOf(each.mutant) }));
  const misdeclared = matchers.flatMap(({ mutant, fits }) => {
    const found = results.filter(({ id }) => fits.test(id));
    if (found.length === 0) return all ? [{ mutant, why: 'there is no such mutant' }] : [];
    return found.flatMap(({ id, fate, by }) => {
      if (fate === 'killed') return [{ mutant: id, why: `killed by ${by?.claim}: ${by?.says}` }];
      return fate === 'invalid' ? [{ mutant: id, why: 'its SQL is refused' }] : [];
    });
  });
  const mutants = results.map((result): MutantResult => {
    const match = matchers.find(({ fits }) => fits.test(result.id));
    if (match === undefined || result.fate !== 'survived') return result;
    return { ...result, fate: 'equivalent', reason: match.reason };
  });
  return { mutants, misdeclared };
}
