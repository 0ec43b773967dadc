import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  byStanding,
  type ClaimView,
  type Entry,
  exitCodeOf,
  type PlannedClaim,
  toSummary,
  type Verdict,
  viewRun,
} from '../../src/evidence/index.ts';
import { chained, sampleEvidence, samplePlan } from '../report/sample.ts';

function claim(id: string, more: Partial<PlannedClaim> = {}): PlannedClaim {
  return {
    id,
    says: `${id} holds`,
    family: 'access',
    controls: [],
    source: { file: 'a.md' },
    selected: true,
    ...more,
  };
}

function view(claims: readonly PlannedClaim[], entries: readonly Entry[]) {
  return viewRun(chained({ ...samplePlan(), claims: [...claims] }, entries));
}

const verdict = (id: string, is: Verdict, reason?: string): Entry => ({
  type: 'verdict',
  claim: id,
  verdict: is,
  ...(reason !== undefined && { reason }),
});
const end: Entry = { type: 'end', complete: true, exitCode: 0 };
const find = (claims: readonly ClaimView[], id: string) => claims.find((one) => one.planned.id === id);

describe('where a claim stands', () => {
  it('is its verdict, with its reason', () => {
    const seen = view(
      [claim('a'), claim('b'), claim('c')],
      [verdict('a', 'proved'), verdict('b', 'refuted', 'two rows'), verdict('c', 'unproved', 'no data'), end],
    );
    expect(seen.claims.map(({ standing, reason }) => [standing, reason])).toEqual([
      ['proved', undefined],
      ['refuted', 'two rows'],
      ['unproved', 'no data'],
    ]);
    expect(seen.counts).toEqual({ proved: 1, refuted: 1, unproved: 1, waived: 0, outside: 0 });
  });

  it('is unproved, not run, when it was selected and nothing came of it', () => {
    const seen = view([claim('a'), claim('b')], [verdict('a', 'proved'), end]);
    expect(find(seen.claims, 'b')).toMatchObject({ standing: 'unproved', reason: 'not run' });
    expect(seen.earned).toBe(3);
  });

  it('is outside, and not counted, when it was not selected', () => {
    const left = 'belongs to the scenario nightly';
    const seen = view(
      [claim('a'), claim('b', { selected: false, left }), claim('c', { selected: false })],
      [verdict('a', 'proved'), end],
    );
    expect(find(seen.claims, 'b')).toMatchObject({ standing: 'outside', reason: left });
    expect(find(seen.claims, 'c')).toMatchObject({
      standing: 'outside',
      reason: 'not part of this scenario',
    });
    expect(seen).toMatchObject({
      earned: 0,
      counts: { proved: 1, refuted: 0, unproved: 0, waived: 0, outside: 2 },
    });
  });

  it('stays outside whatever a record says of it', () => {
    const seen = view([claim('a', { selected: false })], [verdict('a', 'proved'), end]);
    expect(seen).toMatchObject({ earned: 3, counts: { proved: 0, outside: 1 } });
  });

  it('is listed with refuted ones first, then unproved, proved, outside', () => {
    const { claims } = viewRun(sampleEvidence({ verdicts: 'all' }));
    const order = byStanding(claims).map((one) => one.standing);
    expect(order.filter((one, index) => one !== order[index - 1])).toEqual([
      'refuted',
      'unproved',
      'proved',
      'outside',
    ]);
    expect(order).toHaveLength(claims.length);
  });
});

