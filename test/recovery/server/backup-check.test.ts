import { expect, test } from 'vitest';
import type { CheckContext, Judgement, Sighting } from '../../../src/checks/check.ts';
import { recoveryBackups } from '../../../src/checks/recovery/backups.ts';
import { Session } from '../../../src/cluster/session.ts';
import type { ValidDesign } from '../../../src/design/validate.ts';
import type { Fault } from '../../../src/faults/fault.ts';
import { ask, backedUp, kinds } from './backup-support.ts';

const schema = `
  CREATE ROLE reader;
  CREATE ROLE guest LOGIN IN ROLE reader;
  CREATE TABLE notes (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, owner name NOT NULL, note text);
  ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
  CREATE POLICY own ON notes TO reader USING (owner = current_user);
  GRANT SELECT ON notes TO reader;
  INSERT INTO notes (owner, note) SELECT 'guest', repeat('x', n) FROM generate_series(1, 100) AS n`;

/** A trial on a cluster of its own, as the runner would have it. */
async function tried(
  kind: (typeof kinds)[number],
  call: Record<string, unknown>,
  { fault, files = {} }: { readonly fault?: Fault; readonly files?: Readonly<Record<string, string>> } = {},
) {
  const { cluster } = await backedUp(kind);
  await ask(cluster.primary, schema);
  const client = await cluster.primary.connect({ database: 'app' });
  try {
    const session = new Session(client);
    const design = { config: files } as unknown as ValidDesign;
    await fault?.inject({ session, cluster });
    const context = {
      design: fault?.alters?.(design) ?? design,
      host: cluster.host,
      cluster,
      session,
      stopAtFirstBreach: fault !== undefined,
    } as unknown as CheckContext;
    const running = recoveryBackups.run(context, { kind: 'recovery.backups', ...call });
    const seen: Sighting[] = [];
    for (;;) {
      const { done, value } = await running.next();
      if (done === true) return { judgement: value as Judgement, seen };
      seen.push(value as Sighting);
    }
  } finally {
    await client.end();
  }
}

const faultsOf = (call: Record<string, unknown>) =>
  recoveryBackups.faults({} as CheckContext, { kind: 'recovery.backups', ...call });

test.each(kinds)('%s: holds, and each counterexample is noticed', async (kind) => {
  const call = { method: 'archive' };
  const { judgement, seen } = await tried(kind, call);
  expect(judgement.breaches).toEqual([]);
  const ways = seen.map(({ way }) => way);
  expect(ways.slice(0, kind === 'copies' ? 1 : 3)).toEqual(
    kind === 'copies' ? ['full'] : ['full', 'differential', 'incremental'],
  );
  expect(ways).toEqual(expect.arrayContaining(['verified', 'restored to the end of the archive']));
  const noticed: string[] = [];
  for (const fault of faultsOf(call)) {
    const { judgement } = await tried(kind, call, { fault });
    noticed.push(`${fault.kind}: ${judgement.breaches[0]?.says ?? 'nothing'}`);
  }
  expect(noticed).toEqual([
    expect.stringMatching(/^primary-setting: .*archive/),
    expect.stringMatching(/^block-damaged: .*(invalid page|checksum)/),
  ]);
});

const files = {
  'dump.sh': `set -euo pipefail
pg_dump --format=custom --create --file=app.dump "$PGDATABASE"
pg_dumpall --roles-only --file=roles.sql
`,
  'restore.sh': `set -uo pipefail
[ ! -e roles.sql ] || psql -X -q -d postgres -f roles.sql 2>/dev/null
pg_restore --create --dbname=postgres app.dump || true
`,
};
const scripts = {
  method: 'scripts',
  backup: 'bash config/dump.sh',
  restore: 'bash config/restore.sh',
  without: [
    {
      fault: 'file-changed',
      file: 'dump.sh',
      from: 'pg_dumpall --roles-only --file=roles.sql\n',
      to: '',
    },
    { fault: 'file-changed', file: 'dump.sh', from: ' "$PGDATABASE"', to: ' postgres' },
    { fault: 'file-changed', file: 'dump.sh', from: '--create', to: '--create --exclude-table-data=notes' },
  ],
};

test('scripts of a design: hold, and what they must not lack is noticed', async () => {
  const { judgement } = await tried('copies', scripts, { files });
  expect(judgement.breaches).toEqual([]);
  const objects: string[] = [];
  for (const fault of faultsOf(scripts)) {
    const { judgement } = await tried('copies', scripts, { fault, files });
    objects.push(judgement.breaches.map(({ object }) => object).join(', '));
  }
  expect(objects[0]).toMatch(/role guest, role reader|policy own/);
  expect(objects[1]).toMatch(/restore/);
  expect(objects[2]).toMatch(/public\.notes/);
});

test('parameters that cannot be are refused', () => {
  const refused = (call: Record<string, unknown>) =>
    recoveryBackups.parameters.safeParse({ kind: 'recovery.backups', ...call }).error?.issues[0]?.message;
  expect(refused({ method: 'scripts' })).toMatch(/needs backup and restore/);
  expect(refused({ ...scripts, without: [] })).toMatch(/needs without/);
  expect(refused({ method: 'archive', backup: 'true', restore: 'true' })).toMatch(/no other takes them/);
  expect(refused({ method: 'archive' })).toBeUndefined();
});
