import path from 'node:path';
import type { Archive } from '../../cluster/archive.ts';
import { explainBackrest } from '../../cluster/backrest.ts';
import { ClusterError } from '../../cluster/error.ts';
import type { ExecResult, Host } from '../../cluster/host.ts';
import type { Postgres } from '../../cluster/postgres.ts';
import { backupsOf, type Listed } from './backrest-info.ts';
import { bringUp, standsAlone } from './bring-up.ts';
import { chooseBackup, targetTime } from './choose.ts';
import { gaps } from './gaps.ts';
import type { Backup, BackupMethod, Restored, RestoreOptions } from './model.ts';

/** Begins every call of pgBackRest. */
type Command = readonly string[];

const types = { full: 'full', differential: 'diff', incremental: 'incr' } as const;

export interface BackrestBackupOptions {
  readonly host: Host;
  readonly archive: Archive;
  readonly command: Command;
  readonly server: () => Postgres;
  readonly archiveMs: number;
}

/** pgBackRest with the repository that the archive is. */
export function pgbackrest(options: BackrestBackupOptions): BackupMethod {
  const { host, archive, command, server } = options;
  const list = async (): Promise<readonly Listed[]> =>
    backupsOf(succeeded(await host.exec([...command, 'info', '--output=json'])).stdout);
  return {
    name: 'pgbackrest',
    says: `full, differential and incremental backups: ${archive.says}`,
    take: (kind, signal) => take(options, kind, list, signal),
    list: async () => (await list()).filter(({ damaged }) => !damaged),
    verify: async () => [...(await verify(host, command)), ...(await gaps(archive, await list()))],
    check: async () => complaints(await host.exec([...command, ...at(server()), ...waits(options), 'check'])),
    restore: async (wanted) =>
      restore(
        options,
        (await list()).filter(({ damaged }) => !damaged),
        wanted,
      ),
  };
}

const waits = ({ archiveMs }: BackrestBackupOptions): Command => [`--archive-timeout=${archiveMs / 1000}`];

/** Which server: after a failover it is another than the file says. */
function at({ data, socketFolder, place }: Postgres): Command {
  return [`--pg1-path=${data}`, `--pg1-socket-path=${socketFolder}`, `--pg1-port=${place.port}`];
}

function succeeded(result: ExecResult): ExecResult {
  explainBackrest(result);
  return result;
}

async function take(
  options: BackrestBackupOptions,
  kind: Backup['kind'],
  list: () => Promise<readonly Listed[]>,
  signal: AbortSignal | undefined,
): Promise<Backup> {
  if (kind === 'dump') throw new ClusterError('not-able', 'pgBackRest makes no dumps', 'use the method dump');
  const { host, command, server } = options;
  const before = new Set((await list()).map(({ label }) => label));
  const began = performance.now();
  const result = await host.exec(
    [...command, ...at(server()), ...waits(options), `--type=${types[kind]}`, 'backup'],
    signal === undefined ? {} : { signal },
  );
  succeeded(result);
  const milliseconds = performance.now() - began;
  const made = (await list()).find(({ label }) => !before.has(label));
  if (made === undefined) {
    throw new ClusterError('start-failed', 'pgBackRest says that it made a backup, and lists none', '');
  }
  // It makes a full one where there is none to build on, and one with damaged pages, and says so in a warning.
  const warnings = warningsOf(result);
  if (made.kind !== kind || made.damaged) {
    throw new ClusterError(
      'start-failed',
      `pgBackRest: ${warnings[0] ?? `a ${made.kind} backup, not a ${kind} one`}`,
      '',
    );
  }
  return { ...made, milliseconds };
}

function warningsOf({ stdout, stderr }: ExecResult): readonly string[] {
  return `${stdout}\n${stderr}`
    .split('\n')
    .flatMap((line) => /\b(?:WARN|ERROR):\s*(.*)$/.exec(line)?.[1] ?? []);
}

async function verify(host: Host, command: Command): Promise<readonly string[]> {
  const result = await host.exec([...command, 'verify', '--output=text', '--verbose']);
  const wrong = complaints(result);
  if (wrong.length > 0) return wrong;
  // Its exit code is 0 whatever it found; what it says is all.
  const [first, ...rest] = result.stdout.split('\n').map((line) => line.trim());
  return /status: ok/.test([first, ...rest].join('\n'))
    ? []
    : [`pgBackRest: ${result.stdout.trim().replaceAll('\n', ' / ')}`];
}

function complaints(result: ExecResult): readonly string[] {
  if (result.exitCode === 0) return warningsOf(result);
  const warnings = warningsOf(result);
  return warnings.length > 0 ? warnings : [`pgBackRest ended with ${result.exitCode}`];
}

async function restore(
  { host, archive, command, server }: BackrestBackupOptions,
  backups: readonly Listed[],
  options: RestoreOptions,
): Promise<Restored> {
  const asked = performance.now();
  const { label } = chooseBackup(backups, options);
  const startSegment = backups.find((each) => each.label === label)?.startSegment ?? '';
  const data = path.join(host.folder, options.name);
  await host.makeFolder(data);
  try {
    const call = [
      ...command,
      `--pg1-path=${data}`,
      `--set=${label}`,
      ...targetOptions(options),
      ...(options.archives === true ? [] : ['--archive-mode=off']),
      'restore',
    ];
    succeeded(await host.exec(call, options.signal === undefined ? {} : { signal: options.signal }));
  } catch (error) {
    await host.remove(data).catch(() => undefined);
    throw error;
  }
  const fetched = performance.now();
  return bringUp(
    host,
    server(),
    {
      data,
      asked,
      fetched,
      startSegment,
      archived: [...(await archive.files()).keys()],
      settings: { ...(options.archives === true ? archive.settingsFor(data) : {}), ...standsAlone },
    },
    options,
  );
}

function targetOptions({ target, timeline }: RestoreOptions): Command {
  const line = timeline === undefined ? [] : [`--target-timeline=${timeline}`];
  switch (target.kind) {
    case 'end':
      return [...line, '--type=default'];
    case 'time':
      return [...line, '--type=time', `--target=${targetTime(target.at)}`, '--target-action=promote'];
    case 'name':
      return [...line, '--type=name', `--target=${target.name}`, '--target-action=promote'];
    case 'lsn':
      return [...line, '--type=lsn', `--target=${target.lsn}`, '--target-action=promote'];
  }
}
