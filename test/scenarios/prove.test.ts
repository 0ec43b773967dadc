import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Check, CheckContext } from '../../src/checks/check.ts';
import { checks } from '../../src/checks/index.ts';
import type { Capability } from '../../src/cluster/capability.ts';
import type { Claim } from '../../src/design/design.ts';
import type { Entry } from '../../src/evidence/index.ts';
import { faults } from '../../src/faults/index.ts';
import { type Proof, prove, unproved } from '../../src/scenarios/prove.ts';
import type { Bench } from '../../src/scenarios/trial.ts';
import { openStand, type Stand } from '../checks/hostile/bench.ts';
import { hostile } from '../checks/hostile/design.ts';
import { inSchema } from '../checks/hostile/rules.ts';

const all: ReadonlySet<Capability> = new Set(['superuser', 'scratch-database', 'copies', 'faults']);

let stand: Stand;
beforeAll(async () => {
  stand = await openStand(hostile);
});
afterAll(() => stand?.close());

function claimOf(id: string): Claim {
  const claim = hostile.claims.find((each) => each.id === id);
  if (claim === undefined) throw new Error(id);
  return claim;
}

const last = (proof: Proof) => proof.entries.at(-1);
const proveAlone = (claim: Claim, able = all, change: (bench: Bench) => Bench = (bench) => bench) =>
  stand.withCopy((bench) => prove(change(bench), claim, able));

/** A real check in which something is otherwise, for as long as `work` takes. */
async function withCheck<T>(
  kind: keyof typeof checks,
  change: Partial<Check>,
  work: () => Promise<T>,
): Promise<T> {
  const check = checks[kind] as { -readonly [Key in keyof Check]: Check[Key] };
  const before = { ...check };
  Object.assign(check, change);
  try {
    return await work();
  } finally {
    Object.assign(check, before);
  }
}

describe('unproved, and why', () => {
  test.each<[string, ReadonlySet<Capability>, string]>([
    [
      'one capability',
      new Set<Capability>(['superuser']),
      'needs scratch-database (a database that pgattest may change)',
    ],
    [
      'all of them',
      new Set<Capability>(),
      'needs superuser (a superuser connection, to compute what is right with row security off), scratch-database (a database that pgattest may change)',
    ],
  ])('when the cluster lacks %s, without a statement', async (_, able, reason) => {
    await stand.withCopy(async (bench) => {
      const query = vi.spyOn(bench.client, 'query');
      const proof = await prove(bench, claimOf('hostile.rls.select.insert'), able);
      expect(proof.entries).toEqual([
        { type: 'verdict', claim: 'hostile.rls.select.insert', verdict: 'unproved', reason },
      ]);
      expect(query).not.toHaveBeenCalled();
    });
  });

  test('when the claim has no check', async () => {
    const { check: _, ...rest } = claimOf('hostile.structure.request-role');
    expect(last(await proveAlone({ ...rest, unproved: 'nobody knows how' }))).toMatchObject({
      verdict: 'unproved',
      reason: 'nobody knows how',
    });
    expect(last(await proveAlone(rest))).toMatchObject({ verdict: 'unproved', reason: 'no check' });
    expect(unproved(rest, 'x')).toEqual({
      verdict: 'unproved',
      entries: [{ type: 'verdict', claim: rest.id, verdict: 'unproved', reason: 'x' }],
    });
  });

  test('when the kind of the check is unknown', async () => {
    expect(
      last(await proveAlone({ ...claimOf('hostile.structure.request-role'), check: { kind: 'access.fly' } })),
    ).toMatchObject({
      verdict: 'unproved',
      reason: 'no check access.fly',
    });
  });

  test('when a counterexample is not noticed', async () => {
    const harmless = faults['row-security-off'](inSchema('"em pty"'));
    const proof = await withCheck(
      'structure.request-role',
      { faults: () => [faults['role-strengthened']('group'), harmless] },
      () => proveAlone(claimOf('hostile.structure.request-role')),
    );
    expect(last(proof)).toMatchObject({
      verdict: 'unproved',
      reason: `counterexample not noticed: ${harmless.says}`,
    });
    expect(
      proof.entries.filter((entry) => entry.type === 'counterexample').map(({ noticed }) => noticed),
    ).toEqual([true, false]);
  });

  test('when there is no counterexample', async () => {
    const proof = await withCheck('structure.request-role', { faults: () => [] }, () =>
      proveAlone(claimOf('hostile.structure.request-role')),
    );
    expect(last(proof)).toMatchObject({
      verdict: 'unproved',
      reason: expect.stringMatching(/^no counterexample to try/),
    });
  });

  test('when the data put nothing to the test, though the counterexamples are tried', async () => {
    const proof = await proveAlone(claimOf('hostile.rls.only-unique.select'), all, (bench) => ({
      ...bench,
      actors: bench.actors.filter(({ name }) => name === 'anonymous'),
    }));
    expect(last(proof)).toMatchObject({
      verdict: 'unproved',
      reason: expect.stringMatching(/^not exercised: no row is allowed because of it/),
    });
    expect(proof.entries.some((entry) => entry.type === 'counterexample')).toBe(true);
  });
});

