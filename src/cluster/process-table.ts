import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/**
 * The running processes. Synchronous, because what it says is acted upon at once: between a look and a signal
 * nothing of ours may run. A zombie counts as gone: nobody but its parent can do anything about it.
 */
export interface ProcessTable {
  /** Boot and pid namespace, with a blank between: a pid means nothing beyond them. */
  readonly space: string;
  /** When a process started, as an opaque text: with the pid it names one process for ever. Undefined: gone. */
  startOf(pid: number): string | undefined;
  /** All living descendants. */
  descendants(pid: number): readonly number[];
  /**
   * Processes that work in a folder: by working directory, or by command line where that cannot be seen. Ours never
   * have a terminal, so that one who has, such as a person's shell that looked into the folder, is left out.
   */
  inside(folder: string): readonly number[];
}

export function processTable(platform: NodeJS.Platform): ProcessTable {
  return platform === 'linux' ? linux : posix;
}

interface Entry {
  readonly pid: number;
  readonly parent: number;
}

const linux: ProcessTable = {
  get space() {
    return `${readText('/proc/sys/kernel/random/boot_id')?.trim() ?? '?'} ${readLink('/proc/self/ns/pid') ?? '?'}`;
  },
  startOf: (pid) => stat(pid)?.start,
  descendants: (pid) =>
    below(
      pid,
      numbers('/proc').flatMap((each) => {
        const found = stat(each);
        return found === undefined ? [] : [{ pid: each, parent: found.parent }];
      }),
    ),
  inside: (folder) =>
    numbers('/proc').filter((pid) => {
      if (stat(pid)?.terminal !== '0') return false;
      // A removed folder shows as `/path (deleted)`.
      const cwd = readLink(`/proc/${pid}/cwd`);
      return cwd !== undefined && `${cwd.replace(/ \(deleted\)$/, '')}/`.startsWith(`${folder}/`);
    }),
};

const posix: ProcessTable = {
  get space() {
    return `${ps('-o', 'lstart=', '-p', '1').trim().replace(/\s+/g, '_')} -`;
  },
  startOf(pid) {
    const line = ps('-o', 'stat=,lstart=', '-p', String(pid)).trim();
    const [, state, start] = /^(\S+)\s+(.+)$/.exec(line) ?? [];
    return state === undefined || state.startsWith('Z') ? undefined : start;
  },
  descendants: (pid) =>
    below(
      pid,
      ps('-axo', 'pid=,ppid=,stat=')
        .split('\n')
        .map((line) => line.trim().split(/\s+/))
        .filter(([, , state]) => state !== undefined && !state.startsWith('Z'))
        .map(([child, parent]) => ({ pid: Number(child), parent: Number(parent) })),
    ),
  inside: (folder) =>
    ps('-axo', 'pid=,tt=,command=')
      .split('\n')
      .filter((line) => /^\s*\d+\s+\?/.test(line) && line.includes(`${folder}/`))
      .map((line) => Number.parseInt(line, 10)),
};

function below(root: number, entries: readonly Entry[]): readonly number[] {
  const children = new Map<number, number[]>();
  for (const { pid, parent } of entries) {
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [pid]);
    else siblings.push(pid);
  }
  const found: number[] = [];
  const open = [root];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    const next = children.get(pid) ?? [];
    found.push(...next);
    open.push(...next);
  }
  return found;
}

/** proc(5): the name in field 2 may hold blanks and brackets, so fields are counted from its last bracket. */
function stat(pid: number): { parent: number; terminal: string; start: string } | undefined {
  const text = readText(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, parent, , , terminal = ''] = fields;
  const start = fields[19];
  if (state === 'Z' || state === 'X' || start === undefined) return undefined;
  return { parent: Number(parent), terminal, start };
}

function numbers(folder: string): readonly number[] {
  return readdirSync(folder)
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function readLink(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

/** `ps` ends with 1 when it finds nothing. */
function ps(...parameters: readonly string[]): string {
  try {
    return execFileSync('ps', parameters, {
      encoding: 'utf8',
      env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    return '';
  }
}
