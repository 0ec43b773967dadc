import { realpathSync } from 'node:fs';
import type { Machine } from '../machine.ts';
import { ask, failureOf, findFile, patienceMs } from './ask.ts';
import { install } from './install.ts';
import type { Install, Tool } from './model.ts';

/** A program that says its version. */
export interface Program {
  readonly name: string;
  /** Names of its file, the best first; its own name when not given. */
  readonly files?: readonly string[];
  /** Where else it may be: applications of macOS are on no PATH. */
  readonly places?: readonly string[];
  /** Parameters that make it say its version. */
  readonly ask: readonly string[];
  /** Comes with PostgreSQL: the one beside the server goes before others. */
  readonly besideServer?: true;
  readonly enables: string;
  readonly install: Install;
  /** Of no use although it runs: why. */
  readonly unfit?: (output: string) => string | null;
  /** Of use, but for this. */
  readonly note?: (version: string) => string | null;
}

/** As load/k6/go.mod asks. */
const goNumbers = [1, 26] as const;
export const goWanted = goNumbers.join('.');

export const programs = [
  {
    name: 'psql',
    ask: ['--version'],
    besideServer: true,
    enables: 'a finding tried by hand',
    install: install.client,
  },
  {
    name: 'pgbench',
    ask: ['--version'],
    besideServer: true,
    enables: 'load: the most that a server can do',
    install: install.server,
  },
  {
    name: 'pg_basebackup',
    ask: ['--version'],
    besideServer: true,
    enables: 'recovery: from a base backup',
    install: install.backup,
  },
  {
    name: 'pg_verifybackup',
    ask: ['--version'],
    besideServer: true,
    enables: 'recovery: a base backup is whole',
    install: install.backup,
  },
  {
    name: 'pgbouncer',
    ask: ['--version'],
    enables: 'topology: pooled clients, what leaks',
    install: install.pgbouncer,
    note: (version) => (atLeast(version, 1, 21) ? null : 'prepared statements need 1.21'),
  },
  {
    name: 'pgbackrest',
    ask: ['version'],
    enables: 'recovery: from its repository',
    install: install.pgbackrest,
  },
  {
    name: 'patroni',
    ask: ['--version'],
    enables: 'recovery: a failover controller',
    install: install.patroni,
  },
  {
    name: 'etcd',
    ask: ['--version'],
    enables: 'recovery: what Patroni agrees in',
    install: install.etcd,
  },
  {
    name: 'faketime',
    ask: ['--version'],
    enables: 'recovery: a clock that jumps',
    install: install.faketime,
  },
  {
    name: 'go',
    ask: ['version'],
    enables: 'load: builds k6 with k6/x/pgattest',
    install: install.go,
    unfit: (output) => {
      const version = versionIn(output);
      return version === null || atLeast(version, 1, 21) ? null : `is too old: k6 takes Go ${goWanted}`;
    },
    // From 1.21 on the go command fetches the toolchain that a module asks for.
    note: (version) =>
      atLeast(version, ...goNumbers) ? null : `fetches ${goWanted} by itself, unless GOTOOLCHAIN=local`,
  },
  {
    name: 'chromium',
    files: ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'],
    places: [
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
    ],
    ask: ['--version'],
    enables: 'the report as PDF, later',
    install: install.chromium,
  },
] as const satisfies readonly Program[];

export type ProgramName = (typeof programs)[number]['name'];

/** Looks for a program and asks its version. `bin` is where the server is. */
export async function probeProgram(
  program: Program,
  machine: Machine,
  { bin = null, timeoutMs = patienceMs, signal }: ProbeOptions = {},
): Promise<Tool> {
  const { name, enables } = program;
  const rest = { name, enables, install: program.install, note: null };
  const file =
    findFile(program.files ?? [name], machine, {
      first: program.besideServer === true ? bin : null,
    }) ?? place(program, machine);
  if (file === undefined)
    return { ...rest, present: false, missing: true, version: null, path: null, problem: 'not installed' };
  const result = await ask([file, ...program.ask], machine, {
    timeoutMs,
    ...(signal === undefined ? {} : { signal }),
  });
  const found = { ...rest, missing: false, path: realpathSync(file) };
  if (result.exitCode !== 0)
    return { ...found, present: false, version: null, problem: failureOf(result, timeoutMs) };
  const version = versionIn(result.stdout);
  const problem = version === null ? 'says no version' : (program.unfit?.(result.stdout) ?? null);
  const note = version === null || problem !== null ? null : (program.note?.(version) ?? null);
  return { ...found, present: problem === null, version, problem, note };
}

export interface ProbeOptions {
  readonly bin?: string | null;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

function place({ places }: Program, machine: Machine): string | undefined {
  if (places === undefined || machine.platform !== 'darwin') return undefined;
  return places.find((file) => findFile([file], machine, { first: '/' }) === file);
}

/** `psql (PostgreSQL) 15.18 (Debian …)`, `go version go1.26.8 linux/amd64`, `k6 v1.3.0`. */
export function versionIn(output: string): string | null {
  return /\d+(\.\w+)+/.exec(output)?.[0] ?? null;
}

export function atLeast(version: string, major: number, minor: number): boolean {
  const [a = 0, b = 0] = version.split('.').map(Number);
  return a > major || (a === major && b >= minor);
}
