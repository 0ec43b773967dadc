import { Buffer } from 'node:buffer';
import path from 'node:path';
import { ClusterError } from './error.ts';
import type { Host } from './host.ts';

/** `sun_path` holds 108 bytes on Linux and 104 on macOS, the closing zero included. */
const limits: Partial<Record<NodeJS.Platform, number>> = { linux: 107, darwin: 103 };

/** Bytes of the longest path of a socket in a folder. */
export function socketPathBytes(folder: string): number {
  return Buffer.byteLength(path.join(folder, '.s.PGSQL.65535'));
}

export function fitsSocket(folder: string, platform: NodeJS.Platform): boolean {
  return socketPathBytes(folder) <= (limits[platform] ?? 103);
}

/** Makes a folder for the sockets of a server that only its account can enter. */
export async function makeSocketFolder(host: Host, name: string, platform: NodeJS.Platform): Promise<string> {
  const folder = path.join(host.folder, name);
  if (!fitsSocket(folder, platform)) {
    throw new ClusterError(
      'socket-path',
      `the path of a socket in ${folder} takes ${socketPathBytes(folder)} bytes, and ${limits[platform] ?? 103} are the limit`,
      'set TMPDIR to a shorter path, such as /tmp',
    );
  }
  await host.makeFolder(folder, 0o700);
  return folder;
}
