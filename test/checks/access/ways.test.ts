import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStand, type Stand, tryClaim } from '../hostile/bench.ts';
import { sql } from '../hostile/breach.ts';
import { hostile } from '../hostile/design.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await openStand(hostile);
});
afterAll(() => stand?.close());

/** A policy that looks at how the statement is written leaks, or refuses, in one way alone. */
async function expectOnly(way: string, policy: string, claim: string): Promise<void> {
  const result = await stand.withCopy((bench) => tryClaim(bench, claim), sql(policy));
  expect(result.outcome).toBe('broken');
  for (const { says, reproduce } of result.breaches) {
    expect(says).toContain(`by ${way}`);
    expect(reproduce).toContain('BEGIN;');
  }
}

/** The breach itself must not stand in the statement that looks for it: `[F]OR` matches FOR. */
const written = (pattern: string) => `current_query() ~ '${pattern}'`;

test.each([
  ['SELECT by a cursor', '^[F]ETCH ALL'],
  ['COPY of a query', '^[C]OPY \\('],
  ['SELECT count(*)', 'AS rows, .. AS digest [F]ROM [^(]'],
])('a SELECT policy leaks by %s', (way, pattern) =>
  expectOnly(
    way,
    `CREATE POLICY "ho le" ON {S}."select" FOR SELECT USING (${written(pattern)})`,
    'hostile.rls.select.select',
  ),
);

test.each([
  ['SELECT through WITH', '[M]ATERIALIZED'],
  ['SELECT through JOIN LATERAL', '[L]ATERAL'],
  ['SELECT through IN', ' [I]N \\(SELECT'],
  ['SELECT FROM ONLY', '[F]ROM ONLY'],
  ['TABLE', '\\([T]ABLE '],
  ['COPY of the table', '^[C]OPY [^(]'],
])('a SELECT policy leaks by %s alone', (way, pattern) =>
  expectOnly(
    way,
    `CREATE POLICY "ho le" ON {S}."select" FOR SELECT USING (${written(pattern)})`,
    'hostile.rls.select.select',
  ),
);

test('an UPDATE policy that refuses all shows in SELECT FOR UPDATE', () =>
  expectOnly(
    'SELECT FOR UPDATE',
    'ALTER POLICY "up date" ON {S}."select" USING (false)',
    'hostile.rls.select.select',
  ));

test.each([
  ['INSERT … SELECT', 'INSERT', '^INSERT .*\\) SELECT '],
  ['INSERT … ON CONFLICT DO NOTHING', 'INSERT', 'ON CONFLICT DO NOTHING$'],
  ['WITH … INSERT', 'INSERT', '^WITH added'],
  ['INSERT … RETURNING', 'INSERT', 'RETURNING "tenant", "no"$'],
  ['MERGE … INSERT', 'INSERT', '^MERGE'],
  ['UPDATE … FROM', 'UPDATE', 'FROM \\(VALUES \\(1\\)\\) AS other'],
  ['UPDATE ONLY', 'UPDATE', '^UPDATE ONLY'],
  ['WITH … UPDATE', 'UPDATE', '^WITH changed'],
  ['UPDATE … RETURNING', 'UPDATE', '^UPDATE .*RETURNING'],
  ['MERGE … UPDATE', 'UPDATE', '^MERGE'],
  ['UPDATE … WHERE CURRENT OF', 'UPDATE', 'WHERE CURRENT OF'],
  ['DELETE … USING', 'DELETE', '^DELETE .*USING'],
  ['DELETE … RETURNING', 'DELETE', '^DELETE .*RETURNING'],
  ['DELETE FROM ONLY', 'DELETE', '^DELETE FROM ONLY'],
  ['WITH … DELETE', 'DELETE', '^WITH gone'],
  ['MERGE … DELETE', 'DELETE', '^MERGE'],
  ['DELETE … WHERE CURRENT OF', 'DELETE', 'WHERE CURRENT OF'],
] as const)('a policy leaks by %s', (way, command, pattern) => {
  const condition = written(pattern);
  const clause = command === 'INSERT' ? `WITH CHECK (${condition})` : `USING (${condition})`;
  return expectOnly(
    way,
    `CREATE POLICY "ho le" ON {S}."select" FOR ${command} ${clause}`,
    `hostile.rls.select.${command.toLowerCase()}`,
  );
});

