import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { type Cluster, type ClusterOptions, startCluster } from '../../../src/cluster/cluster.ts';
import { type Machine, thisMachine } from '../../../src/cluster/machine.ts';
import type { Postgres } from '../../../src/cluster/postgres.ts';
import { archiveBackups } from '../../../src/recovery/backup/methods.ts';
import type { BackupMethod, Restored, RestoreOptions } from '../../../src/recovery/backup/model.ts';
import { scratchFolder } from '../../cluster/support.ts';

export const kinds = ['copies', 'pgbackrest'] as const;

/** This machine with a pgBackRest that does not run, as where its libraries are missing. */
export function withoutBackrest(): Machine {
  const machine = thisMachine();
  const folder = scratchFolder();
  writeFileSync(path.join(folder, 'pgbackrest'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  return { ...machine, env: { ...machine.env, path: `${folder}${path.delimiter}${machine.env.path}` } };
}

/** A cluster with an archive and a database `app`, whose backups are of the kind. */
export async function backedUp(
  kind: (typeof kinds)[number],
  options: Partial<ClusterOptions> = {},
): Promise<{ readonly cluster: Cluster; readonly backups: BackupMethod }> {
  const cluster = await startCluster({
    on: 'auto',
    settings: { shared_buffers: '16MB', max_connections: 20 },
    throwaway: true,
    topology: { database: 'app', wish: { replicas: 0, archive: { timeout: '60s' } } },
    ...(kind === 'copies' ? { machine: withoutBackrest() } : {}),
    ...options,
  });
  onTestFinished(() => cluster.close());
  await cluster.primary.createDatabase('app');
  return { cluster, backups: archiveBackups(cluster) };
}

export async function ask(server: Postgres, statement: string): Promise<readonly Record<string, unknown>[]> {
  const client = await server.connect({ database: 'app' });
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

/** Numbers that a table of the server holds. */
export async function numbersOf(server: Postgres): Promise<readonly number[]> {
  return (await ask(server, 'SELECT n FROM numbers ORDER BY n')).map(({ n }) => Number(n));
}

export async function insert(server: Postgres, n: number): Promise<void> {
  await ask(server, `INSERT INTO numbers VALUES (${n})`);
}

/** Ends the segment, and waits until the archive has it. */
export async function archived(backups: BackupMethod): Promise<void> {
  const wrong = await backups.check();
  if (wrong.length > 0) throw new Error(wrong.join('; '));
}

export async function restored(
  backups: BackupMethod,
  options: Omit<RestoreOptions, 'name'> & { readonly name?: string },
): Promise<Restored> {
  const copy = await backups.restore({ name: 'restored', ...options });
  onTestFinished(() => copy.close());
  return copy;
}
