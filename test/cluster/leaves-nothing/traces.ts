import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { folderLabel } from '../../../src/cluster/container/labels.ts';
import { type OwnerRecord, readRecord } from '../../../src/cluster/owner-record.ts';
import { mappedSegments } from '../../../src/cluster/shared-memory.ts';

/** What runs in a place have on the machine, as seen from outside. */
export interface Traces {
  readonly folders: readonly string[];
  readonly processes: readonly number[];
  /** `7F000001:A3F1`, as /proc/net/tcp has it. */
  readonly ports: readonly string[];
  readonly segments: readonly string[];
  /** Containers, volumes and networks, by kind and name. */
  readonly docker: readonly string[];
}

/** Everything that is there now of the runs below a folder. `spare`: a folder below it that is none of ours. */
export function tracesIn(tmp: string, spare: string): Traces {
  const folders = runFolders(tmp);
  const processes = processesIn(tmp).filter((pid) => !worksIn(pid, spare));
  return {
    folders,
    processes,
    ports: [...portsOf(processes), ...publishedIn(tmp)],
    segments: mappedSegments(processes),
    docker: dockerIn(tmp),
  };
}

/** What is left of something that was seen before, or is there now: one line for each. */
export function leftOf(before: Traces, now: Traces): readonly string[] {
  const sysv = readFileSync('/proc/sysvipc/shm', 'utf8');
  const listening = new Set(listeners().map(({ address }) => address));
  return [
    ...now.folders.map((each) => `folder ${each}`),
    ...now.processes.map((pid) => `process ${pid}: ${commandOf(pid)}`),
    ...before.ports.filter((each) => listening.has(each)).map((each) => `port ${each}`),
    ...before.segments
      .filter((each) =>
        each.startsWith('sysv:')
          ? new RegExp(`^\\s*\\S+\\s+${each.slice(5)}\\s`, 'm').test(sysv)
          : existsSync(each),
      )
      .map((each) => `shared memory ${each}`),
    ...now.docker,
  ];
}

/** Folders of runs, with locks and folders on their way out. */
export function runFolders(tmp: string): readonly string[] {
  return readdirSync(tmp)
    .filter((name) => /^pgattest-\d+$/.test(name))
    .flatMap((name) => readdirSync(join(tmp, name)).map((run) => join(tmp, name, run)));
}

/** Is there the folder of a kept cluster? */
export function anyKept(tmp: string): boolean {
  return recordsOf(runFolders(tmp)).some(({ kept }) => kept !== undefined);
}

/** Names of servers, and of what else runs, as records and containers have them. */
export function serversIn(tmp: string): readonly string[] {
  return namesIn(recordsOf(runFolders(tmp)), dockerIn(tmp));
}

function namesIn(records: readonly OwnerRecord[], docker: Traces['docker']): readonly string[] {
  return [
    ...records.flatMap((record) => record.processes.map((each) => each.name)),
    ...docker
      .filter((each) => each.startsWith('container '))
      .map((each) => each.replace(/^container pgattest-[^-]+-/, '').replaceAll('-', '_')),
  ];
}

function recordsOf(folders: readonly string[]): readonly OwnerRecord[] {
  return folders.map(readRecord).filter((each) => each !== undefined && each !== 'unknown');
}

