/** A backup of a repository, and the one that it builds on. */
export interface Chained {
  readonly label: string;
  readonly kind: 'full' | 'differential' | 'incremental' | 'dump';
  readonly at: Date;
  readonly prior?: string;
}

/** How many are kept, as pgBackRest counts: a full one counts as a differential one too. */
export interface CountPolicy {
  readonly full: number;
  readonly differential?: number;
}

/** How long back every moment can be restored, in days. */
export interface TimePolicy {
  readonly days: number;
}

/**
 * What a repository must hold after its retention, reckoned from the policy alone: the newest full ones, or all since the newest that is as
 * old as the time, and what builds on them; never one whose ground has gone.
 */
export function keptBackups<Backup extends Chained>(
  backups: readonly Backup[],
  policy: CountPolicy | TimePolicy,
  now = new Date(),
): readonly Backup[] {
  const inOrder = backups.toSorted((one, other) => one.at.getTime() - other.at.getTime());
  const full = inOrder.filter(({ kind }) => kind === 'full');
  const kept = new Set('days' in policy ? sinceTime(full, policy, now) : full.slice(-policy.full));
  const differential = 'days' in policy ? undefined : policy.differential;
  const counted = inOrder.filter(({ kind }) => kind === 'full' || kind === 'differential');
  const newest = new Set(differential === undefined ? counted : counted.slice(-differential));
  for (const backup of inOrder) {
    if (backup.kind === 'full') continue;
    const ground = inOrder.find(({ label }) => label === backup.prior);
    if (ground === undefined || !kept.has(ground)) continue;
    if (backup.kind === 'incremental' || newest.has(backup)) kept.add(backup);
  }
  return inOrder.filter((backup) => kept.has(backup));
}

function sinceTime<Backup extends Chained>(
  full: readonly Backup[],
  { days }: TimePolicy,
  now: Date,
): readonly Backup[] {
  const limit = now.getTime() - days * 86_400_000;
  const first = full.findLastIndex(({ at }) => at.getTime() <= limit);
  return first === -1 ? full : full.slice(first);
}
