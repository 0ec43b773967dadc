import type { Observation } from '../../evidence/model.ts';
import type { Stored } from '../../evidence/view.ts';
import { grouped } from '../text.ts';

/**
 * What a cell's expectations allow, in a word: a number of rows, `none`, or `some` when they are mixed; empty when
 * the words of the check do not tell. A hint for the eye: the records behind the cell say it in full.
 */
export function allowance(observations: readonly Stored<Observation>[]): string {
  const words = new Set(observations.map(({ entry }) => oneAllowance(entry.expected)));
  const numbers = [...words].filter((word) => /^\d/.test(word));
  if (numbers.length === 1) return numbers[0] ?? '';
  if (words.size === 1) return [...words][0] ?? '';
  return numbers.length > 0 || words.has('some') ? 'some' : '';
}

function oneAllowance(expected: string): string {
  if (/^[0-9A-Z]{5}\b/.test(expected)) return 'none';
  const rows = /\b(\d+) rows?\b/.exec(expected)?.[1];
  if (rows !== undefined) return Number(rows) === 0 ? 'none' : grouped(Number(rows));
  if (/^(no\b|none\b|nothing\b|denied\b|refused\b|not\b)/i.test(expected)) return 'none';
  if (/^(done\b|allowed\b|one row\b)/i.test(expected)) return 'some';
  return '';
}
