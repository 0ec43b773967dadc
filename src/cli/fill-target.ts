import type pg from 'pg';
import type { On } from '../cluster/binaries.ts';
import { type AnyCluster, startCluster } from '../cluster/cluster.ts';
import { ClusterError } from '../cluster/error.ts';
import { migrate } from '../cluster/migrate.ts';
import { readAddress } from '../cluster/url/address.ts';
import { reachCluster } from '../cluster/url/reach.ts';
import { ConfigError } from '../design/config-error.ts';
import type { ValidDesign } from '../design/validate.ts';
import { database } from '../scenarios/stage.ts';

/** A migrated database that may be filled. */
export interface ToFill {
  readonly connect: () => Promise<pg.Client>;
  /** As messages call it. */
  readonly shown: string;
  /** It is the user's, and there afterwards. */
  readonly stays: boolean;
}

export interface FillTargetOptions {
  readonly design: ValidDesign;
  readonly on: On | { readonly url: string };
  readonly signal: AbortSignal;
  readonly onPhase: (says: string) => void;
}

/** Opens the database, migrates it where it holds nothing of the design, does work, and closes what was opened. */
export async function onDatabaseToFill<T>(
  options: FillTargetOptions,
  work: (target: ToFill) => Promise<T>,
): Promise<T> {
  const { design, on, signal, onPhase } = options;
  const { settings } = design.postgres;
  if (typeof on === 'string') {
    onPhase(`cluster: ${on}`);
    const cluster = await startCluster({ on, settings, throwaway: true, signal });
    return over(
      cluster,
      options,
      async () => {
        await cluster.primary.createDatabase(database);
        return { connect: connectTo(cluster, database), shown: 'the cluster', stays: false };
      },
      work,
    );
  }
  const { shown } = readAddress(on.url);
  onPhase(`reach ${shown}`);
  const { version } = design.postgres;
  const cluster = await reachCluster({ url: on.url, writes: true, design: { version, settings }, signal });
  return over(
    cluster,
    options,
    async () => {
      if (cluster.capabilities.has('superuser')) return { connect: connectTo(cluster), shown, stays: true };
      const why = cluster.lacking?.superuser ?? 'the role is none';
      throw new ClusterError(
        'not-able',
        `${shown}: filling takes a superuser, and ${why}`,
        'give the URL of one',
      );
    },
    work,
  );
}

async function over<T>(
  cluster: AnyCluster,
  options: FillTargetOptions,
  open: () => Promise<ToFill>,
  work: (target: ToFill) => Promise<T>,
): Promise<T> {
  try {
    const target = await open();
    await migrateIfEmpty(target, options);
    return await work(target);
  } finally {
    await cluster.close();
  }
}

function connectTo({ primary }: AnyCluster, database?: string): () => Promise<pg.Client> {
  return () => primary.connect(database === undefined ? {} : { database });
}

async function migrateIfEmpty(target: ToFill, { design, signal, onPhase }: FillTargetOptions): Promise<void> {
  const client = await target.connect();
  try {
    const { rows } = await client.query<{ name: string; there: boolean }>(
      'SELECT name, to_regclass(name) IS NOT NULL AS there FROM unnest($1::text[]) AS t (name)',
      [design.data.tables.map(({ table }) => table)],
    );
    const lacking = rows.filter(({ there }) => !there).map(({ name }) => name);
    if (lacking.length === 0) return;
    if (lacking.length < rows.length) {
      const what = `has tables of ${design.name}, but not ${lacking.join(', ')}`;
      throw new ConfigError(target.shown, what, 'give a database that is migrated, or an empty one');
    }
    for (const folder of design.migrations) {
      onPhase(`migrate: ${folder}`);
      await migrate(client, folder, signal);
    }
  } finally {
    await client.end().catch(() => {});
  }
}
