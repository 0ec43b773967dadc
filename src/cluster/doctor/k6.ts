import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { cacheFolder } from '../cache.ts';
import type { Machine } from '../machine.ts';
import { ask } from './ask.ts';
import { install } from './install.ts';
import type { Tool } from './model.ts';
import { versionIn } from './programs.ts';

/** A k6 that was built here before; null where there is none. */
export interface BuiltK6 {
  readonly path: string;
  readonly version: string;
}

/** The newest one in the cache that runs and has the extension. Never throws but the reason of the signal. */
export async function builtK6(machine: Machine, signal?: AbortSignal): Promise<BuiltK6 | null> {
  for (const file of cached(machine)) {
    const { exitCode, stdout } = await ask(
      [file, 'version'],
      machine,
      signal === undefined ? {} : { signal },
    );
    const version = versionIn(stdout);
    if (exitCode === 0 && version !== null && stdout.includes('k6/x/pgattest'))
      return { path: file, version };
  }
  return null;
}

function cached(machine: Machine): readonly string[] {
  try {
    const cache = cacheFolder(machine);
    return readdirSync(cache)
      .filter((name) => name.startsWith('k6-'))
      .map((name) => path.join(cache, name, 'k6'))
      .filter((file) => existsSync(file))
      .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  } catch {
    return [];
  }
}

/** pgattest builds its own k6 with Go, and asks Go each time whether the one that it has is the one that is wanted. */
export function k6Of(go: Tool | undefined, built: BuiltK6 | null): Tool {
  const able = go?.present === true;
  return {
    name: 'k6',
    present: able,
    // Whoever installs Go has it: nothing is to be installed for it alone.
    missing: false,
    version: built?.version ?? null,
    path: built?.path ?? null,
    problem: able
      ? null
      : `is built with go, which ${go?.missing === false ? 'is of no use' : 'is not there'}`,
    note: able && built === null ? 'built at the first use, in minutes' : null,
    enables: 'load: reads, writes a second',
    install: install.go,
  };
}