describe('the records', () => {
  const shape = (entries: readonly Entry[]) =>
    entries.map((entry) =>
      'trial' in entry
        ? `${entry.type} ${entry.trial}`
        : 'fault' in entry
          ? `counterexample ${entry.fault}`
          : entry.type,
    );

  test('of a claim that is proved: what was seen, the finding, then each counterexample, the verdict last', async () => {
    const proof = await proveAlone(claimOf('hostile.rls.only-unique.select'));
    const steps = shape(proof.entries).filter((step, index, steps) => step !== steps[index - 1]);
    const tried = proof.entries.flatMap((entry) => (entry.type === 'counterexample' ? [entry.fault] : []));
    expect(tried.length).toBeGreaterThanOrEqual(3);
    expect(steps).toEqual([
      'observation baseline',
      'finding baseline',
      ...tried.flatMap((fault) => [`observation ${fault}`, `finding ${fault}`, `counterexample ${fault}`]),
      'verdict',
    ]);
    // Of a counterexample only what gave it away is kept.
    for (const entry of proof.entries) {
      if (entry.type === 'observation') expect(entry.agrees).toBe(entry.trial === 'baseline');
      if (entry.type === 'counterexample') expect(entry.by).toContain('only unique');
    }
  });

  test('of a claim that is refuted: no counterexample, and the first breach as the reason', async () => {
    const id = 'hostile.rls.only-unique.select';
    const proof = await stand.withCopy(
      (bench) => prove(bench, claimOf(id), all),
      `DROP POLICY "only" ON ${inSchema('"only unique"')}`,
    );
    expect(proof.verdict).toBe('refuted');
    expect(proof.entries.some((entry) => entry.type === 'counterexample')).toBe(false);
    const finding = proof.entries.find((entry) => entry.type === 'finding');
    expect(last(proof)).toEqual({
      type: 'verdict',
      claim: id,
      verdict: 'refuted',
      reason: finding?.breaches[0]?.says,
    });
  });
});

describe('a check that throws', () => {
  test('leaves the connection fit for the next claim', async () => {
    await stand.withCopy(async (bench) => {
      const broken = () =>
        withCheck(
          'structure.request-role',
          {
            run: async function* (context: CheckContext) {
              await context.session.query('SELECT * FROM not_there');
              yield* [];
              throw new Error('never reached');
            },
          },
          () => prove(bench, claimOf('hostile.structure.request-role'), all),
        );
      await expect(broken()).rejects.toThrow('relation "not_there" does not exist');
      expect((await prove(bench, claimOf('hostile.structure.request-role'), all)).verdict).toBe('proved');
    });
  });

  test('because its fault cannot be made leaves nothing of the fault', async () => {
    await stand.withCopy(async (bench) => {
      const impossible = faults['policy-dropped']({
        relation: inSchema('"user"'),
        name: 'gone',
      });
      await withCheck('structure.request-role', { faults: () => [impossible] }, async () => {
        await expect(prove(bench, claimOf('hostile.structure.request-role'), all)).rejects.toThrow(/"gone"/);
      });
      const { rows } = await bench.client.query('SELECT pg_current_xact_id_if_assigned() IS NULL AS idle');
      expect(rows).toEqual([{ idle: true }]);
    });
  });
});
