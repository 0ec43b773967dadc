import path from 'node:path';
import { z } from 'zod';
import { type Archive, shell } from '../../cluster/archive.ts';
import { copyBase } from '../../cluster/base-copy.ts';
import { ClusterError } from '../../cluster/error.ts';
import type { Host } from '../../cluster/host.ts';
import type { Postgres } from '../../cluster/postgres.ts';
import { until } from '../../cluster/until.ts';
import { bringUp, folderBytes, standsAlone } from './bring-up.ts';
import { checkArchiving } from './check-archiving.ts';
import { chooseBackup, targetTime } from './choose.ts';
import { gaps, wholeSegments } from './gaps.ts';
import { compareManifests, manifestOf } from './manifest.ts';
import type { Backup, BackupMethod, Restored, RestoreOptions } from './model.ts';
import { missingBetween, readSegment } from './wal.ts';

/** What is kept of a copy beside its files. */
const Kept = z.strictObject({
  label: z.string(),
  bytes: z.number(),
  milliseconds: z.number(),
  at: z.iso.datetime(),
  lsn: z.string(),
  startSegment: z.string(),
  stopSegment: z.string(),
});
type Kept = z.infer<typeof Kept>;

export interface CopiesOptions {
  readonly host: Host;
  readonly archive: Archive;
  /** Where its segments lie. */
  readonly folder: string;
  readonly server: () => Postgres;
  readonly archiveMs: number;
}

/**
 * Base copies beside an archive of copies: for every installation, without a program of PostgreSQL but the server. A copy counts once its
 * files, their checksums and its WAL are all there; until then it has a name that nobody looks for.
 */
export function copies(options: CopiesOptions): BackupMethod {
  const { host, archive, server } = options;
  const store = new Store(host, path.join(host.folder, 'backups'));
  return {
    name: 'copies',
    says: 'base copies by the low-level backup functions, with their checksums, beside an archive of WAL segments',
    take: (kind, signal) => take(options, store, kind, signal),
    list: async () => (await store.all()).map(asBackup),
    verify: () => verify(host, archive, store),
    check: () => checkArchiving(archive, server(), options.archiveMs),
    restore: (wanted) => restore(options, store, wanted),
  };
}

class Store {
  readonly #host: Host;
  readonly folder: string;

  constructor(host: Host, folder: string) {
    this.#host = host;
    this.folder = folder;
  }

  async prepare(): Promise<void> {
    await this.#host.exec(['mkdir', '-p', '-m', '700', this.folder]);
  }

  /** A copy that was broken off has another name. */
  part(label: string): string {
    return path.join(this.folder, `.part-${label}`);
  }

  of(label: string): string {
    return path.join(this.folder, label);
  }

  async all(): Promise<readonly Kept[]> {
    // One file for all: each is one line.
    const { stdout } = await this.#host.exec([
      'sh',
      '-c',
      'cat "$1"/*/backup.json 2>/dev/null',
      'sh',
      this.folder,
    ]);
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => Kept.parse(JSON.parse(line)));
  }
}

async function take(
  { host, archive, server, archiveMs }: CopiesOptions,
  store: Store,
  kind: Backup['kind'],
  signal: AbortSignal | undefined,
): Promise<Backup> {
  if (kind !== 'full') {
    throw new ClusterError('not-able', `copies are full, not ${kind}`, 'install pgBackRest for other kinds');
  }
  signal?.throwIfAborted();
  const began = performance.now();
  await store.prepare();
  const label = `${new Date().toISOString().replace(/[-:]/g, '').replace('T', '-').replace('.', '-').replace('Z', '')}F`;
  const part = store.part(label);
  try {
    await host.makeFolder(part);
    const base = path.join(part, 'base');
    const copy = await copyBase(host, server(), base, signal);
    await host.writeFile(path.join(part, 'manifest'), JSON.stringify([...(await manifestOf(host, base))]));
    const needed = { startSegment: copy.startSegment, stopSegment: copy.stopSegment };
    if (!(await until(async () => (await lacking(archive, needed)).length === 0, archiveMs, signal))) {
      throw new ClusterError(
        'timeout',
        `the archive lacks ${(await lacking(archive, needed)).join(', ')} of the backup after ${archiveMs} ms`,
        'see why archive_command fails',
      );
    }
    const kept: Kept = {
      label,
      bytes: await folderBytes(host, base),
      milliseconds: performance.now() - began,
      at: copy.at,
      lsn: copy.stopLsn,
      ...needed,
    };
    await host.writeFile(path.join(part, 'backup.json'), `${JSON.stringify(kept)}\n`);
    await rename(host, part, store.of(label));
    return asBackup(kept);
  } catch (error) {
    await host.remove(part).catch(() => undefined);
    throw error;
  }
}

