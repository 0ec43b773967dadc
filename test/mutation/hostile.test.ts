import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Claim } from '../../src/design/design.ts';
import { askedFor, claimsFor, claimsInScope } from '../../src/mutation/claims.ts';
import { type Mutants, makeMutants } from '../../src/mutation/make-mutants.ts';
import { type Mutant, nothing } from '../../src/mutation/mutant.ts';
import { Tape } from '../../src/mutation/replay/tape.ts';
import { MutationReport } from '../../src/mutation/report.ts';
import { mutate } from '../../src/mutation/run.ts';
import { readSource } from '../../src/mutation/source.ts';
import { type Baseline, tryMutant } from '../../src/mutation/try-mutant.ts';
import { openStand, type Stand } from '../checks/hostile/bench.ts';
import { hostile } from '../checks/hostile/design.ts';

const schema = '"my ""sch.ema"" é"';
const table = `${schema}."select"`;

let stand: Stand;
let made: Mutants;
let claims: readonly Claim[];

beforeAll(async () => {
  stand = await openStand(hostile);
  claims = claimsInScope(stand.design);
  made = await stand.withCopy(async ({ client }) =>
    makeMutants(
      await readSource(
        async (sql, values = []) => (await client.query(sql, [...values])).rows,
        stand.design,
        stand.stage.catalog,
      ),
    ),
  );
});

afterAll(() => stand?.close());

const named = (glob: RegExp) => made.mutants.filter(({ id }) => glob.test(id));
const one = (id: string): Mutant => {
  const found = made.mutants.find((mutant) => mutant.id === id);
  if (found === undefined) throw new Error(`no mutant ${id}`);
  return found;
};
const baseline = (): Baseline => ({
  memory: new Map(),
  sound: new Map(claims.map(({ id }) => [id, []])),
  answers: new Map(),
  tape: new Tape(),
  reach: made.reach,
});
const tried = (mutant: Mutant) =>
  stand.withCopy((bench) =>
    tryMutant((work) => work(bench), mutant, askedFor(mutant, claims, made.dependencies), baseline()),
  );

