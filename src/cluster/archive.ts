import path from 'node:path';
import type { Host } from './host.ts';

/** A folder that takes WAL segments, and the command that puts them there. */
export interface Archive {
  readonly folder: string;
  readonly settings: Readonly<Record<string, string>>;
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

/** Makes a WAL archive of files on a host. */
export async function makeArchive(host: Host, timeout: string): Promise<Archive> {
  const folder = path.join(host.folder, 'archive');
  await host.makeFolder(folder);
  const program = path.join(host.folder, 'archive-wal.sh');
  await host.writeFile(program, script, 0o700);
  return {
    folder,
    settings: {
      wal_level: 'replica',
      archive_mode: 'on',
      archive_command: `${shell(program)} "%p" ${shell(`${folder}/`)}"%f"`,
      archive_timeout: timeout,
    },
  };
}

/** A percent sign is the server's, and begins a place-holder. */
function shell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`).replaceAll('%', '%%')}'`;
}
