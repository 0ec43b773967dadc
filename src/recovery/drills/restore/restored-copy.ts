import type { BackupMethod, Restored, RestoreOptions, RestoreTarget } from '../../backup/model.ts';
import type { Scene, Seen } from '../../model.ts';
import { patienceOf, wordsOf } from './patience.ts';

export interface RestoredCopy {
  /** Undefined where it did not come back: the observation says what the server said. */
  readonly restored: Restored | undefined;
  readonly seen: Seen;
}

export interface CopyOptions extends Omit<RestoreOptions, 'signal' | 'limitMs'> {
  /** Its phases are those of the drill. Default true. */
  readonly marks?: boolean;
}

/** Restores to a target beside what runs, and notes the phases. That it does not come back is seen, and not thrown. */
export async function restoreCopy(
  scene: Scene,
  backups: BackupMethod,
  { marks = true, ...options }: CopyOptions,
): Promise<RestoredCopy> {
  const limitMs = scene.hurried ? 20_000 : 60_000;
  scene.progress(`restores ${said(options.target)}`);
  const asked = scene.timeline.now();
  const { restored, actual } = await attempt(scene, backups, { ...options, limitMs });
  if (restored !== undefined && marks) markPhases(scene, asked, restored);
  return {
    restored,
    seen: {
      subject: 'restore',
      way: `${said(options.target)}, by ${backups.says}`,
      statement: statementOf(options.target, options.timeline),
      expected: 'a server that reached its target and takes writes',
      actual,
      agrees: restored !== undefined,
      object: 'restore_command',
    },
  };
}

async function attempt(
  scene: Scene,
  backups: BackupMethod,
  options: RestoreOptions,
): Promise<{ readonly restored: Restored | undefined; readonly actual: string }> {
  try {
    const restored = await backups.restore({ ...options, signal: patienceOf(scene, 60_000) });
    return { restored, actual: rates(restored) };
  } catch (error) {
    return { restored: undefined, actual: `none: ${wordsOf(error, scene)}` };
  }
}

function markPhases({ timeline }: Scene, asked: number, restored: Restored): void {
  const { fetched, consistent, reached } = restored.phases;
  timeline.mark('fetched', `${rates(restored)}`, asked + fetched);
  timeline.mark('consistent', 'the restored server lets readers in', asked + consistent);
  timeline.mark('target-reached', 'it takes writes', asked + reached);
}

/** MB/s of fetching and segments/s of replaying, which a projection to another size starts from. */
function rates({ phases: { fetched, reached }, bytes, segments }: Restored): string {
  const perSecond = (amount: number, ms: number) => (ms > 0 ? (amount / ms) * 1000 : 0);
  const megabytes = bytes / 1e6;
  return (
    `${megabytes.toFixed(0)} MB fetched in ${fetched.toFixed(0)} ms (${perSecond(megabytes, fetched).toFixed(0)} MB/s), ` +
    `${segments} segments replayed in ${(reached - fetched).toFixed(0)} ms (${perSecond(segments, reached - fetched).toFixed(1)}/s)`
  );
}

export function said(target: RestoreTarget): string {
  switch (target.kind) {
    case 'end':
      return 'to the end of the archive';
    case 'time':
      return `to ${target.at}`;
    case 'name':
      return `to the restore point ${target.name}`;
    case 'lsn':
      return `to ${target.lsn}`;
  }
}

function statementOf(target: RestoreTarget, timeline = 'latest'): string {
  const along = `recovery_target_timeline = '${timeline}'`;
  switch (target.kind) {
    case 'end':
      return along;
    case 'time':
      return `recovery_target_time = '${target.at}', ${along}`;
    case 'name':
      return `recovery_target_name = '${target.name}', ${along}`;
    case 'lsn':
      return `recovery_target_lsn = '${target.lsn}', ${along}`;
  }
}
