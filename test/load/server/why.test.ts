import pc from 'picocolors';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { catalogDigest } from '../../../src/catalog/index.ts';
import {
  between,
  examine,
  play,
  renderWhy,
  statementCounters,
  type WhyFinding,
  WhyReport,
} from '../../../src/load/why/index.ts';
import {
  catalogOf,
  docs,
  notes,
  openWhyStand,
  plain,
  role,
  schema,
  trail,
  transactions,
  users,
  type WhyStand,
} from './why-stand.ts';

let stand: WhyStand;
let report: WhyReport;
let before: unknown;

const signal = new AbortController().signal;
const query = async (sql: string, values: readonly unknown[] = []) =>
  (await stand.client.query(sql, [...values])).rows;

/** Everything that could be left: objects, rows, prepared statements, locks. */
async function everything(): Promise<unknown> {
  const tables = [docs, notes, users, plain, trail];
  const rows: unknown[] = [];
  for (const table of tables) {
    const all = `string_agg(t::text, ',' ORDER BY t::text)`;
    rows.push(await query(`SELECT count(*), md5(${all}) FROM ${table} AS t`));
  }
  return {
    catalog: catalogDigest(await catalogOf(stand.client)),
    rows,
    prepared: await query('SELECT name FROM pg_prepared_statements'),
    leakproof: await query('SELECT count(*) FROM pg_proc WHERE proleakproof'),
    transactions: await query(`SELECT state FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'`),
    role: await query('SELECT current_user, session_user'),
  };
}

beforeAll(async () => {
  stand = await openWhyStand();
  before = await everything();
  const first = await statementCounters(query);
  const many = Array.from({ length: 20 }, () => transactions).flat();
  await play(stand.client, role, stand.input.header, many, { ms: 60_000, signal });
  const second = await statementCounters(query);
  if (first === undefined || second === undefined) throw new Error('no pg_stat_statements');
  report = await examine(
    stand.client,
    { ...stand.input, load: between(first, second) },
    { writes: true, signal },
  );
});

afterAll(() => stand?.close());

const statement = (name: string) => {
  const found = report.statements.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no statement ${name}`);
  return found;
};
const finding = (kind: WhyFinding['kind'], table?: string) =>
  report.findings.find((each) => each.kind === kind && (table === undefined || each.table === table));

describe('what it finds', () => {
  test('a policy that calls a function for each row, the fix, and what the fix gains', async () => {
    const found = finding('function-per-row', docs);
    expect(found?.says).toContain(`${schema}."ten ant"()`);
    expect(found?.fix).toContain(`ALTER POLICY "own ""rows""" ON ${docs} USING`);
    expect(found?.fix).toMatch(/\(SELECT\s+"we""ird é"\."ten ant"\(\)\)/);
    expect(found?.effect[0]?.statement).toBe('docs.list');
    expect(found?.effect[0]?.speedup.low).toBeGreaterThan(1.2);
    expect(found?.evidence.calls).toBeGreaterThan(1000);
    // It is SQL that does what it says.
    await stand.client.query('BEGIN');
    await stand.client.query(found?.fix ?? '');
    await stand.client.query('ROLLBACK');
  });

  test('a missing index, and what it gains', () => {
    const found = finding('missing-index', notes);
    expect(found?.fix).toBe(`CREATE INDEX ON ${notes} ("ow""ner");`);
    expect(found?.evidence).toMatchObject({ scan: 'Seq Scan', rowsRemoved: 29_970, rowsKept: 30 });
    expect(found?.effect[0]?.statement).toBe("notes.o'f");
    expect(found?.effect[0]?.speedup.low).toBeGreaterThan(5);
  });

  test('an audit tax where there is an audit trigger, and none where there is none', () => {
    expect(statement('user.seen').audit?.low).toBeGreaterThan(1);
    expect(statement('user.seen').writes).toEqual([trail, users].sort());
    expect(statement('plain.seen').audit).toBeNull();
    expect(finding('audit-cost', users)?.untried).not.toBeNull();
    const tax = (table: string) => report.tables.find((each) => each.table === table)?.audit ?? null;
    expect(tax(users)).toBeGreaterThan(1);
    expect(tax(plain)).toBeNull();
    expect(tax(trail)).toBeNull();
  });

  test('the tax of row security where there is row security, with the calls that policies make', () => {
    const list = statement('docs.list');
    expect(list.rls?.ratio).toBeGreaterThan(1);
    expect(list.rls?.pairs).toBe(9);
    expect(list.rls?.sameRows).toBe(false);
    const [helper] = list.functions;
    expect(helper?.name).toBe(`${schema}."ten ant"`);
    expect(helper?.byPolicies).toBe(helper?.calls);
    expect(statement("notes.o'f").rls?.sameRows).toBe(true);
    expect(statement('plain.seen').rls).toBeNull();
  });

  test('shares from pg_stat_statements, without a reset', () => {
    for (const name of ['docs.list', "notes.o'f", 'user.seen', 'plain.seen']) {
      expect(statement(name).shareFrom).toBe('pg_stat_statements');
      expect(statement(name).load?.calls).toBe(60);
    }
    expect(statement('user.seen').load?.walBytes).toBeGreaterThan(0);
    expect(report.statements.map(({ share }) => share)).toEqual(
      report.statements.map(({ share }) => share).sort((a, b) => b - a),
    );
    expect(statement('user.seen').shareFrom).toBe('pg_stat_statements');
  });

  test('each actor, and what it may not', () => {
    expect(statement('docs.list').actors).toMatchObject([
      { actor: 'nobody', outcome: 'done', rows: 0 },
      { actor: "o'ne", outcome: 'done', rows: 200 },
    ]);
    expect(statement('trail.read').notes.join()).toContain('permission denied');
    expect(statement('never').notes).toEqual(['no transaction of the mix calls it']);
  });

  test('the costliest first, as data that keep their schema', () => {
    const shares = report.findings.map(({ share }) => share);
    expect(shares).toEqual([...shares].sort((a, b) => b - a));
    expect(['missing-index', 'function-per-row']).toContain(report.findings[0]?.kind);
    expect(WhyReport.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
    const text = renderWhy(report, { colors: pc.createColors(false), width: 110 });
    expect(text).toContain(`CREATE INDEX ON ${notes} ("ow""ner");`);
    if (process.env.SHOW !== undefined) console.log(text);
  });
});

test('nothing stays behind', async () => {
  expect(await everything()).toEqual(before);
});

test('without leave to write, writes are planned and not executed', async () => {
  const counts = async () => {
    // What was done before is counted with a delay.
    await query('SELECT pg_stat_force_next_flush()');
    return query('SELECT sum(n_tup_upd) AS updates FROM pg_stat_user_tables');
  };
  const updates = await counts();
  const read = await examine(stand.client, stand.input, { writes: false, pairs: 5, signal });
  const written = read.statements.find(({ name }) => name === 'user.seen');
  expect(written).toMatchObject({
    ms: null,
    audit: null,
    notes: [expect.stringContaining('planned, not executed')],
  });
  expect(await counts()).toEqual(updates);
  const list = read.statements.find(({ name }) => name === 'docs.list');
  expect(list?.rls?.ratio).toBeGreaterThan(1);
  const found = read.findings.find(({ kind }) => kind === 'missing-index');
  expect(found?.effect).toEqual([]);
  expect(found?.untried).toContain('may not be changed');
  expect(await everything()).toEqual(before);
});
