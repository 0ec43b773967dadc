import type pg from 'pg';
import type { Catalog } from '../catalog/catalog.ts';
import type { Check, CheckContext, Judgement, Sighting } from '../checks/check.ts';
import { Session } from '../cluster/session.ts';
import type { Actor, CheckCall } from '../design/design.ts';
import type { ValidDesign } from '../design/validate.ts';
import type { Fault } from '../faults/fault.ts';

/** What all trials on one database share. */
export interface Bench {
  readonly client: pg.Client;
  readonly design: ValidDesign;
  readonly catalog: Catalog;
  readonly actors: readonly Actor[];
}

/** A trial's judgement with what was seen on the way. */
export interface TrialResult extends Judgement {
  readonly sightings: readonly Sighting[];
  readonly milliseconds: number;
}

/** What was computed once for a run, by key; see CheckContext.remember. */
export type Memory = Map<string, Promise<unknown>>;

/** No statement of a check takes longer; one that does is a finding of its own. */
const statementTimeout = '120s';

/**
 * Runs a check once, with a fault injected or without, in a transaction that is rolled back whatever happens. Stops at
 * the first breach when a fault is in: that it was noticed is all that is asked.
 */
export async function runTrial(
  bench: Bench,
  check: Check,
  call: CheckCall,
  memory: Memory,
  fault?: Fault,
): Promise<TrialResult> {
  const started = performance.now();
  const { client } = bench;
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  try {
    // Compiling the wide conditions of rules takes longer than running them.
    await client.query(
      `SET LOCAL statement_timeout = '${statementTimeout}'; SET LOCAL jit = off; SET CONSTRAINTS ALL IMMEDIATE`,
    );
    const session = new Session(client);
    const context = contextOf(bench, session, memory, fault !== undefined);
    if (fault !== undefined) await fault.inject({ session });
    const sightings: Sighting[] = [];
    const run = check.run(context, call);
    for (;;) {
      const step = await run.next();
      if (step.done === true) return { ...step.value, sightings, milliseconds: performance.now() - started };
      sightings.push(step.value);
    }
  } finally {
    if (fault?.scope === 'cluster') await fault.heal({ session: new Session(client) });
    await client.query('ROLLBACK');
  }
}

/** A context for asking a check for its faults, outside any trial. */
export function contextOf(bench: Bench, session: Session, memory: Memory, faulty: boolean): CheckContext {
  return {
    design: bench.design,
    catalog: bench.catalog,
    session,
    actors: bench.actors,
    stopAtFirstBreach: faulty,
    remember<T>(key: string, compute: () => Promise<T>): Promise<T> {
      const known = memory.get(key);
      if (known !== undefined) return known as Promise<T>;
      const computed = compute();
      // With a fault in, nothing may be remembered: it would be held against the healthy database.
      if (!faulty) {
        memory.set(key, computed);
        computed.catch(() => memory.delete(key));
      }
      return computed;
    },
  };
}
