import { createHash } from 'node:crypto';
import { chownSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Binaries } from './binaries.ts';
import { cacheFolder, materialise } from './cache.ts';
import { ClusterError } from './error.ts';
import type { ExecResult, Host } from './host.ts';
import type { Machine } from './machine.ts';
import { serverUser } from './server-user.ts';

/**
 * Checksums, UTF-8 and the C locale (the same order of texts everywhere); the private socket trusts, TCP wants a
 * password.
 */
const options = [
  '-k',
  '-E',
  'UTF8',
  '--locale=C',
  '--auth-local=trust',
  '--auth-host=scram-sha-256',
  '-U',
  'postgres',
  '--no-sync',
] as const;

/**
 * Makes a data folder on a host. The first one is kept in the cache, by server version and options, and later ones
 * are copies of it: clusters of one version therefore share their system identifier.
 */
export async function makeDataFolder(
  host: Host,
  binaries: Binaries,
  name: string,
  machine: Machine,
  signal?: AbortSignal,
): Promise<string> {
  const data = path.join(host.folder, name);
  const user = serverUser(machine);
  const key = `data-${binaries.source}-${digest([binaries.version, binaries.bin, ...options, user?.name ?? ''])}`;
  await host.makeFolder(data);
  let made = false;
  const template = await materialise(cacheFolder(machine), key, machine, async (draft) => {
    const command = [path.join(binaries.bin, 'initdb'), ...options, '-D', data];
    explain(await host.exec(command, signal === undefined ? {} : { signal }), 'initdb', data);
    mkdirSync(draft, { mode: 0o700 });
    if (user !== null) chownSync(draft, user.uid, user.gid);
    await copyFolder(host, data, draft, signal);
    made = true;
  });
  if (!made) await copyFolder(host, template, data, signal);
  return data;
}

/** Makes a data folder where nothing is kept from one cluster to the next, with a password for the superuser over TCP if given. */
export async function initialise(
  host: Host,
  binaries: Binaries,
  name: string,
  { password, signal }: { readonly password?: string; readonly signal?: AbortSignal },
): Promise<string> {
  const data = path.join(host.folder, name);
  const secret = path.join(host.folder, `${name}.password`);
  if (password !== undefined) await host.writeFile(secret, password);
  const given = password === undefined ? [] : [`--pwfile=${secret}`];
  const command = [path.join(binaries.bin, 'initdb'), ...options, ...given, '-D', data];
  explain(await host.exec(command, signal === undefined ? {} : { signal }), 'initdb', data);
  await host.remove(secret);
  return data;
}

/** Ways to copy a folder, best first: GNU clones files with --reflink, macOS with -c, and any `cp` can copy them. */
const ways: readonly (readonly string[])[] = [
  ['cp', '-a', '--reflink=auto'],
  ['cp', '-cpR'],
  ['cp', '-pR'],
];

async function copyFolder(host: Host, from: string, to: string, signal?: AbortSignal): Promise<void> {
  let result: ExecResult | undefined;
  for (const way of ways) {
    result = await host.exec([...way, `${from}/.`, to], signal === undefined ? {} : { signal });
    if (!/(unrecognized|illegal|invalid|unknown) option/i.test(result.stderr)) break;
  }
  if (result !== undefined) explain(result, 'copying the data folder', to);
}

function explain({ exitCode, stdout, stderr }: ExecResult, what: string, where: string): void {
  if (exitCode === 0) return;
  const lines = stderr.trim().split('\n');
  const line = lines.find((each) => /error|fatal|cannot/i.test(each)) ?? lines.at(-1) ?? '';
  const log = [...stdout.trim().split('\n'), ...lines].slice(-20);
  if (/no space left|disk quota/i.test(stderr)) {
    throw new ClusterError('no-space', `${what} in ${where}: ${line}`, 'free some space or set TMPDIR', {
      log,
    });
  }
  if (/permission denied/i.test(stderr)) {
    throw new ClusterError('no-permission', `${what} in ${where}: ${line}`, 'set TMPDIR to an open folder', {
      log,
    });
  }
  throw new ClusterError('initdb-failed', `${what} in ${where}: ${line}`, 'see pgattest doctor', { log });
}

function digest(parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 16);
}
