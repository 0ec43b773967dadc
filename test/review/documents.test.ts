import { beforeAll, describe, expect, test } from 'vitest';
import type { Review } from '../../src/review/index.ts';
import { document, linesOf, reviewText } from './support.ts';

const own = ['sql.fails', 'sql.fails-hidden'] as const;

/**
 * What was measured when the documents were first loaded by hand: statements, failed as written, and the lines of
 * statements with a fault of their own. docs/review.md explains where counts differ.
 */
const measured = [
  {
    system: 'generic on Google',
    name: '000_58ca472c346ba987',
    to: 'AHS FSM-Specific Schema',
    statements: 165,
    failed: 16,
    lines: [439, 1295, 1331, 1344, 1355, 1361],
  },
  {
    system: 'fsm on top of it',
    name: '000_58ca472c346ba987',
    from: 'AHS FSM-Specific Schema',
    statements: 78,
    failed: 49,
    lines: [1664, 1868, 1890, 1917, 1935],
  },
  {
    system: 'generic on AWS',
    name: '001_2b62bdefc7372f57',
    statements: 165,
    failed: 16,
    lines: [456, 1296, 1332, 1345, 1356, 1362],
  },
  {
    system: 'olympus',
    name: '002_ddb83f85b281e864',
    statements: 171,
    failed: 127,
    lines: [
      164, 218, 298, 412, 419, 532, 586, 634, 810, 848, 949, 1023, 1049, 1073, 1101, 1104, 1115, 1143, 1180,
      1399,
    ],
  },
  {
    system: 'aems',
    name: '003_fb972970689d19b5',
    statements: 76,
    failed: 8,
    lines: [1021, 1023, 1062, 1189],
    templates: [979, 1001],
    fragments: [144, 175],
  },
  {
    system: 'khs',
    name: '004_d4f5e7fe99c1e968',
    statements: 61,
    failed: 8,
    lines: [443, 447, 449, 540, 541],
    templates: [399, 421, 432],
  },
] as const;

describe.each(measured)('$system', (expected) => {
  let review: Review;
  beforeAll(async () => {
    const { from, to } = { from: undefined, to: undefined, ...expected };
    review = await reviewText(document(expected.name), {
      name: `${expected.name}.txt`,
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    });
  });

  test('counts as measured', () => {
    expect(review.counts).toMatchObject({
      statements: expected.statements,
      failedAsWritten: expected.failed,
    });
  });

  test('finds every fault of its own, and invents none', () => {
    expect(linesOf(review, ...own)).toEqual(expected.lines);
    const { templates = [], fragments = [] } = { templates: [], fragments: [], ...expected };
    expect(linesOf(review, 'sql.template')).toEqual(templates);
    expect(linesOf(review, 'sql.fragment')).toEqual(fragments);
  });

  test('knows a repair for each, and nothing fails after them', () => {
    const faults = review.findings.filter(({ rule }) => rule === 'sql.fails' || rule === 'sql.fails-hidden');
    expect(faults.filter(({ fix }) => fix === undefined)).toEqual([]);
    expect(review.counts.failedAfterFixes).toBe(0);
  });

  test('every other failure follows from an earlier one that fails', () => {
    const failing = new Set(
      review.statements.filter(({ asWritten }) => asWritten.status === 'failed').map(({ line }) => line),
    );
    for (const { cause, because, line } of review.statements) {
      if (cause !== 'consequence') continue;
      expect(because).toBeLessThan(line);
      expect(failing).toContain(because);
    }
  });
});

test('settings: pages of 8 kB, shares of memory, and comments that disagree', async () => {
  const google = await reviewText(document('000_58ca472c346ba987'), { name: 'gcp.md', to: 'Schema Design' });
  expect(linesOf(google, 'setting.exceeds-memory')).toEqual([48, 53]);
  expect(linesOf(google, 'setting.comment-disagrees')).toEqual([48, 53]);
  expect(linesOf(google, 'setting.sum-exceeds-memory')).toEqual([63]);
  expect(google.findings.find(({ line }) => line === 48)?.says).toContain('64 GB');
  const amazon = await reviewText(document('001_2b62bdefc7372f57'), { name: 'aws.md', to: 'Schema Design' });
  expect(linesOf(amazon, 'setting.comment-disagrees')).toEqual([39, 44, 60]);
  expect(amazon.findings.find(({ line }) => line === 39)?.fix).toContain('{DBInstanceClassMemory/32768}');
});
