import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { findEmbedded } from './embedded-binaries.ts';
import { ClusterError } from './error.ts';
import { findLocal } from './local-binaries.ts';
import type { Machine } from './machine.ts';
import { isRunnable, type Search } from './server-version.ts';

/** Programs of a PostgreSQL installation that pgattest has a use for. */
export const toolNames = [
  'psql',
  'pgbench',
  'pg_basebackup',
  'pg_verifybackup',
  'pg_controldata',
  'pg_waldump',
  'pg_rewind',
  'pg_dump',
] as const;
export type ToolName = (typeof toolNames)[number];

/** A complete PostgreSQL 15: `bin` holds postgres and initdb, and the server's account can run them. */
export interface Binaries {
  readonly source: SourceName | 'docker';
  /** Absolute path of the folder of programs. */
  readonly bin: string;
  /** What `postgres --version` says behind the name: `15.18 (Debian 15.18-0+deb12u1)`. */
  readonly version: string;
  /** Why these were picked, in one sentence. */
  readonly why: string;
  readonly tools: Readonly<Record<ToolName, boolean>>;
  /** Folder of loadable libraries; null when it cannot be told. */
  readonly libraries: string | null;
}

export type SourceName = keyof typeof sources;
/** `auto` asks the sources of processes; containers are taken when they are asked for. */
export type On = SourceName | 'docker' | 'auto';

/** Where PostgreSQL may come from, in the order in which `auto` asks. */
export const sources = { local: findLocal, embedded: findEmbedded } satisfies Record<
  string,
  (machine: Machine, signal?: AbortSignal) => Promise<Search>
>;

const sourceNames = Object.keys(sources) as readonly SourceName[];

/** Finds PostgreSQL 15. Throws ClusterError `no-postgres` or `wrong-version`. */
export async function findBinaries(
  on: Exclude<On, 'docker'>,
  machine: Machine,
  signal?: AbortSignal,
): Promise<Binaries> {
  const missing: Extract<Search, { status: 'missing' }>[] = [];
  for (const source of on === 'auto' ? sourceNames : [on]) {
    const search = await sources[source](machine, signal);
    if (search.status === 'missing') {
      missing.push(search);
      continue;
    }
    const before = missing.map(({ why }) => why).join(', and ');
    const why =
      on === 'auto'
        ? `${search.where}${before === '' ? ', which is preferred to the embedded one' : `: ${before}`}`
        : `${search.where}, as asked for`;
    return { source, bin: search.bin, version: search.version, why, ...contents(search.bin) };
  }
  throw new ClusterError(
    missing[0]?.code ?? 'no-postgres',
    missing.map(({ why }) => why).join(', and '),
    missing.map(({ hint }) => hint).join(', or '),
  );
}

function contents(bin: string): Pick<Binaries, 'tools' | 'libraries'> {
  const has = (name: string) => isRunnable(path.join(bin, name));
  const root = path.dirname(realpathSync(bin));
  const folders = ['lib/postgresql', 'lib/postgresql/15', 'lib', 'lib64/pgsql', 'lib64/postgresql'];
  const libraries = folders
    .map((folder) => path.join(root, folder))
    .find((folder) => ['so', 'dylib'].some((ending) => existsSync(path.join(folder, `plpgsql.${ending}`))));
  return {
    tools: Object.fromEntries(toolNames.map((name) => [name, has(name)])) as Record<ToolName, boolean>,
    libraries: libraries ?? null,
  };
}
