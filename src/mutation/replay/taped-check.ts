import type pg from 'pg';
import type { Check } from '../../checks/check.ts';
import type { Functions, Reach } from './reach.ts';
import { RecordingSession } from './recording-session.ts';
import { ReplayingSession } from './replaying-session.ts';
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

/** A check that runs only what may go otherwise. */
export interface Replaying {
  readonly check: Check;
  /** The database was not as recorded: the trial says nothing. */
  mismatched(): boolean;
}

/** @param changed functions that may do something else now */
export function replaying(check: Check, client: pg.Client, tape: Tape, changed: Functions): Replaying {
  const session = new ReplayingSession(client, tape, changed);
  return {
    check: { ...check, run: (context, parameters) => check.run({ ...context, session }, parameters) },
    mismatched: () => session.mismatched,
  };
}
