import type pg from 'pg';
import type { Check } from '../../checks/check.ts';
import type { Session } from '../../cluster/session.ts';
import type { Functions, Reach } from './reach.ts';
import { RecordingSession } from './recording-session.ts';
import { ReplayingSession } from './replaying-session.ts';
import { StandingSession } from './standing-session.ts';
import type { Tape } from './tape.ts';

/** Whether a claim of this kind learns of functions by running them alone, so that what it did can be played again. */
export function canBeTaped({ family, kind }: Check): boolean {
  return family === 'access' || family === 'audit' || kind === 'structure.behaviour';
}

/** The check, recorded: for the healthy database. */
export function recording(check: Check, claim: string, client: pg.Client, tape: Tape, reach: Reach): Check {
  return {
    ...check,
    async *run(context, parameters) {
      const session = new RecordingSession(client, tape, reach);
      await session.start();
      const judgement = yield* check.run({ ...context, session }, parameters);
      tape.recordClaim(claim, session.ran);
      return judgement;
    },
  };
}

/** A check as it is tried with a mutant in. */
export interface Tried {
  readonly check: Check;
  /** The database was not as recorded: the trial says nothing. */
  mismatched(): boolean;
}

/** All of it. */
export function whole(check: Check, client: pg.Client): Tried {
  return { check: onSession(check, new StandingSession(client)), mismatched: () => false };
}

/**
 * What of it may go otherwise.
 *
 * @param changed functions that may do something else now
 */
export function replaying(check: Check, client: pg.Client, tape: Tape, changed: Functions): Tried {
  const session = new ReplayingSession(client, tape, changed);
  return { check: onSession(check, session), mismatched: () => session.mismatched };
}

function onSession(check: Check, session: Session): Check {
  return {
    ...check,
    run: (context, parameters) => check.run({ ...context, session, brief: true }, parameters),
  };
}
