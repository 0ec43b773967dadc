import path from 'node:path';
import { z } from 'zod';
import { ClusterError } from '../../cluster/error.ts';
import type { ExecOptions, ExecResult, Host } from '../../cluster/host.ts';
import type { Postgres } from '../../cluster/postgres.ts';
import { folderBytes } from './bring-up.ts';
import { chooseBackup } from './choose.ts';
import { startEmpty } from './empty-server.ts';
import { compareManifests, manifestOf } from './manifest.ts';
import type { Backup, BackupMethod, Restored, RestoreOptions } from './model.ts';

/** What is kept of a dump beside its files. */
const Kept = z.strictObject({
  label: z.string(),
  bytes: z.number(),
  milliseconds: z.number(),
  at: z.iso.datetime(),
  sums: z.array(z.tuple([z.string(), z.string()])),
});
type Kept = z.infer<typeof Kept>;

export interface DumpOptions {
  /** Leaves out roles and what they are members of, as many scripts do: what comes back then is not what was there. */
  readonly withoutGlobals?: boolean;
}

/**
 * Dumps of one database by pg_dump, with the server's roles by pg_dumpall: what every backup script has at its heart. They hold the moment at
 * which they began, and nothing between two of them can be had back.
 */
export function dumps(
  host: Host,
  server: () => Postgres,
  database: string,
  options: DumpOptions = {},
): BackupMethod {
  const folder = path.join(host.folder, 'dumps');
  const list = async () => (await keptIn(host, folder)).map(asBackup);
  return {
    name: 'dump',
    says: `pg_dump in its custom format${options.withoutGlobals === true ? '' : ', and the roles by pg_dumpall'}`,
    take: (kind, signal) => take(host, folder, server(), database, kind, options, signal),
    list,
    verify: () => verify(host, folder, server()),
    // Nothing goes on between two dumps.
    check: async () => [],
    restore: async (wanted) => restore(host, folder, server(), await keptIn(host, folder), wanted),
  };
}

function asBackup({ label, bytes, milliseconds, at }: Kept): Backup {
  return { label, kind: 'dump', bytes, milliseconds, at: new Date(at) };
}

async function keptIn(host: Host, folder: string): Promise<readonly Kept[]> {
  const { stdout } = await host.exec(['sh', '-c', 'cat "$1"/*/backup.json 2>/dev/null', 'sh', folder]);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Kept.parse(JSON.parse(line)));
}

async function take(
  host: Host,
  folder: string,
  server: Postgres,
  database: string,
  kind: Backup['kind'],
  { withoutGlobals = false }: DumpOptions,
  signal: AbortSignal | undefined,
): Promise<Backup> {
  if (kind !== 'dump')
    throw new ClusterError('not-able', `a dump is not ${kind}`, 'use pgBackRest or copies');
  const began = performance.now();
  // It holds what was there when it began.
  const at = new Date().toISOString();
  const label = `${at.replace(/[-:]/g, '').replace('T', '-').replace('.', '-').replace('Z', '')}D`;
  const part = path.join(folder, `.part-${label}`);
  await host.exec(['mkdir', '-p', '-m', '700', folder]);
  await host.makeFolder(part);
  try {
    const run = (tool: string, ...words: readonly string[]) => runTool(host, server, tool, words, { signal });
    await run('pg_dump', '--format=custom', '--create', `--file=${part}/database.dump`, database);
    if (!withoutGlobals) await run('pg_dumpall', '--globals-only', `--file=${part}/globals.sql`);
    const kept: Kept = {
      label,
      bytes: await folderBytes(host, part),
      milliseconds: performance.now() - began,
      at,
      sums: [...(await manifestOf(host, part))],
    };
    await host.writeFile(path.join(part, 'backup.json'), `${JSON.stringify(kept)}\n`);
    const { exitCode, stderr } = await host.exec(['mv', part, path.join(folder, label)]);
    if (exitCode !== 0)
      throw new ClusterError('start-failed', `keeping the dump ${label}: ${stderr.trim()}`, '');
    return asBackup(kept);
  } catch (error) {
    await host.remove(part).catch(() => undefined);
    throw error;
  }
}

async function verify(host: Host, folder: string, server: Postgres): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const { label, sums } of await keptIn(host, folder)) {
    const found = new Map(await manifestOf(host, path.join(folder, label)));
    found.delete('backup.json');
    wrong.push(...compareManifests(new Map(sums), found).map((each) => `dump ${label}: ${each}`));
    const listed = await execTool(host, server, 'pg_restore', [
      '--list',
      path.join(folder, label, 'database.dump'),
    ]);
    if (listed.exitCode !== 0) wrong.push(`dump ${label}: ${wordsOf('pg_restore', listed)}`);
  }
  return wrong;
}

async function restore(
  host: Host,
  folder: string,
  origin: Postgres,
  backups: readonly Kept[],
  options: RestoreOptions,
): Promise<Restored> {
  if (options.target.kind !== 'end') {
    throw new ClusterError(
      'not-able',
      'a dump is of one moment, and leads to no other',
      'use pgBackRest or copies',
    );
  }
  const asked = performance.now();
  const { label } = chooseBackup(backups.map(asBackup), options);
  const from = path.join(folder, label);
  const { server, close } = await startEmpty(host, origin, options);
  try {
    const fetched = performance.now() - asked;
    const { signal } = options;
    const run = (tool: string, ...words: readonly string[]) => runTool(host, server, tool, words, { signal });
    const globals = backups
      .find((each) => each.label === label)
      ?.sums.some(([file]) => file === 'globals.sql');
    // The superuser is there already, and to psql that is no failure.
    if (globals === true)
      await run('psql', '--no-psqlrc', '--quiet', '--dbname=postgres', `--file=${from}/globals.sql`);
    await run('pg_restore', '--create', '--exit-on-error', '--dbname=postgres', `${from}/database.dump`);
    const reached = performance.now() - asked;
    return {
      server,
      phases: { fetched, consistent: reached, reached },
      bytes: await folderBytes(host, server.data),
      segments: 0,
      close,
    };
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
}

async function runTool(
  host: Host,
  server: Postgres,
  tool: string,
  words: readonly string[],
  { signal }: { readonly signal?: AbortSignal | undefined },
): Promise<void> {
  const result = await execTool(host, server, tool, words, signal === undefined ? {} : { signal });
  if (result.exitCode !== 0) throw new ClusterError('start-failed', `${tool}: ${wordsOf(tool, result)}`, '');
}

/** A program of the server's own installation, as its superuser over its socket. */
function execTool(
  host: Host,
  server: Postgres,
  tool: string,
  words: readonly string[],
  options: ExecOptions = {},
): Promise<ExecResult> {
  return host.exec([path.join(server.binaries.bin, tool), ...words], { ...options, env: clientEnv(server) });
}

/** How programs of PostgreSQL get to a server. */
export function clientEnv({ socketFolder, place }: Postgres): Readonly<Record<string, string>> {
  return { PGHOST: socketFolder, PGPORT: String(place.port), PGUSER: 'postgres' };
}

function wordsOf(tool: string, { exitCode, stderr }: ExecResult): string {
  const lines = stderr.trim().split('\n');
  const line = lines.find((each) => /error|fatal/i.test(each)) ?? lines.at(-1) ?? '';
  return line === '' ? `ended with ${exitCode}` : line.replace(new RegExp(`^${tool}: (error: )?`), '');
}
