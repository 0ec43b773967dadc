import { findEmbedded } from '../embedded-binaries.ts';
import { findLocal } from '../local-binaries.ts';
import type { Machine } from '../machine.ts';
import type { Search } from '../server-version.ts';
import { install } from './install.ts';
import type { Install, Tool } from './model.ts';

export type Finder = (machine: Machine, signal?: AbortSignal) => Promise<Search>;

/** The PostgreSQL that runs as processes of this machine. */
export const servers = {
  local: {
    find: findLocal,
    enables: 'every claim, with the tools below',
    install: install.server,
  },
  embedded: {
    find: findEmbedded,
    enables: 'access, audit, structure, topology',
    install: install.embedded,
  },
} as const satisfies Record<string, { find: Finder; enables: string; install: Install }>;

/** Longer than for others: it decides whether there is anything to use, and the embedded one may have to be unpacked first. */
const patienceMs = 10_000;

/** Looks for a PostgreSQL. Throws nothing but the reason of the signal. */
export async function probeServer(
  source: keyof typeof servers,
  machine: Machine,
  signal?: AbortSignal,
  find: Finder = servers[source].find,
): Promise<Tool> {
  const { enables, install: how } = servers[source];
  const rest = { name: `postgres (${source})`, enables, install: how, note: null };
  const none = { ...rest, present: false, version: null, path: null };
  const late = AbortSignal.timeout(patienceMs);
  try {
    const search = await find(machine, AbortSignal.any([late, ...(signal === undefined ? [] : [signal])]));
    if (search.status === 'missing') return { ...none, missing: true, problem: search.why };
    // `15.18 (Debian 15.18-1.pgdg120+1)`
    const version = search.version.split(' ')[0] ?? search.version;
    return { ...rest, present: true, missing: false, version, path: search.bin, problem: null };
  } catch (error) {
    signal?.throwIfAborted();
    const problem = late.aborted ? `does not answer within ${patienceMs / 1000} s` : (error as Error).message;
    return { ...none, missing: false, problem };
  }
}