async function rename(host: Host, from: string, to: string): Promise<void> {
  const { exitCode, stderr } = await host.exec(['mv', from, to]);
  if (exitCode !== 0)
    throw new ClusterError('start-failed', `keeping the backup ${to}: ${stderr.trim()}`, '');
}

function asBackup({ label, bytes, milliseconds, at, lsn, stopSegment }: Kept): Backup {
  return {
    label,
    kind: 'full',
    bytes,
    milliseconds,
    at: new Date(at),
    end: { lsn, timeline: readSegment(stopSegment)?.timeline ?? 1 },
  };
}

/** Segments of a backup that the archive has not, or not whole. */
async function lacking(
  archive: Archive,
  { startSegment, stopSegment }: Pick<Kept, 'startSegment' | 'stopSegment'>,
): Promise<readonly string[]> {
  const [first, last] = [readSegment(startSegment), readSegment(stopSegment)];
  if (first === undefined || last === undefined) return [startSegment, stopSegment];
  return missingBetween(first, last, await wholeSegments(archive));
}

async function verify(host: Host, archive: Archive, store: Store): Promise<readonly string[]> {
  const wrong: string[] = [];
  const all = await store.all();
  for (const { label, startSegment, stopSegment } of all) {
    const kept = new Map(
      z
        .array(z.tuple([z.string(), z.string()]))
        .parse(JSON.parse(await host.readFile(path.join(store.of(label), 'manifest')))),
    );
    const found = await manifestOf(host, path.join(store.of(label), 'base'));
    wrong.push(...compareManifests(kept, found).map((each) => `backup ${label}: ${each}`));
    const missing = await lacking(archive, { startSegment, stopSegment });
    wrong.push(...missing.map((segment) => `backup ${label}: the archive lacks its segment ${segment}`));
  }
  return [...wrong, ...(await gaps(archive, all.map(asBackup)))];
}

async function restore(
  { host, archive, folder, server }: CopiesOptions,
  store: Store,
  options: RestoreOptions,
): Promise<Restored> {
  const asked = performance.now();
  const all = await store.all();
  const { label } = chooseBackup(all.map(asBackup), options);
  const startSegment = all.find((each) => each.label === label)?.startSegment ?? '';
  const data = path.join(host.folder, options.name);
  await fetchFiles(host, path.join(store.of(label), 'base'), data, options.signal);
  const fetched = performance.now();
  await host.writeFile(path.join(data, 'recovery.signal'), '');
  return bringUp(
    host,
    server(),
    {
      data,
      asked,
      fetched,
      startSegment,
      archived: [...(await archive.files()).keys()],
      settings: {
        restore_command: `cp ${shell(`${folder}/`)}"%f" "%p"`,
        recovery_target_timeline: options.timeline ?? 'latest',
        recovery_target_action: 'promote',
        ...targetSettings(options.target),
        ...(options.archives === true ? archive.settingsFor(data) : { archive_mode: 'off' }),
        ...standsAlone,
      },
    },
    options,
  );
}

function targetSettings(target: RestoreOptions['target']): Readonly<Record<string, string>> {
  switch (target.kind) {
    case 'end':
      return {};
    case 'time':
      return { recovery_target_time: targetTime(target.at) };
    case 'name':
      return { recovery_target_name: target.name };
    case 'lsn':
      return { recovery_target_lsn: target.lsn };
  }
}

async function fetchFiles(
  host: Host,
  from: string,
  to: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  await host.makeFolder(to);
  try {
    // Both ends must say yes: one that is killed leaves a folder that looks whole.
    const copy = '{ tar -C "$1" -cf - . || echo "reading the backup failed" >&2; } | tar -C "$2" -xf -';
    const { exitCode, stderr } = await host.exec(
      ['sh', '-c', copy, 'sh', from, to],
      signal === undefined ? {} : { signal },
    );
    if (exitCode !== 0 || stderr.trim() !== '') {
      throw new ClusterError(
        'start-failed',
        `fetching ${from}: ${stderr.trim().split('\n')[0]}`,
        'free some space',
      );
    }
  } catch (error) {
    await host.remove(to).catch(() => undefined);
    throw error;
  }
}
