import pg from 'pg';
import { candidatesOf, promote } from '../../cluster/promotion.ts';
import type { Replica } from '../../cluster/replica.ts';
import { type Server, statementMs } from '../../cluster/server.ts';
import { faults } from '../../faults/index.ts';
import { flipBit } from '../disk/flip.ts';
import { defineDrill, type Recovered, type Scene, type Seen } from '../model.ts';
import { whileStopped } from '../while-stopped.ts';

/** Each commit has a row in it, and its first page is full and written long since. */
const table = 'pgattest_ledger.entry';
/** In the amount of the first row: the last two columns have eight bytes each, and rows grow from the end of a page. */
const offset = 8192 - 16;
const promoteMs = 30_000;
const steadyMs = 20_000;
const corrupted = 'XX001';
const readSql = `SELECT count(*) AS rows, sum(amount) AS amount FROM ${table}`;

/** A bit of a table turns over on the disk of the primary; the replicas have the page as it was. */
export const pageCorrupt = defineDrill({
  name: 'page-corrupt',
  says: 'a bit of a table turns over on the disk of the primary while it is stopped: a read reports it by the checksum and never returns it, and a replica, whose page is good, takes over in order',
  needs: ['superuser', 'faults', 'replicas'],
  loses: 'nothing',
  topology: (wish) => ({ ...wish, replicas: Math.min(wish.replicas, Math.max(1, wish.synchronous ?? 0)) }),
  counterexamples: () => [
    faults['primary-setting'](
      'ignore_checksum_failure',
      'on',
      'a page that fails its checksum is returned all the same',
    ),
    faults['primary-setting'](
      'zero_damaged_pages',
      'on',
      'a page that fails its checksum is returned as empty',
    ),
  ],
  run: async (scene): Promise<Recovered> => {
    const { cluster, topology, timeline, database, signal, load } = scene;
    const file = await fileOf(cluster.primary, database);
    let flipped = '';
    const stopped = timeline.now();
    const primary = await whileStopped(
      cluster.host,
      cluster.primary,
      async () => {
        flipped = await flipBit(cluster.host, `${cluster.primary.data}/${file}`, offset);
      },
      { signal },
    );
    if ((await load.goodAgain(performance.now(), 500, steadyMs, signal)) === undefined)
      throw new Error(`no steady writes ${steadyMs} ms after the primary was started again`);
    const tookMs = timeline.now() - stopped;
    timeline.mark(
      'fault',
      `byte ${offset} of ${file} (${table}): ${flipped}; the server was stopped for it, ${tookMs.toFixed(0)} ms in all`,
    );
    const read = await readOf(primary, database);
    const noticed = read.code === corrupted;
    if (noticed) timeline.mark('detected', `a read of ${table} is refused with ${corrupted}`);
    const seen = [seeNoticed(read, noticed)];
    timeline.mark('decided', 'the replica takes over, whose page is good');
    const { server, takenOver } = await handOver(scene, primary, topology.replicas);
    return {
      server,
      database,
      serving: true,
      seen: [...seen, takenOver, seeGood(await readOf(server, database))],
    };
  },
});

async function fileOf(server: Server, database: string): Promise<string> {
  const client = await server.connect({ database, statementMs });
  try {
    // Two pages at least: the first is full, and no row comes to it any more.
    const { rows } = await client.query<{ file: string; pages: number }>(
      `SELECT pg_relation_filepath('${table}') AS file, pg_relation_size('${table}')::float8 / 8192 AS pages`,
    );
    const row = rows[0];
    if (row === undefined || row.pages < 2) throw new Error(`${table} has ${row?.pages ?? 0} pages, too few`);
    return row.file;
  } finally {
    await client.end();
  }
}

interface Read {
  readonly words: string;
  /** SQLSTATE of the refusal; undefined: answered. */
  readonly code?: string | undefined;
}

async function readOf(server: Server, database: string): Promise<Read> {
  const client = await server.connect({ database, statementMs });
  try {
    const { rows } = await client.query<{ rows: string; amount: string }>(readSql);
    return { words: `${rows[0]?.rows} rows, ${rows[0]?.amount} in all` };
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    return { words: `${error.code}: ${error.message}`, code: error.code };
  } finally {
    await client.end();
  }
}

function seeNoticed({ words }: Read, noticed: boolean): Seen {
  return {
    subject: 'primary',
    way: `a read of ${table}, with one bit of it turned over`,
    statement: readSql,
    expected: `refused with ${corrupted}: nothing of the page is returned`,
    actual: words,
    agrees: noticed,
    object: 'data_checksums',
  };
}

function seeGood({ words, code }: Read): Seen {
  return {
    subject: 'new primary',
    way: `the same read of ${table}`,
    statement: readSql,
    expected: 'answered',
    actual: words,
    agrees: code === undefined,
  };
}

/** The primary is stopped in order, so that the replicas have all that it has; then one of them is the primary. */
async function handOver(
  scene: Scene,
  primary: Recovered['server'],
  replicas: readonly Replica[],
): Promise<{ readonly server: Recovered['server']; readonly takenOver: Seen }> {
  const { timeline, signal } = scene;
  await primary.stop();
  timeline.mark('fenced', 'the damaged primary is stopped');
  const [best] = await candidatesOf(replicas);
  signal.throwIfAborted();
  const seen = (actual: string, agrees: boolean): Seen => ({
    subject: best?.replica.name ?? 'replicas',
    way: 'takes over from the damaged primary',
    statement: 'SELECT pg_promote()',
    expected: `it takes writes within ${promoteMs} ms`,
    actual,
    agrees,
  });
  if (best === undefined) return { server: primary, takenOver: seen('no replica answers', false) };
  const { server } = best.replica;
  if (!(await promote(server, promoteMs))) return { server, takenOver: seen('it does not', false) };
  const promoted = timeline.mark('promoted', `${best.replica.name} is the primary`);
  await scene.route(server);
  timeline.mark('rerouted', `the writers are led to ${best.replica.name}`);
  const took = (promoted - (timeline.when('fenced') ?? promoted)).toFixed(0);
  return { server, takenOver: seen(`after ${took} ms`, true) };
}
