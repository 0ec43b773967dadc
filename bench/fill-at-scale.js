/**
 * How fast `pgattest fill` loads, against COPY of the same rows ready-made in files: `node bench/fill-at-scale.js [scale] [rounds]
 * [--naive]`, after a build. In turns, on fresh databases of one throwaway cluster:
 *   made     rows made by threads, a connection each, without indexes; then indexes, keys, VACUUM, ANALYZE
 *   ready    the very same, but that the rows come from files
 *   naive    (--naive) the files by one connection and one transaction into the database as migrated, ANALYZE
 */
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startCluster } from '../dist/cluster/cluster.js';
import { migrate } from '../dist/cluster/migrate.js';
import { copyRows } from '../dist/data/copy-rows.js';
import { drawPools } from '../dist/data/pools.js';
import { check, runAfter } from '../dist/data/scale/finish.js';
import { enterPhase } from '../dist/data/scale/ledger.js';
import { loadRanges } from '../dist/data/scale/load-ranges.js';
import { madeChunks, worldOf } from '../dist/data/scale/maker.js';
import { makersInThreads } from '../dist/data/scale/maker-pool.js';
import { begin } from '../dist/data/scale/prepare.js';
import { openRanges, rowsOf } from '../dist/data/scale/ranges.js';
import { rebuild } from '../dist/data/scale/rebuild.js';
import { openSessions } from '../dist/data/scale/sessions.js';
import { loadDesign } from '../dist/design/load.js';

const [scale = 40, rounds = 2] = process.argv
  .slice(2)
  .filter((each) => /^\d/.test(each))
  .map(Number);
const naive = process.argv.includes('--naive');
const workers = 2;
const { design } = await loadDesign('saas-gcp', '.');
const plan = design.data;
const counts = rowsOf(plan, scale);
const ranges = openRanges(plan, counts, 20_000, []);
const total = counts.reduce((sum, count) => sum + count, 0);
const origin = { seed: 1, scale, now: new Date() };
const job = { design: design.name, digest: 'bench', ...origin, rangeRows: 20_000 };
const large = plan.tables.filter((_, n) => counts[n] >= 50_000).map(({ table }) => table);
const folder = await mkdtemp(path.join(tmpdir(), 'pgattest-bench-'));
const fileOf = ({ table, from }) => path.join(folder, `${table}-${from}`);
const cluster = await startCluster({ on: 'auto', settings: design.postgres.settings, throwaway: true });
const fromFiles = {
  async *make(range) {
    for await (const bytes of createReadStream(fileOf(range))) yield { bytes, rows: 0 };
  },
  close: async () => {},
};
const results = { made: [], ready: [], naive: [] };
try {
  await cluster.primary.createDatabase('empty');
  await onDatabase('empty', async (client) => {
    for (const each of design.migrations) await migrate(client, each);
  });
  let bytes = 0;
  const world = worldOf(origin, await drawPools(1));
  const began = performance.now();
  for (const range of ranges) {
    const parts = Array.from(madeChunks(world, plan, range), (made) => made.bytes);
    bytes += parts.reduce((sum, part) => sum + part.length, 0);
    await writeFile(fileOf(range), parts);
  }
  const alone = performance.now() - began;
  console.log(
    `${total.toLocaleString('en')} rows, ${(bytes / 1e6).toFixed(0)} MB; written to files by one thread in ${(alone / 1000).toFixed(1)} s`,
  );
  for (let round = 0; round < rounds; round++) {
    for (const way of round % 2 === 0 ? ['made', 'ready'] : ['ready', 'made'])
      results[way].push(await timed(way, round));
    if (naive) results.naive.push(await timedNaive(round));
  }
} finally {
  await cluster.close();
  await rm(folder, { recursive: true, force: true });
}
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const ratio = (of) => median(results.made.map((made, n) => of(results.ready[n]) / of(made)));
console.log(`rate of the load, made ÷ ready: ${ratio((each) => each.load).toFixed(2)}`);
console.log(`rate of all of it, made ÷ ready: ${ratio((each) => each.all).toFixed(2)}`);
if (naive) {
  const against = median(results.made.map((made, n) => results.naive[n].all / made.all));
  console.log(`rate of all of it, made ÷ naive: ${against.toFixed(2)}`);
}

async function timed(way, round) {
  const database = `${way}_${round}`;
  await cluster.primary.createDatabase(database, 'empty');
  const connect = () => cluster.primary.connect({ database });
  return onDatabase(database, async (control) => {
    await begin(control, job, large);
    const makers =
      way === 'made' ? await makersInThreads(design.file, origin, workers) : [fromFiles, fromFiles];
    const sessions = await openSessions(connect, workers);
    const start = performance.now();
    const hands = makers.map((maker, n) => ({ maker, client: sessions.clients[n] }));
    await loadRanges(plan, ranges, hands, undefined, () => {});
    const load = performance.now() - start;
    await Promise.all(makers.map((maker) => maker.close()));
    await enterPhase(control, 'rebuild');
    await rebuild(sessions.clients, undefined, () => {});
    const built = performance.now() - start;
    await runAfter(control, plan, undefined, () => {});
    await check(sessions.clients, plan, undefined, () => {});
    const all = performance.now() - start;
    await sessions.close();
    say(way, { load, rebuild: built - load, finish: all - built, all });
    return { load, all };
  }).finally(() => cluster.primary.dropDatabase(database));
}

async function timedNaive(round) {
  const database = `naive_${round}`;
  await cluster.primary.createDatabase(database, 'empty');
  return onDatabase(database, async (client) => {
    const start = performance.now();
    await client.query('BEGIN; SET LOCAL session_replication_role = replica');
    for (const range of ranges)
      await copyRows(client, plan.tables[range.table], createReadStream(fileOf(range)), undefined);
    await client.query('COMMIT');
    const load = performance.now() - start;
    await client.query(`ANALYZE ${plan.tables.map(({ table }) => table).join(', ')}`);
    const all = performance.now() - start;
    say('naive', { load, all });
    return { load, all };
  }).finally(() => cluster.primary.dropDatabase(database));
}

async function onDatabase(database, work) {
  const client = await cluster.primary.connect({ database });
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function say(way, times) {
  const seconds = Object.entries(times).map(([name, ms]) => `${name} ${(ms / 1000).toFixed(1)} s`);
  console.log(`${way.padEnd(6)} ${seconds.join(', ')}, load ${Math.round(total / times.load)}k rows/s`);
}
