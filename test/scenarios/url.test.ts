import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { catalogDigest, readCatalog } from '../../src/catalog/index.ts';
import { ConfigError } from '../../src/design/config-error.ts';
import { type Evidence, readRun, toSummary } from '../../src/evidence/index.ts';
import { reporters } from '../../src/report/index.ts';
import type { RunEvent } from '../../src/scenarios/events.ts';
import { Interrupted } from '../../src/scenarios/failure.ts';
import { executePlan, type RunOptions } from '../../src/scenarios/run.ts';
import { openStand, type Stand } from '../checks/hostile/bench.ts';
import { hostile } from '../checks/hostile/design.ts';
import { testPlan } from './test-plan.ts';

const secret = 's3cr3t p@ss';
let stand: Stand;

/** A server with the design's database on it, as somebody else would run it. */
beforeAll(async () => {
  stand = await openStand(hostile);
  await administer(
    `CREATE ROLE boss SUPERUSER LOGIN PASSWORD ${pg.escapeLiteral(secret)};
     CREATE ROLE plain LOGIN PASSWORD ${pg.escapeLiteral(secret)}`,
  );
});

afterAll(() => stand?.close());

async function administer(sql: string, database = 'postgres'): Promise<readonly Record<string, unknown>[]> {
  const client = await stand.cluster.primary.connect({ database });
  try {
    const result = await client.query(sql);
    return result.rows ?? [];
  } finally {
    await client.end();
  }
}

/** A database of the test's own: a copy of the design's unless it is to be empty. */
async function aDatabase(name: string, template = stand.stage.database): Promise<string> {
  const { primary } = stand.cluster;
  await primary.createDatabase(name, template);
  onTestFinished(() => primary.dropDatabase(name));
  return name;
}

interface Where {
  readonly database: string;
  readonly only: string;
  readonly writes?: boolean;
  readonly user?: string;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: RunEvent) => void;
}

