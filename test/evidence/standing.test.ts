import { describe, expect, test } from 'vitest';
import type { PlannedClaim } from '../../src/evidence/model.ts';
import { standingOf } from '../../src/evidence/standing.ts';

const waiver = { owner: 'Ada', reason: 'fixed in the next release', expires: '2026-03-01' };
const planned = (waived: boolean): PlannedClaim => ({
  id: 'a',
  says: 'A holds.',
  family: 'access',
  controls: [],
  source: { file: 'a.md' },
  selected: true,
  ...(waived ? { waiver } : {}),
});
const at = (day: string) => `2026-03-${day}T23:59:59.999Z`;

describe('a waiver', () => {
  test('lies over a verdict until the end of its last day, and says which', () => {
    for (const verdict of ['refuted', 'unproved'] as const) {
      expect(standingOf(planned(true), verdict, 'why', at('01'))).toEqual({
        standing: 'waived',
        reason: `${verdict}: why; waived by Ada until 2026-03-01: fixed in the next release`,
      });
    }
  });

  test('that has expired refutes what is not proved', () => {
    for (const verdict of ['refuted', 'unproved'] as const) {
      expect(standingOf(planned(true), verdict, undefined, at('02'))).toEqual({
        standing: 'refuted',
        reason: `the waiver of Ada expired on 2026-03-01; ${verdict}`,
      });
    }
  });

  test('says nothing of what is proved', () => {
    expect(standingOf(planned(true), 'proved', undefined, at('02'))).toEqual({ standing: 'proved' });
  });

  test('is needed for a standing other than the verdict', () => {
    expect(standingOf(planned(false), 'refuted', 'why', at('01'))).toEqual({
      standing: 'refuted',
      reason: 'why',
    });
  });
});
