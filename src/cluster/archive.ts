import path from 'node:path';
import type { Host } from './host.ts';
import type { Postgres } from './postgres.ts';

/** Where WAL segments go, and the command that puts them there. */
export interface Archive {
  /** In words, for the evidence. */
  readonly says: string;
  readonly settings: Readonly<Record<string, string>>;
  /** Makes it ready once the primary runs, before that ends a segment. */
  prepare(primary: Postgres): Promise<void>;
  /** Whether it holds a segment that is in `pg_wal` still, byte for byte. */
  holds(segment: string, primary: Postgres): Promise<boolean>;
}

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
  return {
    says: 'the archive is a folder of copies, without backups: pgBackRest is missing',
    settings: archiving(`${shell(program)} "%p" ${shell(`${folder}/`)}"%f"`, timeout),
    prepare: async () => {},
    holds: async (segment, { data }) => same(host, `${data}/pg_wal/${segment}`, `${folder}/${segment}`),
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

export async function same(host: Host, one: string, other: string): Promise<boolean> {
  return (await host.exec(['cmp', '-s', one, other])).exitCode === 0;
}

/** For a command that the server runs. A percent sign is the server's, and begins a place-holder. */
export function shell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`).replaceAll('%', '%%')}'`;
}