test('an UPDATE policy leaks by INSERT … ON CONFLICT DO UPDATE', () =>
  expectOnly(
    'INSERT … ON CONFLICT DO UPDATE',
    `CREATE POLICY "ho le" ON {S}."select" FOR UPDATE USING (${written('DO UPDATE SET')})`,
    'hostile.rls.select.insert',
  ));

test.each(['insert', 'update', 'delete', 'select'])(
  'a trigger that stores another row than it was given is no alarm: %s',
  async (command) => {
    const trigger = `CREATE FUNCTION {S}."re write"() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN IF TG_OP = 'INSERT' THEN NEW."sta te" := 'open'; END IF; NEW.{A} := 'stored ' || TG_OP; RETURN NEW; END $$;
      CREATE TRIGGER "a re write" BEFORE INSERT OR UPDATE ON {S}."select" FOR EACH ROW EXECUTE FUNCTION {S}."re write"()`;
    const result = await stand.withCopy(
      (bench) => tryClaim(bench, `hostile.rls.select.${command}`),
      sql(trigger),
    );
    expect(result.breaches).toEqual([]);
  },
);

test.each(['select', 'update', 'delete'])(
  'rows of a table that inherits are no alarm: %s',
  async (command) => {
    // Triggers are not inherited: without the guard it would be one.
    const child = `CREATE TABLE {S}."chi ld" () INHERITS ({S}."select");
      CREATE TRIGGER "gu ard" BEFORE UPDATE ON {S}."chi ld" FOR EACH ROW EXECUTE FUNCTION {S}."gu ard"();
      INSERT INTO {S}."chi ld" (tenant, "no", "from", "sta te") SELECT tenant, 1000 + "no", "from", "sta te" FROM ONLY {S}."select"`;
    const result = await stand.withCopy(
      (bench) => tryClaim(bench, `hostile.rls.select.${command}`),
      sql(child),
    );
    expect(result.breaches).toEqual([]);
  },
);

test('a partition by name is a way in', async () => {
  const result = await stand.withCopy(
    (bench) => tryClaim(bench, `hostile.rls.ev-ent.select`),
    sql(`GRANT SELECT ON {S}."Ev ent 1 'old'" TO {R}`),
  );
  expect(result.breaches.map(({ says }) => says).join()).toContain(`"Ev ent 1 'old'" past its parent`);
});

test('a secret column is tried by each form that tells of it', async () => {
  const result = await stand.withCopy((bench) => tryClaim(bench, 'hostile.rls.user.select'));
  const ways = new Set(
    result.sightings.filter(({ expected }) => expected === '42501 by privilege').map(({ way }) => way),
  );
  expect([...ways]).toEqual(
    expect.arrayContaining(['SELECT of the whole row', 'WHERE on pass"word', 'UPDATE … RETURNING pass"word']),
  );
  expect(result.outcome).toBe('held');
});

test('INSERT … ON CONFLICT DO UPDATE meets the rules of all three commands', async () => {
  const result = await stand.withCopy((bench) => tryClaim(bench, 'hostile.rls.select.insert'));
  const seen = result.sightings.filter(({ way }) => way === 'INSERT … ON CONFLICT DO UPDATE');
  expect(new Set(seen.map(({ expected }) => expected))).toEqual(
    new Set(['done', 'refused, or no row touched']),
  );
  expect(seen.every(({ agrees }) => agrees)).toBe(true);
});

test('COPY … FROM is refused wherever row security binds the role', async () => {
  const result = await stand.withCopy((bench) => tryClaim(bench, 'hostile.rls.select.insert'));
  const seen = result.sightings.filter(({ way }) => way === 'COPY … FROM');
  expect(seen.length).toBeGreaterThan(0);
  expect(seen.every(({ actual }) => actual.startsWith('0A000'))).toBe(true);
});