function optionsFor({ database, only, writes = false, user = 'boss', signal, onEvent }: Where): RunOptions {
  const root = mkdtempSync(join(tmpdir(), 'runs-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const { host, port } = stand.cluster.primary.tcp;
  const { design } = stand;
  return {
    loaded: { design, files: [] },
    plan: testPlan(design, only, { on: 'url' }),
    on: { url: `postgres://${user}:${encodeURIComponent(secret)}@${host}:${port}/${database}`, writes },
    root,
    reports: Object.values(reporters),
    signal: signal ?? new AbortController().signal,
    onEvent: onEvent ?? (() => {}),
  };
}

function verdictsOf(evidence: Evidence): Readonly<Record<string, string>> {
  const chosen = toSummary(evidence).claims.filter(({ outside }) => outside !== true);
  return Object.fromEntries(
    chosen.map(({ id, verdict, reason }) => [
      id.replace('hostile.', ''),
      `${verdict}${reason === undefined ? '' : `: ${reason}`}`,
    ]),
  );
}

function notesOf({ records }: Evidence): readonly string[] {
  return records.flatMap(({ entry }) => (entry.type === 'environment' ? entry.notes : []));
}

/** Everything that a run could have left: databases, roles, objects, rows. */
async function stateOf(database: string) {
  const client = await stand.cluster.primary.connect({ database });
  try {
    const catalog = await readCatalog(
      async (sql, values = []) => (await client.query(sql, [...values])).rows,
    );
    const { rows } = await client.query('SELECT array_agg(datname::text ORDER BY 1) AS all FROM pg_database');
    const counts: unknown[] = [];
    for (const { table } of hostile.access) {
      counts.push((await client.query(`SELECT count(*) FROM ${table}`)).rows[0]);
    }
    return { digest: catalogDigest(catalog), databases: rows[0], counts };
  } finally {
    await client.end();
  }
}

const select = 'hostile.rls.select.*';

describe('read only', () => {
  test('what holds is unproved, what writes is not tried, and nothing is changed', async () => {
    const database = await aDatabase('shop');
    const before = await stateOf(database);
    const { evidence, exitCode, folder } = await executePlan(optionsFor({ database, only: select }));
    expect(exitCode).toBe(3);
    const needs =
      'unproved: needs scratch-database (a database that pgattest may change: --allow-writes shop)';
    expect(verdictsOf(evidence)).toEqual({
      'rls.select.select': 'unproved: holds, but its counterexamples need --allow-writes shop',
      'rls.select.insert': needs,
      'rls.select.update': needs,
      'rls.select.delete': needs,
    });
    expect(await stateOf(database)).toEqual(before);
    expect(notesOf(evidence).join('\n')).toMatch(/read only.*taken as it is/s);
    for (const file of ['plan.json', 'evidence.jsonl', 'report.html', 'summary.json']) {
      const text = readFileSync(join(folder, file), 'utf8');
      expect(text).not.toContain(secret);
      expect(text).not.toContain(encodeURIComponent(secret));
    }
  });

  test('what does not hold is refuted', async () => {
    const database = await aDatabase('leaky');
    const { table } = hostile.access.find((rules) => rules.table.endsWith('"select"')) ?? { table: '' };
    await administer(`ALTER TABLE ${table} DISABLE ROW LEVEL SECURITY`, database);
    const { evidence, exitCode } = await executePlan(
      optionsFor({ database, only: 'hostile.rls.select.select' }),
    );
    expect(exitCode).toBe(1);
    expect(verdictsOf(evidence)['rls.select.select']).toMatch(/^refuted: /);
  });

  test('a database without the design is refused', async () => {
    const database = await aDatabase('empty', 'template1');
    await expect(executePlan(optionsFor({ database, only: select }))).rejects.toThrow(
      new ConfigError(
        'empty',
        'has none of the tables of hostile',
        'give the database of the design, or --allow-writes empty to have this one migrated and filled',
      ),
    );
  });

  test('a role that is no superuser: each claim says that it needs one', async () => {
    const database = await aDatabase('shop');
    const { evidence } = await executePlan(optionsFor({ database, only: select, user: 'plain' }));
    expect(verdictsOf(evidence)['rls.select.select']).toBe(
      'unproved: needs superuser (a superuser connection, to compute what is right with row security off: plain is none)',
    );
  });
});

describe('with writes allowed', () => {
  test('a database is proved in copies, and nothing of them is left', async () => {
    const database = await aDatabase('shop');
    const before = await stateOf(database);
    const { evidence, exitCode } = await executePlan(optionsFor({ database, only: select, writes: true }));
    expect(verdictsOf(evidence)).toEqual({
      'rls.select.select': 'proved',
      'rls.select.insert': 'proved',
      'rls.select.update': 'proved',
      'rls.select.delete': 'proved',
    });
    expect(exitCode).toBe(0);
    expect(await stateOf(database)).toEqual(before);
  });

  test('while others are connected it is proved in place', async () => {
    const database = await aDatabase('shop');
    const other = await stand.cluster.primary.connect({ database });
    const before = await stateOf(database);
    const { evidence, exitCode } = await executePlan(optionsFor({ database, only: select, writes: true }));
    expect(exitCode).toBe(0);
    expect(notesOf(evidence).join('\n')).toContain('no copies of the database: others are connected to shop');
    expect(await stateOf(database)).toEqual(before);
    await other.end();
  });

  test('an empty one is migrated and filled, and stays so', async () => {
    const database = await aDatabase('fresh', 'template1');
    const only = 'hostile.structure.r*';
    const { evidence, exitCode } = await executePlan(optionsFor({ database, only, writes: true }));
    expect(exitCode).toBe(0);
    expect(notesOf(evidence).join('\n')).toContain('and stay');
    const again = await executePlan(optionsFor({ database, only }));
    expect(notesOf(again.evidence).join('\n')).toContain('taken as it is');
  });

  test('an interrupt drops the copies', async () => {
    const database = await aDatabase('shop');
    const before = await stateOf(database);
    const controller = new AbortController();
    const options = optionsFor({
      database,
      only: select,
      writes: true,
      signal: controller.signal,
      onEvent: ({ type }) => {
        if (type === 'claim-started') controller.abort(new Interrupted('SIGINT'));
      },
    });
    await expect(executePlan(options)).rejects.toThrow('interrupted by SIGINT');
    expect(await stateOf(database)).toEqual(before);
  });

  test('a lost connection ends the run, and what was found is kept', async () => {
    const database = await aDatabase('shop');
    // Whoever is in a copy is thrown out, again and again: a session may just have come to its end.
    let over = false;
    const loseAll = async () => {
      while (!over) {
        await administer(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'pgattest_copy%'`,
        );
      }
    };
    let losing: Promise<void> | undefined;
    const options = optionsFor({
      database,
      only: select,
      writes: true,
      onEvent: ({ type }) => {
        if (type === 'claim-started') losing ??= loseAll();
      },
    });
    await expect(
      executePlan(options).finally(() => {
        over = true;
      }),
    ).rejects.toThrow();
    await losing;
    const { records } = await readRun(join(options.root, options.plan.run));
    expect(records.map(({ entry }) => entry.type)).toEqual(expect.arrayContaining(['environment', 'end']));
    expect(records.at(-1)?.entry).toMatchObject({ type: 'end', complete: false, exitCode: 3 });
    expect((await administer(`SELECT FROM pg_database WHERE datname LIKE 'pgattest_copy%'`)).length).toBe(0);
  });
});