/** Where a command was, told from its last line and from what is on disk and running. */
export function phaseOf(command: string, stderr: string, { folders, processes, docker }: Traces): string {
  const records = recordsOf(folders);
  const name = command.split(' ')[0] ?? '';
  if (name === 'down' || name === 'clean') {
    if (folders.some((folder) => /\.gone-/.test(folder))) return `${name}, removing files`;
    if (records.some(({ kept }) => kept !== undefined)) return `${name}, before it began`;
    return records.length === 0
      ? `${name}, files gone`
      : `${name}, ${processes.length + docker.length > 0 ? 'ending servers' : 'servers ended'}`;
  }
  if (records.some(({ kept }) => kept !== undefined)) return `${name}, kept`;
  if (records.length === 0) return `${name}, no folder yet`;
  const last = stderr.trim().split('\n').at(-1) ?? '';
  const phase = /^(?:proved|refuted|unproved) /.test(last) ? 'claims' : (/^\w+/.exec(last)?.[0] ?? 'start');
  if (phase !== 'cluster') return `${name}, ${phase}`;
  const servers = namesIn(records, docker);
  const what = ['pooler', 'replica_2', 'replica_1', 'primary'].find((each) => servers.includes(each));
  return `${name}, cluster: ${what ?? (servers[0] === undefined ? 'folders' : servers[0])}`;
}

function processesIn(tmp: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && worksIn(pid, tmp));
}

/** By its folder or its command line, and not a zombie, which only its parent can do anything about. */
function worksIn(pid: number, folder: string): boolean {
  const cwd = readOr(() => readlinkSync(`/proc/${pid}/cwd`));
  const state = /\) (\w)/.exec(readOr(() => readFileSync(`/proc/${pid}/stat`, 'utf8')))?.[1] ?? 'X';
  if (/[ZX]/.test(state)) return false;
  return `${cwd}/`.startsWith(`${folder}/`) || commandOf(pid).includes(`${folder}/`);
}

function commandOf(pid: number): string {
  return readOr(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ');
}

/** Columns of /proc/net/tcp: 1 local address, 3 state (0A: listens), 9 inode. */
function listeners(): readonly { readonly address: string; readonly inode: string }[] {
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === '0A')
    .map((fields) => ({ address: fields[1] ?? '', inode: fields[9] ?? '' }));
}

function portsOf(pids: readonly number[]): readonly string[] {
  const inodes = new Set(
    pids.flatMap((pid) =>
      readOr(() => readdirSync(`/proc/${pid}/fd`).join(' '))
        .split(' ')
        .map((fd) => /^socket:\[(\d+)\]$/.exec(readOr(() => readlinkSync(`/proc/${pid}/fd/${fd}`)))?.[1])
        .filter((inode) => inode !== undefined),
    ),
  );
  return listeners().flatMap(({ address, inode }) => (inodes.has(inode) ? [address] : []));
}

/** Containers, volumes and networks of runs below a folder, which need not be there any more. */
function dockerIn(tmp: string): readonly string[] {
  return (['container', 'volume', 'network'] as const).flatMap((kind) =>
    labelled(kind, tmp, kind === 'container' ? '{{.Names}}' : '{{.Name}}').map((name) => `${kind} ${name}`),
  );
}

/** Ports on the loopback that lead into their containers. */
function publishedIn(tmp: string): readonly string[] {
  return labelled('container', tmp, '{{.Ports}}').flatMap((ports) =>
    [...ports.matchAll(/127\.0\.0\.1:(\d+)->/g)].map(
      ([, port]) => `0100007F:${Number(port).toString(16).toUpperCase().padStart(4, '0')}`,
    ),
  );
}

function labelled(kind: 'container' | 'volume' | 'network', tmp: string, what: string): readonly string[] {
  if (process.env.PGATTEST_KILLS_ON !== 'docker') return [];
  const all = kind === 'container' ? ['--all'] : [];
  const format = `${what}\t{{.Label "${folderLabel}"}}`;
  const { stdout, stderr, status } = spawnSync(
    'docker',
    [kind, 'ls', ...all, '--filter', `label=${folderLabel}`, '--format', format],
    { encoding: 'utf8' },
  );
  // Seeing nothing for want of an answer would prove anything.
  if (status !== 0) throw new Error(stderr);
  return stdout
    .split('\n')
    .map((line) => line.split('\t'))
    .flatMap(([name = '', folder = '']) => (folder.startsWith(`${tmp}/`) ? [name] : []));
}

function readOr(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
