/**
 * The same 1,000 assertions on saas-gcp (table × actor × command) by pgTAP and by the trials of pgattest, in turns on one
 * server: `npx jiti bench/pgtap.ts [--rounds 5] [--keep <folder>]`. Needs pgTAP for PostgreSQL 15 and pg_prove (Debian:
 * postgresql-15-pgtap, libtap-parser-sourcehandler-pgtap-perl). pgTAP has ten files with the keys written down beforehand,
 * under `pg_prove -j 2`; pgattest has two workers, once with the expected rows known from before and once without. Neither
 * time has the making of the files, of the database or of its copies in it.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { type Cluster, startCluster } from '../src/cluster/cluster.ts';
import { Session } from '../src/cluster/session.ts';
import { loadDesign } from '../src/design/load.ts';
import type { ValidDesign } from '../src/design/validate.ts';
import { type Stage, setStage } from '../src/scenarios/stage.ts';
import { contextOf, type Memory } from '../src/scenarios/trial.ts';
import { type Assertion, assertionsOf } from './pgtap/assertions.ts';
import { writeFiles } from './pgtap/files.ts';
import { assertAll } from './pgtap/ours.ts';

const run = promisify(execFile);
const wanted = 1_000;
const workers = ['worker_1', 'worker_2'];

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, keep: { type: 'string' } },
});
const { design } = await loadDesign('saas-gcp', process.cwd());
const cluster = await startCluster({ on: 'local', settings: design.postgres.settings, throwaway: true });
const folder = values.keep ?? (await mkdtemp(path.join(tmpdir(), 'pgattest-pgtap-')));
try {
  const { signal } = new AbortController();
  const options = { seed: 1, scale: 1, now: new Date(), signal, onEvent: () => {} };
  const stage = await setStage(cluster, design, options);
  const assertions = await inContext(stage.database, stage, new Map(), (context) =>
    assertionsOf(context, wanted),
  );
  const files = await writeFiles(folder, assertions, 10);
  for (const name of workers) await cluster.primary.createDatabase(name, stage.database);
  const client = await cluster.primary.connect({ database: stage.database });
  await client.query(
    'CREATE SCHEMA tap; GRANT USAGE ON SCHEMA tap TO PUBLIC; CREATE EXTENSION pgtap SCHEMA tap',
  );
  await client.end();

  const times = { pgtap: [] as number[], warm: [] as number[], cold: [] as number[] };
  const memory: Memory = new Map();
  await ours(assertions, stage, memory);
  for (let round = 0; round < Number(values.rounds); round++) {
    times.pgtap.push(await timed(() => prove(cluster, stage.database, files)));
    times.warm.push(await timed(() => ours(assertions, stage, memory)));
    times.cold.push(await timed(() => ours(assertions, stage, new Map())));
  }
  const keys = assertions.reduce((sum, each) => sum + (each.keys?.length ?? 0), 0);
  const denied = assertions.filter((each) => each.keys === undefined).length;
  process.stdout.write(
    `${assertions.length} assertions (${denied} of them a denial), ${keys.toLocaleString('en')} keys\n`,
  );
  const base = median(times.pgtap);
  for (const [name, list] of Object.entries(times)) {
    const shown = list.map((each) => each.toFixed(2)).join(', ');
    process.stdout.write(
      `${name.padEnd(6)} median ${median(list).toFixed(2)} s, ${(median(list) / base).toFixed(2)} times pgTAP (${shown})\n`,
    );
  }
} finally {
  await cluster.close();
  if (values.keep === undefined) await rm(folder, { recursive: true, force: true });
}

/** Fails when an assertion does. */
async function prove({ primary }: Cluster, database: string, files: readonly string[]): Promise<void> {
  const server = [
    '-h',
    primary.socketFolder,
    '-p',
    String(primary.place.port),
    '-U',
    'postgres',
    '-d',
    database,
  ];
  const { stdout } = await run('pg_prove', ['-j', '2', ...server, ...files]);
  if (!/^Result: PASS/m.test(stdout)) throw new Error(stdout);
}

/** Two workers, each with every second table of the list, on a database of its own. */
async function ours(assertions: readonly Assertion[], stage: Stage, memory: Memory): Promise<void> {
  const tables = [...new Set(assertions.map(({ table }) => table))];
  const failed = await Promise.all(
    workers.map((database, worker) => {
      const own = assertions.filter(({ table }) => tables.indexOf(table) % workers.length === worker);
      return inContext(database, stage, memory, (context) => assertAll(context, own));
    }),
  );
  if (failed.some((each) => each > 0)) throw new Error(`${failed.join(' and ')} assertions do not hold`);
}

/** As in a trial: one transaction that is rolled back. */
async function inContext<T>(
  database: string,
  { catalog, actors }: Stage,
  memory: Memory,
  work: (context: ReturnType<typeof contextOf>) => Promise<T>,
): Promise<T> {
  const client = await cluster.primary.connect({ database });
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SET LOCAL jit = off');
    const bench = { client, cluster, template: database, design: design as ValidDesign, catalog, actors };
    return await work(contextOf(bench, new Session(client), memory, false));
  } finally {
    await client.end();
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

function median(list: readonly number[]): number {
  return [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? Number.NaN;
}
