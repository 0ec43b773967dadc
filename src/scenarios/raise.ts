import type { On } from '../cluster/binaries.ts';
import { startCluster } from '../cluster/cluster.ts';
import { thisMachine } from '../cluster/machine.ts';
import { findNamed, type NamedCluster } from '../cluster/named/find.ts';
import { healthOf } from '../cluster/named/health.ts';
import { keepCluster } from '../cluster/named/keep.ts';
import type { Kept } from '../cluster/named/kept.ts';
import { NameLock } from '../cluster/named/lock.ts';
import { makeLogins } from '../cluster/named/logins.ts';
import { makeRunBase } from '../cluster/private-folder.ts';
import { ConfigError } from '../design/config-error.ts';
import { digestOf, type LoadedDesign } from '../design/load.ts';
import { database, type StageOptions, setStage } from './stage.ts';
import { designedTopology } from './wished-topology.ts';

export interface RaiseOptions extends Omit<StageOptions, 'now'> {
  readonly loaded: LoadedDesign;
  readonly on: On;
  readonly name: string;
}

export interface Raised {
  readonly kept: Kept;
  /** It was up already. */
  readonly before: boolean;
}

/**
 * Raises all that a design declares, with its data, under a name, and leaves it running. One of that name that is up already is
 * fine when it is the same. Throws ConfigError when it is not, or when another program is at work on the name.
 */
export async function raise(options: RaiseOptions): Promise<Raised> {
  const { name, signal } = options;
  const machine = thisMachine();
  const before = await upAlready(options);
  if (before !== undefined) return before;
  const lock = NameLock.take(machine, makeRunBase(machine), name);
  if (!(lock instanceof NameLock)) {
    throw new ConfigError(
      name,
      `another program (${lock.pid}) is bringing it up`,
      'wait for it, or choose another --name',
    );
  }
  try {
    // It may have come up between the look and the lock.
    return (await upAlready(options)) ?? { kept: await raiseNew(options, lock), before: false };
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    await lock.close();
  }
}

async function raiseNew(options: RaiseOptions, lock: NameLock): Promise<Kept> {
  const { loaded, on, name, seed, scale, signal, onEvent } = options;
  const { design } = loaded;
  onEvent({ type: 'phase', name: 'cluster', detail: on });
  const cluster = await startCluster({
    on,
    settings: design.postgres.settings,
    throwaway: false,
    topology: { wish: designedTopology(design), database },
    onProgress: (detail) => onEvent({ type: 'phase', name: 'cluster', detail }),
    signal,
  });
  try {
    const banner = cluster.facts.server.split(' on ')[0];
    onEvent({ type: 'phase', name: 'cluster', detail: `${banner}: ${cluster.facts.why}` });
    const stage = await setStage(cluster, design, { ...options, now: new Date() });
    onEvent({ type: 'phase', name: 'keep', detail: name });
    const { role } = design.request;
    const logins = await makeLogins(cluster.primary, { role, logins: design.logins });
    signal.throwIfAborted();
    return await keepCluster(cluster, {
      name,
      design: design.name,
      digest: digestOf(loaded),
      seed,
      scale,
      logins,
      database: stage.database,
      notes: lackingOf(loaded, cluster.topology?.pooler !== undefined),
      lock,
    });
  } catch (error) {
    await cluster.close();
    throw error;
  }
}

async function upAlready(options: RaiseOptions): Promise<Raised | undefined> {
  const found = await findNamed(options.name);
  if (found === undefined) return undefined;
  const { kept } = found;
  const down = `take it down first: pgattest down ${kept.name}`;
  const difference = differenceOf(found, options);
  if (difference !== undefined) {
    throw new ConfigError(kept.name, `it is up with ${difference}`, `${down}, or choose another --name`);
  }
  if (found.state === 'unknown') throw new ConfigError(kept.name, found.why ?? '', 'choose another --name');
  if (found.state === 'dead') throw new ConfigError(kept.name, 'it is there and dead', down);
  const bad = (await healthOf(kept)).find(({ state, kind }) => state === 'down' && kind !== 'archive');
  if (bad !== undefined) throw new ConfigError(kept.name, `${bad.name} is down (${bad.why})`, down);
  return { kept, before: true };
}

/** What is there and what is asked for, where they differ. */
function differenceOf({ kept }: NamedCluster, options: RaiseOptions): string | undefined {
  const { loaded, on, seed, scale } = options;
  if (kept.design !== loaded.design.name) return `the design ${kept.design}`;
  if (kept.seed !== seed) return `seed ${kept.seed}`;
  if (kept.scale !== scale) return `scale ${kept.scale}`;
  if (on !== 'auto' && kept.source !== on) return `PostgreSQL of ${kept.source}`;
  return kept.digest === digestOf(loaded) ? undefined : 'an earlier version of the design';
}

function lackingOf({ design }: LoadedDesign, pooler: boolean): readonly string[] {
  return design.topology.pooler !== undefined && !pooler
    ? ['no pooler: PgBouncer is not installed; see pgattest doctor']
    : [];
}
