import pg from 'pg';
import type { Archive } from '../../cluster/archive.ts';
import { type ControllerSettings, readControllerSettings } from '../../cluster/controller-file.ts';
import { type Candidate, candidatesOf, promote } from '../../cluster/promotion.ts';
import type { Replica } from '../../cluster/replica.ts';
import { makeSlot } from '../../cluster/replication.ts';
import { statementMs } from '../../cluster/server.ts';
import type { Scene } from '../model.ts';
import { Watch } from './watch.ts';

/** What came of a failover. */
export type FailedOver =
  | {
      readonly state: 'promoted';
      readonly promoted: Replica;
      /** The other replicas, which were led to the promoted one; those that do not stream from it are in `stray`. */
      readonly followers: readonly Replica[];
      readonly stray: readonly { readonly name: string; readonly why: string }[];
      /** Whether the old primary was ended before the promotion. */
      readonly fenced: boolean;
    }
  | { readonly state: 'none'; readonly why: string };

/** How a primary breaks. */
export interface Breaking {
  /** What happens before, as to wait for a bad moment; gives what the mark of the fault says of it. */
  readonly before?: () => Promise<string>;
  readonly breaks: () => Promise<void>;
  /** `the primary is killed`. */
  readonly says: string;
}

/** The name of the old primary's slot on the new one: its own, as replicas have it, since it may have been one. */
export const formerName = ({ cluster }: Pick<Scene, 'cluster'>): string => cluster.primary.service.name;

/** How long the failure may go unnoticed, and the promotion may take. */
const noticeMs = 20_000;
const promotionMs = 20_000;

/**
 * A small controller that stands for what a cloud does (Cloud SQL's and RDS's standbys): it probes the primary, decides after so many
 * failures, fences, promotes the replica that has received most, turns the writers to it, and leads the other replicas there.
 * The watch is on before anything breaks.
 */
export async function failOver(scene: Scene, { before, breaks, says }: Breaking): Promise<FailedOver> {
  const { cluster, timeline, signal } = scene;
  const settings = await readControllerSettings(cluster.host);
  const watch = await Watch.start(cluster.primary, settings, signal);
  try {
    scene.progress('the primary breaks');
    const how = await before?.();
    const began = timeline.now();
    await breaks();
    const took = `, which took ${(timeline.now() - began).toFixed(0)} ms`;
    timeline.mark('fault', `${says}${how === undefined ? '' : ` ${how}`}${took}`, began);
    const limitMs = scene.hurried ? noticeMs / 2 : noticeMs;
    const suspicion = await watch.suspicion(limitMs, signal);
    if (suspicion === undefined) return { state: 'none', why: `nothing was noticed in ${limitMs} ms` };
    timeline.mark('detected', `a probe failed: ${suspicion.why}`, timeline.at(suspicion.detected));
    timeline.mark('decided', `${settings.failures} probes failed in a row`, timeline.at(suspicion.decided));
  } finally {
    await watch.stop();
  }
  if (!settings.promotes) return { state: 'none', why: 'the controller is told to promote nobody' };
  return takeOver(scene, settings);
}

async function takeOver(scene: Scene, settings: ControllerSettings): Promise<FailedOver> {
  const { cluster, topology, timeline, signal } = scene;
  const candidates = await candidatesOf(topology.replicas, 2 * settings.probeMs);
  const refused = unsafe(scene, candidates);
  const [best, ...others] = candidates;
  if (refused !== undefined || best === undefined) return { state: 'none', why: refused ?? 'no replica' };
  if (settings.fences) {
    await cluster.primary.service.kill();
    timeline.mark('fenced', 'the old primary is killed');
  }
  const promoted = best.replica;
  const following = others.map(({ replica }) => replica);
  await prepare(scene, promoted, following);
  scene.progress(`${promoted.name} is promoted`);
  if (!(await promote(promoted.server, promotionMs)))
    return { state: 'none', why: `${promoted.name} is no primary ${promotionMs} ms after it was told to be` };
  timeline.mark('promoted', `${promoted.name}, which had received most`);
  // Commits may wait for those that follow, so clients need not.
  const [, led] = await Promise.all([
    scene.route(promoted.server).then(() => timeline.mark('rerouted', `writers are led to ${promoted.name}`)),
    Promise.allSettled(following.map((replica) => replica.follow(promoted.server, signal))),
  ]);
  return {
    state: 'promoted',
    promoted,
    followers: following.filter((_, n) => led[n]?.status === 'fulfilled'),
    stray: following.flatMap(({ name }, n) => {
      const result = led[n];
      return result?.status === 'rejected' ? [{ name, why: String(result.reason) }] : [];
    }),
    fenced: settings.fences,
  };
}

/** With k of n voters a commit is on at least one of any n - k + 1 replicas: with fewer nobody knows who has all. */
function unsafe({ topology, design }: Scene, candidates: readonly Candidate[]): string | undefined {
  const { synchronous } = design.topology;
  if (candidates.length === 0) return 'no replica answers';
  if (synchronous === undefined) return undefined;
  const needed = topology.replicas.length - synchronous + 1;
  return candidates.length >= needed
    ? undefined
    : `${candidates.length} of ${topology.replicas.length} replicas answer, and ${needed} must, so that one of them has every commit`;
}

/** What the primary was told and its replicas were not: where to archive, whom to wait for, whose WAL to keep. */
async function prepare(scene: Scene, promoted: Replica, following: readonly Replica[]): Promise<void> {
  const { topology } = scene;
  const { archive } = topology.ground;
  const client = await promoted.server.connect({ statementMs });
  try {
    for (const name of [...following.map((each) => each.name), formerName(scene)])
      await makeSlot(client, name);
    const settings: Record<string, string> = {
      synchronous_standby_names: standbyNames(
        scene,
        following.map(({ name }) => name),
      ),
      ...(archive === undefined ? {} : archiveCommand(archive, promoted.server.data)),
    };
    for (const [name, value] of Object.entries(settings))
      await client.query(`ALTER SYSTEM SET ${name} = ${pg.escapeLiteral(value)}`);
    await client.query('SELECT pg_reload_conf()');
  } finally {
    await client.end();
  }
}

/** The rest of what an archive wants is in its files, and would take a restart. */
function archiveCommand(archive: Archive, data: string): Readonly<Record<string, string>> {
  const { archive_command = '' } = archive.settingsFor(data);
  return { archive_command };
}

/** As many as the design says, or as there are: with none left it is that or no writes at all. */
export function standbyNames({ design }: Scene, names: readonly string[]): string {
  const count = Math.min(design.topology.synchronous ?? 0, names.length);
  return count === 0 ? '' : `ANY ${count} (${names.join(', ')})`;
}