describe('the exit code', () => {
  const counts = fc.record({
    proved: fc.nat(3),
    refuted: fc.nat(3),
    unproved: fc.nat(3),
    waived: fc.constant(0),
    outside: fc.nat(3),
  });

  it('is 1 as soon as anything is refuted', () => {
    fc.assert(
      fc.property(counts, fc.boolean(), (some, complete) => {
        expect(exitCodeOf({ ...some, refuted: some.refuted + 1 }, complete)).toBe(1);
      }),
    );
  });

  it('is else 3 when anything is unproved, nothing ran, or the run did not end; else 0', () => {
    fc.assert(
      fc.property(counts, fc.boolean(), (some, complete) => {
        const green = complete && some.unproved === 0 && some.proved > 0;
        expect(exitCodeOf({ ...some, refuted: 0 }, complete)).toBe(green ? 0 : 3);
      }),
    );
  });

  it('is 3 when nothing ran', () => {
    expect(view([], [end]).earned).toBe(3);
    expect(view([claim('a', { selected: false })], [end]).earned).toBe(3);
  });

  it.each(['died', 'interrupted'] as const)('is never 0 for a run that %s', (ends) => {
    for (const verdicts of ['all', 'proved'] as const) {
      const evidence = sampleEvidence({ ends, verdicts });
      expect(viewRun(evidence)).toMatchObject({ complete: false });
      expect(viewRun(evidence).earned).not.toBe(0);
      expect(toSummary(evidence).exitCode).not.toBe(0);
    }
  });

  it('is not 0 for a run that says itself that it is not complete, with every verdict there', () => {
    const seen = view([claim('a')], [verdict('a', 'proved'), { ...end, complete: false }]);
    expect(seen).toMatchObject({ complete: false, earned: 3 });
  });
});

describe('what stands behind a claim', () => {
  const evidence = sampleEvidence({ tables: 1, actors: 3, verdicts: 'all' });
  const seen = viewRun(evidence);

  it('is every record about it, once', () => {
    const listed = seen.claims.flatMap((one) => one.evidence).sort((a, b) => a - b);
    const about = evidence.records.filter(({ entry }) => 'claim' in entry).map(({ seq }) => seq);
    expect(listed).toEqual(about);
  });

  it('keeps breaches of the baseline apart from those that were asked for', () => {
    const proved = find(seen.claims, 'saas.rls.projects.insert');
    expect(proved).toMatchObject({ standing: 'proved', breaches: [] });
    expect(proved?.trials.some((trial) => (trial.finding?.entry.breaches.length ?? 0) > 0)).toBe(true);
    expect(find(seen.claims, 'saas.rls.projects.select')?.breaches).toHaveLength(3);
  });

  it('counts the counterexamples that were tried and noticed', () => {
    expect(find(seen.claims, 'saas.rls.projects.insert')?.counterexamples).toEqual({ tried: 3, noticed: 3 });
    expect(find(seen.claims, 'saas.rls.projects.delete')?.counterexamples).toEqual({ tried: 3, noticed: 2 });
  });

  it('is told of strangers: records about claims that the plan does not list', () => {
    expect(seen.strangers).toEqual([]);
    const other = view([claim('a')], [verdict('a', 'proved'), verdict('ghost', 'refuted'), end]);
    expect(other.strangers).toEqual([{ seq: 1, claim: 'ghost' }]);
    expect(other).toMatchObject({ counts: { refuted: 0, proved: 1 } });
  });
});

describe('the access matrix', () => {
  const { matrix } = viewRun(sampleEvidence({ tables: 2, actors: 3, verdicts: 'all' }));

  it('has a row for each table and command, and a column for each actor', () => {
    expect(matrix.rows.map(({ table, command }) => `${table} ${command}`)).toEqual(
      ['app.projects', 'app.tasks'].flatMap((table) =>
        ['SELECT', 'INSERT', 'UPDATE', 'DELETE'].map((command) => `${table} ${command}`),
      ),
    );
    expect(matrix.actors).toEqual(['anonymous', 'outsider', 'viewer']);
    for (const row of matrix.rows) expect(row.cells.size).toBe(3);
  });

  it('shows a breach where an observation disagrees, and only there', () => {
    const broken = matrix.rows.flatMap((row) =>
      [...row.cells].flatMap(([actor, cell]) =>
        cell.state === 'breach' ? [`${row.table} ${row.command} ${actor}`] : [],
      ),
    );
    expect(broken).toEqual(['app.projects SELECT outsider', 'app.tasks UPDATE outsider']);
  });

  it('names filled tables that no access claim looked at', () => {
    expect(matrix.unseen).toEqual(['audit.log', 'auth.password_reset_tokens']);
  });
});
