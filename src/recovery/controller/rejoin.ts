import path from 'node:path';
import pg from 'pg';
import { copyBase } from '../../cluster/base-copy.ts';
import type { Postgres } from '../../cluster/postgres.ts';
import { relaunchPostgres } from '../../cluster/postgres.ts';
import { makeStandby, Replica } from '../../cluster/replica.ts';
import { isStreaming } from '../../cluster/replication.ts';
import { statementMs } from '../../cluster/server.ts';
import { until } from '../../cluster/until.ts';
import type { Scene } from '../model.ts';
import { formerName, standbyNames } from './failover.ts';

export interface Rejoined {
  readonly by: 'pg_rewind' | 'a new copy';
  /** Why pg_rewind was not enough, where it was tried. */
  readonly why?: string;
  /** Until it had applied all that the new primary had when it began, from then. */
  readonly milliseconds: number;
  /** What it is from now on. */
  readonly replica: Replica;
}

const limitMs = 30_000;
const rewindMs = 60_000;

/**
 * Makes the old primary a replica of the promoted one: wound back by pg_rewind to where they part, or else from a new copy. Back when it
 * streams and has applied what the new primary had by then. Throws where it does neither.
 */
export async function rejoin(
  scene: Scene,
  promoted: Replica,
  followers: readonly Replica[],
): Promise<Rejoined> {
  const { cluster, timeline, signal } = scene;
  const old = cluster.primary;
  scene.progress('the old primary joins as a replica');
  const began = performance.now();
  await old.service.kill();
  const refused = await rewind(scene, promoted.server);
  if (refused !== undefined) {
    await cluster.host.remove(old.data);
    await copyBase(cluster.host, promoted.server, old.data, signal);
  }
  const standby = { ...promoted.standby, name: formerName(scene) };
  await makeStandby(cluster.host, old.data, promoted.server, standby);
  const server = await relaunchPostgres(cluster.host, old, { signal });
  await follows(scene, promoted.server, server);
  await count(scene, promoted.server, followers);
  const milliseconds = performance.now() - began;
  const by = refused === undefined ? 'pg_rewind' : 'a new copy';
  timeline.mark('rejoined', `the old primary streams from ${promoted.name}, by ${by}`);
  const replica = new Replica(cluster.host, promoted.server, server, standby);
  return { by, ...(refused === undefined ? {} : { why: refused }), milliseconds, replica };
}

/** Why it could not be wound back; undefined: it was. */
async function rewind({ cluster, signal }: Scene, source: Postgres): Promise<string | undefined> {
  const { host, primary: old } = cluster;
  const { bin, tools } = old.binaries;
  if (!tools.pg_rewind) return 'there is no pg_rewind';
  const there = await host.exec(['test', '-e', path.join(old.data, 'PG_VERSION')]);
  if (there.exitCode !== 0) return 'its files are gone';
  // Until then the source's control file says that it is on the time line from before the promotion, and pg_rewind believes it.
  const client = await source.connect({ statementMs });
  await client.query('CHECKPOINT').finally(() => client.end());
  // The server has been killed. In a container its number is that of a process which runs in any other too.
  await host.remove(path.join(old.data, 'postmaster.pid'));
  const { exitCode, stderr } = await host.exec(
    [
      path.join(bin, 'pg_rewind'),
      `--target-pgdata=${old.data}`,
      `--source-server=host=${quoted(source.socketFolder)} port=${source.place.port} user=postgres dbname=postgres`,
    ],
    { timeoutMs: rewindMs, signal },
  );
  if (exitCode === 0) return undefined;
  const lines = stderr.trim().split('\n');
  return (lines.find((line) => /fatal|error/i.test(line)) ?? lines.at(-1) ?? '').replace(/^pg_rewind: /, '');
}

const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

async function follows(scene: Scene, primary: Postgres, standby: Postgres): Promise<void> {
  const client = await primary.connect({ statementMs });
  try {
    const { rows } = await client.query<{ lsn: string }>('SELECT pg_current_wal_lsn()::text AS lsn');
    const target = rows[0]?.lsn ?? '0/0';
    const streams = await until(() => isStreaming(client, formerName(scene)), limitMs, scene.signal);
    if (!streams || !(await until(() => hasApplied(standby, target), limitMs, scene.signal)))
      throw new Error(`the old primary does not follow after ${limitMs} ms`);
  } finally {
    await client.end();
  }
}

/** Whether a replica shows all WAL up to a place. */
export async function hasApplied(standby: Postgres, lsn: string): Promise<boolean> {
  const client = await standby.connect({ statementMs });
  try {
    const { rows } = await client.query<{ there: boolean }>(
      'SELECT coalesce(pg_last_wal_replay_lsn() >= $1::pg_lsn, false) AS there',
      [lsn],
    );
    return rows[0]?.there === true;
  } finally {
    await client.end();
  }
}

/** A commit may be waited for at the old primary too, from now on. */
async function count(scene: Scene, primary: Postgres, followers: readonly Replica[]): Promise<void> {
  if (scene.design.topology.synchronous === undefined) return;
  const names = standbyNames(scene, [...followers.map(({ name }) => name), formerName(scene)]);
  const client = await primary.connect({ statementMs });
  try {
    await client.query(`ALTER SYSTEM SET synchronous_standby_names = ${pg.escapeLiteral(names)}`);
    await client.query('SELECT pg_reload_conf()');
  } finally {
    await client.end();
  }
}
