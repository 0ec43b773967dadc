import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, test } from 'vitest';
import { Review, renderJson, renderSarif, renderTerminal } from '../../src/review/index.ts';
import { rules } from '../../src/review/rules.ts';
import { reviewText } from './support.ts';

const published = new URL('../../reports/schema/review.schema.json', import.meta.url);

describe('reports', () => {
  let review: Review;
  beforeAll(async () => {
    const text = "# T\n\n```sql\nSELECT nothing;\nSELECT '\u001b[31m' || oops;\nSELECT $1::int;\n```\n";
    review = await reviewText(text, { name: 'a document.md' });
  });

  test('JSON fits its model and its published schema', () => {
    const value = JSON.parse(renderJson(review));
    expect(Review.parse(value)).toEqual(review);
    const validate = new Ajv2020({ strict: true, strictTuples: false }).compile(
      JSON.parse(readFileSync(published, 'utf8')),
    );
    expect(validate(value) || validate.errors).toBe(true);
  });

  test('SARIF has every rule, and the lines of the document', () => {
    const [run] = JSON.parse(renderSarif(review)).runs;
    expect(run.tool.driver.rules.map(({ id }: { id: string }) => id)).toEqual(Object.keys(rules));
    expect(run.results[0]).toMatchObject({
      ruleId: 'sql.fails',
      ruleIndex: 0,
      level: 'error',
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'a%20document.md' },
            region: { startLine: 4, endLine: 4 },
          },
        },
      ],
    });
  });

  test('the terminal shows errors, the counts, and notes when asked; never a control character', () => {
    const plain = renderTerminal(review, { color: false, width: 100, notes: false });
    expect(plain).toContain('L4     error   sql.fails');
    expect(plain).toContain('2 errors');
    expect(plain).not.toContain('sql.template');
    expect(plain).not.toContain('\u001b');
    expect(renderTerminal(review, { color: false, width: 100, notes: true })).toContain('sql.template');
  });
});
