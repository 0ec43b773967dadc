import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { coverageOn } from '../../../src/scenarios/coverage.ts';
import type { Bench } from '../../../src/scenarios/trial.ts';
import { openStand, proveClaim, type Stand, tryClaim } from '../hostile/bench.ts';
import { impossible, missing, notes } from './notes/design.ts';

const claim = 'conditions.rls.coverage';
const look = (bench: Bench, boundary: boolean) =>
  coverageOn(bench, {
    seed: 1,
    scale: 1,
    boundary,
    signal: new AbortController().signal,
    onEvent: () => {},
  });

describe('data that leaves conditions open', () => {
  let stand: Stand;
  beforeAll(async () => {
    stand = await openStand(notes({}));
  });
  afterAll(() => stand?.close());

  test('each is named, with its side and the row that would do', async () => {
    const result = await stand.withCopy((bench) => tryClaim(bench, claim));
    expect(result.outcome).toBe('not-exercised');
    expect(result.breaches).toEqual([]);
    const open = result.unexercised.join('\n');
    expect(open).toContain(
      'policy "not_hidden" on notes.notes, USING: no row is refused because of it alone; would do: a row of notes.notes',
    );
    expect(open).toMatch(
      /"team_notes" on notes.notes, USING: nothing hangs on it being false: m.active, inside EXISTS/,
    );
    expect(open).toMatch(/"team_notes" .* being false: state <> 'secret'/);
    expect(open).toMatch(
      /rule for SELECT on notes.notes, where: nothing hangs on it being false: mine.active/,
    );
    expect(open).toMatch(/"team_notes" .* being false: m.user_id = /);
    expect(result.unexercised).toHaveLength(7);
    expect(open).not.toMatch(/cannot be computed|"own_membership"/);
  });

  test('counts are of rows and actors for which the outcome hangs on it', async () => {
    const { entries } = await stand.withCopy((bench) => look(bench, false));
    const [own] = entries.filter(({ table, condition }) => table === 'notes.members' && condition !== null);
    // Two actors see the one membership of theirs, and not the three others; nobody says nothing of rows.
    expect(own).toMatchObject({ byTrue: 2, byFalse: 6 });
  });

  test('rows are made for what can be decided, and the constraint is named where none can', async () => {
    const report = await stand.withCopy((bench) => look(bench, true));
    const of = (pattern: RegExp) =>
      (report.boundary ?? []).find(({ undecided }) => pattern.test(undecided.entry.condition ?? 'whole'));
    expect(of(/^m\.active$/)?.row).toMatchObject({ table: 'notes.members', set: { active: 'false' } });
    expect(of(/^hidden$/)?.row ?? of(/^whole$/)?.row).toMatchObject({
      table: 'notes.notes',
      set: { hidden: 'true' },
    });
    expect(of(/secret/)).toMatchObject({ row: null, reason: expect.stringContaining('notes_state_check') });
    const decided = (report.boundary ?? []).filter(({ reason }) => reason === null);
    expect(report.confirmed).toBe(decided.length);
    // The state that the constraint refuses, and what the row security of members leaves nothing to.
    expect((report.boundary ?? []).length - decided.length).toBe(2);
  });

  test('rows are the same whenever they are made', async () => {
    const made = async () => {
      const { boundary = [] } = await stand.withCopy((bench) => look(bench, true));
      return boundary.map(({ row }) => row?.statement ?? null);
    };
    expect(await made()).toEqual(await made());
  });
});

describe('data that decides everything that data can decide', () => {
  const stale = { table: 'notes.members', policy: 'own_membership', reason: 'It was thought so.' };
  let stand: Stand;
  beforeAll(async () => {
    stand = await openStand(notes({ after: missing, declared: impossible }));
  });
  afterAll(() => stand?.close());

  test('it is proved: an exception that nobody meets, and a policy said twice, are noticed', async () => {
    const proof = await stand.withCopy((bench) => proveClaim(bench, claim));
    expect(proof.entries.at(-1)).toEqual({ type: 'verdict', claim, verdict: 'proved' });
    const noticed = proof.entries.flatMap((entry) =>
      entry.type === 'counterexample' ? [entry.noticed] : [],
    );
    expect(noticed).toEqual([true, true, true]);
  });

  test('a declaration of what is decided is named', async () => {
    const declared = notes({ declared: [...impossible, stale] });
    const result = await stand.withCopy((bench) =>
      tryClaim({ ...bench, design: { ...bench.design, claims: declared.claims } }, claim),
    );
    expect(result.unexercised).toEqual([
      'declared as beyond any data, and decided or not there: own_membership on notes.members, all of it',
    ]);
  });
});
