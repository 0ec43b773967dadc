import type pg from 'pg';
import { statementMs } from '../../cluster/server.ts';
import { BrokenForeignKey } from '../../data/index.ts';
import type { ValidDesign } from '../../design/validate.ts';
import type { Fault } from '../../faults/fault.ts';
import { faults } from '../../faults/index.ts';
import { primaryAlone } from '../alone.ts';
import type { Restored } from '../backup/model.ts';
import { defineDrill, type Recovered, type Scene, type Seen } from '../model.ts';
import { archiveUpToNow } from './restore/archived.ts';
import { backUp } from './restore/backed-up.ts';
import { backupsOf } from './restore/backups-of.ts';
import { bringBack } from './restore/bring-back.ts';
import { moreCommits } from './restore/commits.ts';
import { notRecovered } from './restore/not-recovered.ts';
import { restoreCopy } from './restore/restored-copy.ts';
import { loseTenants, type TenantLoss } from './restore/tenant-loss.ts';
import { type TenantRows, tenantsToLose } from './restore/tenant-tables.ts';
import { stateOf, unchanged } from './restore/verified.ts';

/** The rows of one tenant are deleted; they come back from a restored copy, and nobody else notices. */
export const tenantRestore = defineDrill({
  name: 'tenant-restore',
  says: 'the rows of one tenant are deleted; a copy is restored beside the live database, and its rows of that tenant are brought back, while all tenants go on',
  needs: ['superuser', 'archive'],
  loses: 'nothing',
  topology: primaryAlone,
  counterexamples,
  run,
});

/** The tables of the design that have tenants, where they are declared: their rows would not come back. */
function counterexamples({ tenancy, data }: ValidDesign): readonly Fault[] {
  const tables = data.tables
    .map(({ table }) => table)
    .filter((table) => tenancy?.tables[table] !== undefined);
  return [
    faults['archive-lies-later'](),
    ...(tables.length === 0 ? [] : [faults['inserts-swallowed'](tables)]),
  ];
}

async function run(scene: Scene): Promise<Recovered> {
  const { cluster, database, timeline, load } = scene;
  const backups = backupsOf(scene);
  const { backup, seen: taken } = await backUp(scene, backups);
  if (backup === undefined) return notRecovered(scene, [taken]);
  await moreCommits(scene, 50);

  const client = await cluster.primary.connect({ database, statementMs });
  try {
    const before = await stateOf(scene, cluster.primary);
    const lost = await tenantsToLose(client, scene.design);
    const began = timeline.now();
    const loss = await loseTenants(client, lost);
    timeline.mark('fault', `the rows of ${named(lost)} are deleted`, began);
    timeline.mark('declared', `a copy of the moment before is restored, at ${loss.lsn}`);
    const refused = load.counts.failed;

    const archived = await archiveUpToNow(scene);
    const copy = await restoreCopy(scene, backups, {
      name: 'restored',
      target: { kind: 'lsn', lsn: loss.lsn },
    });
    const seen = [taken, damage(lost, loss), archived.seen, copy.seen];
    const { restored } = copy;
    if (restored === undefined) return notRecovered(scene, seen);
    try {
      const back = await broughtBack(scene, client, restored, lost, loss);
      if (back.agrees) timeline.mark('serving', 'the rows are in the live database again');
      const same = await unchanged(scene, cluster.primary, before);
      timeline.mark('verified', 'the tables of the design are compared with what they were');
      return {
        server: cluster.primary,
        database,
        serving: true,
        restored,
        seen: [...seen, back, ...same, goesOn(load.counts.failed - refused)],
      };
    } finally {
      await restored.close();
    }
  } finally {
    await client.end();
  }
}

const named = (all: readonly TenantRows[]) =>
  all.map(({ tenant, tables }) => `tenant ${tenant} in ${tables.length} tables`).join(' and ');

function damage(all: readonly TenantRows[], { rows, statement }: TenantLoss): Seen {
  return {
    subject: all.flatMap(({ tables }) => tables.map(({ table }) => table)).join(', '),
    way: `the rows of ${named(all)} are deleted`,
    statement,
    expected: 'rows are gone',
    actual: `${rows} rows are gone`,
    agrees: rows > 0,
  };
}

async function broughtBack(
  scene: Scene,
  live: pg.Client,
  { server }: Restored,
  lost: readonly TenantRows[],
  loss: TenantLoss,
): Promise<Seen> {
  scene.progress('brings the rows back');
  const copy = await server.connect({ database: scene.database, statementMs });
  const seen = (actual: string, agrees: boolean): Seen => ({
    subject: 'live database',
    way: 'the rows that are missing come from the restored copy, in one transaction, with every foreign key proved before it commits',
    statement: 'COPY (SELECT … WHERE tenant = …) TO STDOUT; COPY … FROM STDIN; INSERT … WHERE NOT EXISTS',
    expected: `${loss.rows} rows`,
    actual,
    agrees,
  });
  try {
    const rows = await bringBack(copy, live, lost);
    return seen(`${rows} rows`, rows === loss.rows);
  } catch (error) {
    if (error instanceof BrokenForeignKey) return seen(`none: ${error.message}`, false);
    throw error;
  } finally {
    await copy.end();
  }
}

function goesOn(failed: number): Seen {
  return {
    subject: 'writers',
    way: 'from the loss until the rows are back, all tenants go on writing',
    statement: 'pgattest_ledger.post',
    expected: 'no commit fails',
    actual: failed === 0 ? 'none failed' : `${failed} failed`,
    agrees: failed === 0,
  };
}
