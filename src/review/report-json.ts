import type { Review } from './model.ts';

/** The review as it is: pgattest.review/1. */
export function renderJson(review: Review): string {
  return `${JSON.stringify(review, null, 2)}\n`;
}
