import { ClusterError } from '../../cluster/error.ts';
import type { Host } from '../../cluster/host.ts';

/** SHA-256 of each file of a folder, by its path below it. Throws ClusterError when one cannot be read. */
export async function manifestOf(host: Host, folder: string): Promise<ReadonlyMap<string, string>> {
  const sum =
    'cd "$1" && find . -type f -exec sh -c \'sha256sum "$@" 2>/dev/null || shasum -a 256 "$@"\' sh {} +';
  const { exitCode, stdout, stderr } = await host.exec(['sh', '-c', sum, 'sh', folder]);
  if (exitCode !== 0) {
    throw new ClusterError('start-failed', `reading ${folder}: ${stderr.trim().split('\n')[0]}`, '');
  }
  const lines = stdout.split('\n').filter((line) => line !== '');
  return new Map(lines.map((line) => [line.slice(66).replace(/^\.\//, ''), line.slice(0, 64)]));
}

/** Sentences for what differs from the kept sums. */
export function compareManifests(
  kept: ReadonlyMap<string, string>,
  found: ReadonlyMap<string, string>,
): readonly string[] {
  const wrong: string[] = [];
  for (const [file, sum] of kept) {
    const now = found.get(file);
    if (now === undefined) wrong.push(`${file} is missing`);
    else if (now !== sum) wrong.push(`${file} has another content`);
  }
  for (const file of found.keys()) if (!kept.has(file)) wrong.push(`${file} was added`);
  return wrong;
}
