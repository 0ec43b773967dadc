import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import path from 'node:path';
import { type Binaries, findBinaries, type On } from './binaries.ts';
import { makeDataFolder } from './initdb.ts';
import type { Machine } from './machine.ts';
import { ProcessHost } from './process-host.ts';
import type { Site } from './site.ts';
import { fitsSocket, makeSocketFolder } from './socket-folder.ts';
import { findProgram } from './tools.ts';

/** Processes of this machine, with PostgreSQL as `on` says. Throws ClusterError when there is none. */
export async function processSite(
  on: Exclude<On, 'docker'>,
  machine: Machine,
  signal?: AbortSignal,
): Promise<Site> {
  const binaries = await findBinaries(on, machine, signal);
  const hosts = openHosts(machine);
  const [host, sockets] = hosts;
  return {
    host,
    binaries,
    platform: machine.platform,
    password: undefined,
    notes: [`one machine: the server shares ${machine.cores} cores with pgattest and whatever else runs`],
    freeBytes: async () => {
      const { bavail, bsize } = await statfs(host.folder);
      return bavail * bsize;
    },
    hasLibrary: (name) => hasLibrary(binaries, name),
    program: (name) => findProgram(name, machine, signal),
    makeData: (name) => makeDataFolder(host, binaries, name, machine, signal),
    socketFolder: (name) => makeSocketFolder(sockets, name, machine.platform),
    close: async () => {
      for (const each of hosts) await each.close();
    },
  };
}

/** A host for everything, and one for the sockets: the same, unless its folder's path is too long for them. */
function openHosts(machine: Machine): readonly [ProcessHost, ProcessHost] {
  const host = new ProcessHost(machine);
  try {
    const fits = fitsSocket(path.join(host.folder, 's'), machine.platform);
    return [host, fits ? host : new ProcessHost({ ...machine, tmp: '/tmp' })];
  } catch (error) {
    host.closeNow();
    throw error;
  }
}

/** Without a known folder of libraries everything counts as there, and the server has the word. */
function hasLibrary({ libraries }: Binaries, name: string): boolean {
  if (libraries === null || name.includes('/')) return true;
  return ['so', 'dylib'].some((ending) => existsSync(path.join(libraries, `${name}.${ending}`)));
}