describe('the mutants of a design', () => {
  test('have ids of their own, and are the same each time', async () => {
    const ids = made.mutants.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const again = await stand.withCopy(async ({ client }) =>
      makeMutants(
        await readSource(
          async (sql, values = []) => (await client.query(sql, [...values])).rows,
          stand.design,
          stand.stage.catalog,
        ),
      ),
    );
    expect(again.mutants.map(({ id, statement }) => [id, statement])).toEqual(
      made.mutants.map(({ id, statement }) => [id, statement]),
    );
  });

  test.each([
    [
      'policies',
      `${table}.up date/`,
      [
        'policy-dropped',
        'widened',
        'narrowed',
        'conjunct-removed',
        'negated',
        'comparison-changed',
        'made-restrictive',
        'role-widened',
        'command-widened',
      ],
    ],
    ['row security', `${table}/`, ['row-security-off', 'not-forced', 'granted-truncate', 'granted-trigger']],
    ['partitions', `${schema}."Ev ent 2"/`, ['row-security-off', 'not-forced', 'partition-open']],
    [
      'columns that are withheld',
      `${schema}."user".pass"word/`,
      ['granted-select', 'granted-insert', 'granted-update'],
    ],
    [
      'functions in SQL',
      `${schema}."is (admin)"()/`,
      [
        'returns-true',
        'returns-false',
        'security-invoker',
        'search-path-dropped',
        'execute-to-public',
        'conjunct-removed',
        'negated',
      ],
    ],
    [
      'functions in PL/pgSQL',
      'log."re cord"()/',
      [
        'returns-at-once',
        'statement-removed',
        'condition-true',
        'condition-false',
        'comparison-changed',
        'security-invoker',
      ],
    ],
    ['guards', `${schema}."gu ard"()/`, ['raise-removed', 'conjunct-removed', 'security-definer']],
    [
      'triggers',
      `${schema}."user".au dit/`,
      ['trigger-disabled', 'trigger-replica', 'event-removed', 'columns-changed', 'when-false'],
    ],
    ['views', `${schema}."vi ew"/`, ['invoker-off']],
  ])('change %s', (_, place, operators) => {
    const there = new Set(
      made.mutants.filter(({ id }) => id.startsWith(`hostile.${place}`)).map(({ operator }) => operator),
    );
    for (const operator of operators) expect([...there]).toContain(operator);
  });

  test('look through functions to the tables whose policies run them', () => {
    const [mutant] = named(/is \(admin\)"\(\)\/returns-true/);
    const ids = claimsFor(mutant as Mutant, claims, made.dependencies).map(
      ({ check }) => `${check?.kind} ${check?.table ?? ''}`,
    );
    expect(ids).toContain(`access.delete ${table}`);
    expect(ids).toContain(`access.select ${table}`);
    expect(ids).not.toContain(`access.insert ${schema}."ac count"`);
  });

  test('are tried by the claim of their own table and command first', () => {
    const mutant = one(`hostile.${table}.de lete/narrowed/1`);
    expect(claimsFor(mutant, claims, made.dependencies)[0]?.check).toMatchObject({
      kind: 'access.delete',
      table,
    });
  });
});

describe('a mutant', () => {
  test('is killed by the claim that it breaks, and nothing of it stays', async () => {
    const mutant = one(`hostile.${table}.de lete/narrowed/1`);
    const result = await stand.withCopy(async (bench) => {
      const killed = await tryMutant(
        (work) => work(bench),
        mutant,
        askedFor(mutant, claims, made.dependencies),
        baseline(),
      );
      const { rows } = await bench.client.query(
        "SELECT FROM pg_policy WHERE polname = 'de lete' AND pg_get_expr(polqual, polrelid) = 'false'",
      );
      expect(rows).toEqual([]);
      return killed;
    });
    expect(result).toMatchObject({ fate: 'killed', by: { claim: expect.stringContaining('delete') } });
  });

  test('that changes nothing survives, with its difference and the claims', async () => {
    const mutant: Mutant = {
      ...one(`hostile.${table}.de lete/narrowed/1`),
      statement: `ALTER POLICY "de lete" ON ${table} RENAME TO "de leted"`,
    };
    const result = await tried(mutant);
    expect(result).toMatchObject({ fate: 'survived', before: mutant.before, after: mutant.after });
    expect(result.tried?.length).toBeGreaterThan(0);
  });

  test('whose SQL is refused is invalid', async () => {
    const result = await tried({
      ...one(`hostile.${table}.de lete/narrowed/1`),
      statement: 'ALTER POLICY nobody ON nowhere TO PUBLIC',
    });
    expect(result).toMatchObject({
      fate: 'invalid',
      stumbles: [{ error: 'relation "nowhere" does not exist' }],
    });
  });

  test('over which the checks fall stumbles: that is no kill', async () => {
    const result = await tried({
      ...one(`hostile.${table}.de lete/narrowed/1`),
      statement: `ALTER TABLE ${table} RENAME COLUMN "no" TO "yes"`,
      touches: { ...nothing, access: [{ relation: table, commands: ['DELETE'] }] },
    });
    expect(result.fate).toBe('stumbled');
    expect(result.stumbles?.[0]?.error).toMatch(/does not exist/);
  });

  test('that is equivalent by the catalogue is not tried', async () => {
    const result = await tried(one(`hostile.${table}.de lete/role-widened/1`));
    expect(result).toMatchObject({ fate: 'equivalent', reason: expect.stringContaining('may DELETE') });
  });

  test('of how a setting is read is noticed where none was ever set', async () => {
    const [mutant] = named(/"my tenant"\(\)\/constant-changed\/2/);
    expect(mutant?.statement).toMatch(/false/);
    const asked = askedFor(mutant as Mutant, claims, made.dependencies);
    const result = await tryMutant((work) => stand.withCopy(work), mutant as Mutant, asked, baseline());
    expect(result).toMatchObject({ fate: 'killed' });
  });
});

describe('mutation of a table', () => {
  const options = {
    on: 'auto',
    seed: 1,
    scale: 1,
    only: `hostile.${table}.*`,
    signal: new AbortController().signal,
    onEvent: () => {},
  } as const;

  test('gives a report of the published shape, and the same each time', async () => {
    const run = () => mutate(stand.cluster, stand.stage, { ...options, design: stand.design });
    const first = await run();
    expect(MutationReport.parse(first)).toEqual(first);
    expect(first.unsound).toEqual([]);
    expect(first.total.killed).toBeGreaterThan(20);
    expect({ ...(await run()), milliseconds: 0 }).toEqual({ ...first, milliseconds: 0 });
  });

  test('says which declared equivalents are none', async () => {
    const equivalentMutants = [{ mutant: `hostile.${table}.de lete/narrowed/1`, reason: 'none' }];
    const report = await mutate(stand.cluster, stand.stage, {
      ...options,
      only: `hostile.${table}.de lete/narrowed/*`,
      design: { ...stand.design, equivalentMutants },
    });
    expect(report.misdeclared).toEqual([
      { mutant: `hostile.${table}.de lete/narrowed/1`, why: expect.stringContaining('killed by') },
    ]);
  });
});
