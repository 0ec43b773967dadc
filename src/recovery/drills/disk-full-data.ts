import pg from 'pg';
import { statementMs } from '../../cluster/server.ts';
import { until } from '../../cluster/until.ts';
import { faults } from '../../faults/index.ts';
import { fullDiskDrill, withSmallDisk } from '../disk/full-disk.ts';
import { defineDrill, type Recovered, type Scene, type Seen } from '../model.ts';

/** Less than the writers and the probe need, so that the end comes soon. */
const spareMegabytes = 24;
const fullMs = 20_000;
const diskFull = '53100';

/** The disk of the tables is full; that of the WAL is not. */
export const diskFullData = defineDrill({
  ...fullDiskDrill,
  name: 'disk-full-data',
  says: 'the disk under the tables is full: writes are refused with 53100 and nothing of them is there, reads go on, and so do writes once there is room',
  counterexamples: () => [faults['disk-full-swallowed']()],
  run: async (scene): Promise<Recovered> => {
    const { cluster, timeline, database, load, signal } = scene;
    const { server, disk } = await withSmallDisk(scene, `${cluster.primary.data}/base`, spareMegabytes);
    const client = await server.connect({ database, statementMs });
    try {
      const began = timeline.now();
      const before = load.counts;
      const bytes = await disk.fill();
      timeline.mark('fault', 'the disk under the tables is filled', began);
      timeline.mark('injected', `the disk under the tables is full, by ${bytes} bytes`);
      const refused = () => load.counts.failed > before.failed;
      // Pages that are there already take rows for a while.
      const noticed = await until(refused, scene.hurried ? fullMs / 2 : fullMs, signal);
      if (noticed) timeline.mark('detected', 'the first commit is refused');
      const seen = [
        seeRefused(load.counts.failed - before.failed, noticed),
        await seeProbe(client),
        await seeReads(client),
      ];
      await disk.free();
      timeline.mark('healed', 'there is room again');
      return { server, database, serving: true, seen: [...seen, await seeStanding(scene, server)] };
    } finally {
      await disk.free().catch(() => undefined);
      await client.end().catch(() => undefined);
    }
  },
});

function seeRefused(failed: number, noticed: boolean): Seen {
  return {
    subject: 'primary',
    way: 'commits of the writers while the disk is full',
    statement: 'SELECT pgattest_ledger.post(…)',
    expected: 'refused, and the writers are told',
    actual: `${failed} refused`,
    agrees: noticed,
    object: 'pgattest_ledger.post',
  };
}

const fillSql = `CREATE TABLE public.pgattest_full AS SELECT repeat('x', 1000) FROM generate_series(1, 20000)`;

/** What the server says, in its own code: a client can tell a full disk from a mistake of its own. */
async function seeProbe(client: pg.Client): Promise<Seen> {
  const actual = await client.query(fillSql).then(
    () => 'taken',
    (error: unknown) => {
      if (!(error instanceof pg.DatabaseError)) throw error;
      return `${error.code}: ${error.message}`;
    },
  );
  return {
    subject: 'primary',
    way: 'a new table of 20 MB while the disk is full',
    statement: fillSql,
    expected: `refused with ${diskFull}`,
    actual,
    agrees: actual.startsWith(diskFull),
  };
}

async function seeReads(client: pg.Client): Promise<Seen> {
  const statement = 'SELECT count(*) FROM pgattest_ledger.account';
  const actual = await client.query<{ count: string }>(statement).then(
    ({ rows }) => `${rows[0]?.count} rows`,
    (error: Error) => error.message,
  );
  return {
    subject: 'primary',
    way: 'reads while the disk is full',
    statement,
    expected: 'answered',
    actual,
    agrees: / rows$/.test(actual),
  };
}

/** It went through all that without a restart. */
async function seeStanding({ signal }: Scene, server: Recovered['server']): Promise<Seen> {
  signal.throwIfAborted();
  const line = (await server.service.log()).split('\n').find((each) => /\bPANIC:/.test(each));
  return {
    subject: 'primary',
    way: 'its log of that time',
    statement: 'grep PANIC',
    expected: 'it never went down',
    actual: line === undefined ? 'no PANIC' : line.replace(/^.*PANIC:/, 'PANIC:'),
    agrees: line === undefined,
  };
}
