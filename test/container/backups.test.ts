import { expect, test } from 'vitest';
import { dumps } from '../../src/recovery/backup/dumps.ts';
import { authority, compareAuthority } from '../../src/recovery/integrity/authority.ts';
import { compareFingerprints, fingerprint } from '../../src/recovery/integrity/fingerprint.ts';
import { inspect } from '../../src/recovery/integrity/inspect.ts';
import { archived, ask, backedUp, insert, restored } from '../recovery/server/backup-support.ts';

test('backups and dumps are taken and restored across containers', async () => {
  const { cluster, backups } = await backedUp('pgbackrest', { on: 'docker' });
  const { primary, host } = cluster;
  await ask(
    primary,
    'CREATE ROLE reader; CREATE TABLE numbers (n int PRIMARY KEY); GRANT SELECT ON numbers TO reader',
  );
  await backups.take('full');
  await insert(primary, 1);
  await archived(backups);
  expect(await backups.verify()).toEqual([]);
  const dump = dumps(host, () => primary, 'app');
  await dump.take('dump');
  const before = { rows: await fingerprint(primary, 'app'), authority: await authority(primary, 'app') };
  for (const method of [backups, dump]) {
    const copy = await restored(method, { target: { kind: 'end' } });
    const seen = [
      ...(await inspect(copy.server, 'app')),
      ...compareFingerprints(before.rows, await fingerprint(copy.server, 'app')),
      ...compareAuthority(before.authority, await authority(copy.server, 'app')),
    ];
    expect(
      seen.filter(({ agrees }) => !agrees),
      method.name,
    ).toEqual([]);
    await copy.close();
  }
});
