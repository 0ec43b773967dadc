import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Review } from '../../src/review/index.ts';
import { review } from '../../src/review/index.ts';
import type { Limits } from '../../src/review/scratch.ts';

/** Short enough that statements without an end do not hold a test up. */
export const shortLimits: Limits = { statementMs: 700, totalMs: 60_000, answerBytes: 4 * 1024 ** 2 };

export interface Options {
  readonly name?: string;
  readonly from?: string;
  readonly to?: string;
  readonly limits?: Limits;
}

export async function reviewText(text: string, options: Options = {}): Promise<Review> {
  const { name = 'document.sql', ...rest } = options;
  return review(name, text, { on: 'auto', version: '0.0.0', ...rest });
}

export function document(name: string): string {
  return readFileSync(
    fileURLToPath(new URL(`../../fixtures/documents/${name}.txt`, import.meta.url)),
    'utf8',
  );
}

/** Lines of the findings of some rules, in order. */
export function linesOf(review: Review, ...rules: readonly string[]): readonly number[] {
  return review.findings.filter(({ rule }) => rules.includes(rule)).map(({ line }) => line);
}
