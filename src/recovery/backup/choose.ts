import { ClusterError } from '../../cluster/error.ts';
import type { Backup, RestoreOptions } from './model.ts';
import { readLsn } from './wal.ts';

/**
 * The backup that a restore begins with: the newest that had ended by the target, on the time line asked for or one before it. Throws
 * ClusterError when there is none. It is chosen here for all methods alike: the tools differ in which targets they look at.
 */
export function chooseBackup(
  backups: readonly Backup[],
  { backup: wanted, target, timeline }: Pick<RestoreOptions, 'backup' | 'target' | 'timeline'>,
): Backup {
  if (wanted !== undefined) {
    const found = backups.find(({ label }) => label === wanted);
    if (found !== undefined) return found;
    throw nothing(`no backup ${wanted}`, backups);
  }
  const line = Number(timeline ?? 'latest');
  const fit = backups
    .filter(({ end }) => Number.isNaN(line) || end === undefined || end.timeline <= line)
    .filter((backup) => endedBy(backup, target))
    .toSorted((one, other) => one.at.getTime() - other.at.getTime());
  // Where in the WAL a name was given is known to nobody before it is replayed.
  const chosen = target.kind === 'name' ? fit[0] : fit.at(-1);
  if (chosen === undefined) throw nothing(`no backup that had ended by ${describeTarget(target)}`, backups);
  return chosen;
}

export function describeTarget(target: RestoreOptions['target']): string {
  switch (target.kind) {
    case 'end':
      return 'the end of the archive';
    case 'time':
      return target.at;
    case 'name':
      return `the restore point ${target.name}`;
    case 'lsn':
      return target.lsn;
  }
}

/**
 * A time as the server reads it while it starts: it knows offsets by then, and no names of time zones, `Z` neither. Throws ClusterError for
 * what is no time.
 */
export function targetTime(text: string): string {
  instantOf(text);
  return text.replace('T', ' ').replace(/Z$/, '+00');
}

function endedBy({ at, end }: Backup, target: RestoreOptions['target']): boolean {
  if (target.kind === 'time') return at.getTime() <= instantOf(target.at);
  if (target.kind === 'lsn') return end !== undefined && readLsn(end.lsn) <= readLsn(target.lsn);
  return true;
}

/** PostgreSQL writes an offset of whole hours without minutes, which is no ISO 8601. */
function instantOf(text: string): number {
  const instant = Date.parse(text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00'));
  if (Number.isNaN(instant)) {
    throw new ClusterError(
      'bad-setting',
      `${JSON.stringify(text)} is no time`,
      'write it as 2026-01-01 00:00:00+00',
    );
  }
  return instant;
}

function nothing(what: string, backups: readonly Backup[]): ClusterError {
  const there = backups.map(({ label }) => label).join(', ');
  return new ClusterError('start-failed', what, there === '' ? 'take one first' : `there are ${there}`);
}
