import path from 'node:path';
import type { Host } from './host.ts';
import type { Postgres } from './postgres.ts';

/** Where WAL segments go, and the command that puts them there. */
export interface Archive {
  /** In words, for the evidence. */
  readonly says: string;
  /** Of the primary. */
  readonly settings: Readonly<Record<string, string>>;
  /** Of a server with another data folder that archives to the same place: a promoted replica, a restored copy. */
  settingsFor(data: string): Readonly<Record<string, string>>;
  /** For whoever makes backups beside it. */
  readonly store: ArchiveStore;
  /** Makes it ready once the primary runs, before that ends a segment. */
  prepare(primary: Postgres): Promise<void>;
  /** Whether it holds a segment that is in `pg_wal` still, byte for byte. */
  holds(segment: string, primary: Postgres): Promise<boolean>;
  /** What it holds, by name as the server asks for it: segments, histories of time lines, notes of backups. */
  files(): Promise<ReadonlyMap<string, StoredFile>>;
}

/** As it lies in the archive, where it may be compressed. */
export interface StoredFile {
  readonly path: string;
  readonly bytes: number;
}

export type ArchiveStore =
  | { readonly kind: 'copies'; readonly folder: string }
  /** `command` begins every call: the program, its file and its stanza. */
  | {
      readonly kind: 'pgbackrest';
      readonly command: readonly string[];
      readonly repository: string;
      readonly stanza: string;
    };

/**
 * Copies a segment so that it is whole or not there: another name first, flushed, then renamed, and the folder flushed. A segment that
 * is there with the same content is fine (the server asks again after a crash); with another content it is an error.
 */
const script = `#!/bin/sh
set -eu
from=$1; to=$2
if [ -e "$to" ]; then cmp -s "$from" "$to" && exit 0; echo "archive: $to is there with another content" >&2; exit 1; fi
trap 'rm -f "$to.partial"' EXIT
cp "$from" "$to.partial"
sync "$to.partial" 2>/dev/null || sync
mv "$to.partial" "$to"
sync "$(dirname "$to")" 2>/dev/null || sync
trap - EXIT
`;

/** A WAL archive of files: for machines without pgBackRest. */
export async function makeCopies(host: Host, timeout: string): Promise<Archive> {
  const folder = path.join(host.folder, 'archive');
  await host.makeFolder(folder);
  const program = path.join(host.folder, 'archive-wal.sh');
  await host.writeFile(program, script, 0o700);
  const settings = archiving(`${shell(program)} "%p" ${shell(`${folder}/`)}"%f"`, timeout);
  return {
    says: 'the archive is a folder of copies: pgBackRest is missing',
    settings,
    settingsFor: () => settings,
    store: { kind: 'copies', folder },
    prepare: async () => {},
    holds: async (segment, { data }) => same(host, `${data}/pg_wal/${segment}`, `${folder}/${segment}`),
    files: () => storedIn(host, folder),
  };
}

/** What a server needs to be told to archive. */
export function archiving(command: string, timeout: string): Readonly<Record<string, string>> {
  return {
    wal_level: 'replica',
    archive_mode: 'on',
    archive_command: command,
    archive_timeout: timeout,
  };
}

/** In any folder below; what pgBackRest adds to a name is no part of it, and what is half-way there has another. */
const stored =
  /^(?<bytes>\d+) (?<path>.*\/(?<name>[0-9A-F]{8}\.history|[0-9A-F]{24}(\.[0-9A-F]{8}\.backup|\.partial)?)(-[0-9a-f]{40})?(\.(gz|lz4|zst|bz2))?)$/;

export async function storedIn(host: Host, folder: string): Promise<ReadonlyMap<string, StoredFile>> {
  const sizes = 'for each; do [ ! -e "$each" ] || echo "$(($(wc -c < "$each"))) $each"; done';
  const { stdout } = await host.exec([
    'find',
    folder,
    '-type',
    'f',
    '-exec',
    'sh',
    '-c',
    sizes,
    'sh',
    '{}',
    '+',
  ]);
  const files = new Map<string, StoredFile>();
  for (const line of stdout.split('\n')) {
    const { bytes, path, name } = stored.exec(line)?.groups ?? {};
    if (path !== undefined && name !== undefined) files.set(name, { path, bytes: Number(bytes) });
  }
  return files;
}

export async function same(host: Host, one: string, other: string): Promise<boolean> {
  return (await host.exec(['cmp', '-s', one, other])).exitCode === 0;
}

/** For a command that the server runs. A percent sign is the server's, and begins a place-holder. */
export function shell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`).replaceAll('%', '%%')}'`;
}
