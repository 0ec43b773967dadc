import type { Postgres } from '../../../cluster/postgres.ts';
import { authority, compareAuthority } from '../../integrity/authority.ts';
import { compareFingerprints, fingerprint, type TableFingerprint } from '../../integrity/fingerprint.ts';
import { inspect } from '../../integrity/inspect.ts';
import type { Scene, Seen } from '../../model.ts';

/** What a restored database is compared with. */
export interface Before {
  readonly tables: ReadonlyMap<string, TableFingerprint>;
  /** Who may do what: roles and policies are part of a backup. */
  readonly authority: ReadonlyMap<string, string>;
}

/** What the design's tables hold, of which the ledger's writers change none, and who may do what. */
export async function stateOf({ database }: Scene, server: Postgres): Promise<Before> {
  const all = await fingerprint(server, database);
  return {
    tables: new Map([...all].filter(([table]) => !table.startsWith('pgattest_ledger.'))),
    authority: await authority(server, database),
  };
}

/** A restored copy from inside: whole, and the design's part of it as it was. Marks that it is verified. */
export async function verifyCopy(scene: Scene, server: Postgres, before: Before): Promise<readonly Seen[]> {
  scene.progress('verifies the restored copy');
  const seen = [...(await inspect(server, scene.database)), ...(await unchanged(scene, server, before))];
  scene.timeline.mark('verified', 'pages, indexes, rows and roles of the restored copy were looked at');
  return seen;
}

/** Whether tables and roles are as they were. */
export async function unchanged(scene: Scene, server: Postgres, before: Before): Promise<readonly Seen[]> {
  const after = await stateOf(scene, server);
  return [
    ...compareFingerprints(before.tables, after.tables),
    ...compareAuthority(before.authority, after.authority),
  ];
}
