import type { Cluster } from '../../../cluster/cluster.ts';
import type { Postgres } from '../../../cluster/postgres.ts';
import { authority, compareAuthority } from '../../../recovery/integrity/authority.ts';
import {
  compareFingerprints,
  fingerprint,
  type TableFingerprint,
} from '../../../recovery/integrity/fingerprint.ts';
import { inspect } from '../../../recovery/integrity/inspect.ts';
import type { Seen } from '../../../recovery/model.ts';
import type { CheckContext, Sighting } from '../../check.ts';
import type { Notes } from '../../topology/notes.ts';

/** What a trial of backups has to do with. */
export interface Scene {
  readonly cluster: Cluster;
  readonly context: CheckContext;
  readonly notes: Notes;
  readonly database: string;
}

/** What a database is known by. */
export interface Portrait {
  readonly tables: ReadonlyMap<string, TableFingerprint>;
  readonly authority: ReadonlyMap<string, string>;
}

export async function portray(server: Postgres, database: string): Promise<Portrait> {
  return { tables: await fingerprint(server, database), authority: await authority(server, database) };
}

/** Whether a restored server is whole, and has what the other had. */
export async function* seeRestored(
  { notes, database }: Scene,
  server: Postgres,
  before: Portrait,
): AsyncGenerator<Sighting> {
  yield* note(notes, await inspect(server, database));
  const after = await portray(server, database);
  yield* note(notes, compareFingerprints(before.tables, after.tables));
  yield* note(notes, compareAuthority(before.authority, after.authority));
}

function* note(notes: Notes, seen: readonly Seen[]): Generator<Sighting> {
  for (const { agrees, object, ...sighting } of seen) {
    yield* notes.see(sighting, agrees, object ?? sighting.subject);
  }
}

/** What a tool complains of: one sighting for each, or one that there is nothing. */
export function* complain(
  notes: Notes,
  sighting: Pick<Sighting, 'subject' | 'way' | 'statement'>,
  complaints: readonly string[],
): Generator<Sighting> {
  const expected = 'nothing wrong';
  if (complaints.length === 0)
    yield* notes.see({ ...sighting, expected, actual: expected }, true, sighting.subject);
  for (const actual of complaints)
    yield* notes.see({ ...sighting, expected, actual }, false, sighting.subject);
}
