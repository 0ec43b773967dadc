import type { Breach } from '../../../../evidence/model.ts';
import type { Sighting } from '../../../check.ts';
import { describeEnding, describeExpect, type Ending, meets } from '../steps/expectation.ts';
import { someone } from '../steps/identity.ts';
import { statementLine } from '../steps/psql-script.ts';
import { firstLine, type Play } from '../steps/run-steps.ts';
import type { Participant, ScriptStep } from '../steps/step.ts';
import { forPsql, interpolate, save } from '../steps/variables.ts';
import { Participants, type Running, type Standing } from './participants.ts';

/** A step may take so long, in milliseconds, before it counts as one that waits. Deadlocks are found after one second. */
const patienceMs = 2_000;

/** A statement that waits for nothing is merely slow, and gets more. */
const slowMs = 30_000;

interface Waiting {
  readonly step: ScriptStep;
  readonly way: string;
  readonly statement: string;
  readonly running: Running;
}

/** Runs the steps of several sessions in their order, up to the first that does not go as it should; that is the breach. */
export async function* runScript(
  play: Play,
  sessions: Readonly<Record<string, Participant>>,
  steps: readonly ScriptStep[],
): AsyncGenerator<Sighting, Breach | undefined, void> {
  const names = new Set([...Object.keys(sessions), ...steps.map(({ session }) => session)]);
  const people = new Map([...names].map((name) => [name, someone(play.context, sessions[name] ?? {})]));
  const participants = await Participants.connect(play.context, people);
  const waiting = new Map<string, Waiting>();
  try {
    for (const [index, step] of steps.entries()) {
      const before = waiting.get(step.session);
      if (before !== undefined) {
        waiting.delete(step.session);
        const breach = yield* settle(play, participants, before);
        if (breach !== undefined) return breach;
      }
      const statement = interpolate(step.sql, play.variables);
      play.script.push(`-- session ${step.session}${step.waits === true ? ', waits' : ''}`);
      play.script.push(statementLine(forPsql(step.sql, play.variables), step.save));
      const running = participants.start(step.session, statement);
      const begun: Waiting = { step, way: `script ${index + 1}`, statement, running };
      if (step.waits !== true) {
        const breach = yield* settle(play, participants, begun);
        if (breach !== undefined) return breach;
        continue;
      }
      const standing = await participants.watch(step.session, running, slowMs);
      const actual = describeStanding(standing);
      const agrees = standing.status === 'waits';
      yield sighting(play, begun, 'waits for another session', actual, agrees);
      if (!agrees) return breachOf(play, begun, 'waits for another session', actual);
      waiting.set(step.session, begun);
    }
    for (const left of waiting.values()) {
      const breach = yield* settle(play, participants, left);
      if (breach !== undefined) return breach;
    }
    return undefined;
  } finally {
    await participants.leave();
  }
}

/** Waits for the end of a statement and judges it. */
async function* settle(
  play: Play,
  participants: Participants,
  begun: Waiting,
): AsyncGenerator<Sighting, Breach | undefined, void> {
  const { step, running } = begun;
  let standing = await participants.patience(step.session, running, patienceMs);
  if (standing.status === 'runs') standing = await participants.watch(step.session, running, slowMs);
  const expect = step.expect ?? 'done';
  const ended = standing.status === 'ended' ? standing.ending : undefined;
  const same =
    ended?.status === 'done' && expect !== 'done' && 'same' in expect
      ? (await play.session.text(interpolate(expect.same, play.variables))).rows
      : [];
  const lacksRow = step.save !== undefined && ended?.status === 'done' && ended.rows.length === 0;
  const agrees = ended !== undefined && meets(expect, ended, same) && !lacksRow;
  const expected = lacksRow ? `a row to keep as ${step.save}` : describeExpect(expect);
  const actual = lacksRow
    ? 'no row'
    : ended === undefined
      ? describeStanding(standing)
      : describeEnding(ended, expect, same);
  yield sighting(play, begun, expected, actual, agrees);
  if (!agrees) return breachOf(play, begun, expected, actual);
  if (step.save !== undefined && ended?.status === 'done') save(play.variables, step.save, ended);
  return undefined;
}

function sighting(play: Play, begun: Waiting, expected: string, actual: string, agrees: boolean): Sighting {
  return {
    subject: play.names,
    way: `${begun.way}, session ${begun.step.session}`,
    statement: begun.statement,
    expected,
    actual,
    agrees,
  };
}

function breachOf(play: Play, { step }: Waiting, expected: string, actual: string): Breach {
  return {
    says: `${step.says ?? firstLine(step.sql)}: ${actual}, expected ${expected}`,
    object: play.names,
    expected,
    actual,
    reproduce: play.script.join('\n'),
  };
}

function describeStanding(standing: Standing): string {
  switch (standing.status) {
    case 'waits':
      return `waits for ${standing.for}`;
    case 'runs':
      return `neither ends nor waits for a lock within ${slowMs / 1_000} s`;
    case 'ended':
      return `does not wait: ${endingWords(standing.ending)}`;
  }
}

function endingWords(ending: Ending): string {
  return describeEnding(ending, 'done');
}
