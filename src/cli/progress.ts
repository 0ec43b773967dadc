import { createLogUpdate } from 'log-update';
import pc from 'picocolors';
import type { Verdict } from '../evidence/verdict.ts';
import type { RunEvent } from '../scenarios/events.ts';
import { colorOf } from './output.ts';

export interface Progress {
  readonly onEvent: (event: RunEvent) => void;
  /** One line that stays, unless quiet. */
  readonly note: (text: string) => void;
  readonly done: () => void;
}

/** Progress on standard error: a live list on a terminal, a line for each thing done elsewhere, nothing when quiet. */
export function progress(quiet: boolean): Progress {
  if (quiet) return { onEvent: () => {}, note: () => {}, done: () => {} };
  const note = (text: string) => void process.stderr.write(`${text}\n`);
  if (process.stderr.isTTY !== true || process.env.TERM === 'dumb') {
    return { onEvent: (event) => plainLine(event, note), note, done: () => {} };
  }
  return liveList(note);
}

function plainLine(event: RunEvent, note: (text: string) => void): void {
  if (event.type === 'planned') note(`run ${event.run}: ${event.claims} claims`);
  else if (event.type === 'phase')
    note(`${event.name}${event.detail === undefined ? '' : `: ${event.detail}`}`);
  else if (event.type === 'claim-progress') note(`         ${event.claim}: ${event.says}`);
  else if (event.type === 'claim-ended') {
    const reason = event.reason === undefined ? '' : `: ${event.reason}`;
    note(`${event.verdict.padEnd(8)} ${event.claim} (${(event.milliseconds / 1000).toFixed(1)} s)${reason}`);
  }
}

function liveList(note: (text: string) => void): Progress {
  const colors = pc.createColors(colorOf(process.stderr));
  const live = createLogUpdate(process.stderr);
  /** What each claim that is being checked says of itself. */
  const running = new Map<string, string>();
  const counts: Record<Verdict, number> = { proved: 0, refuted: 0, unproved: 0 };
  let claims = 0;
  let phase = '';
  const draw = () => {
    const done = counts.proved + counts.refuted + counts.unproved;
    const tally = [
      `${done}/${claims} claims`,
      colors.green(`${counts.proved} proved`),
      ...(counts.refuted > 0 ? [colors.red(`${counts.refuted} refuted`)] : []),
      ...(counts.unproved > 0 ? [colors.yellow(`${counts.unproved} unproved`)] : []),
    ];
    live(
      [
        phase,
        ...[...running].map(([claim, says]) => `  ${colors.dim('checking')} ${claim} ${colors.dim(says)}`),
        ...(done > 0 ? [tally.join(', ')] : []),
      ].join('\n'),
    );
  };
  const onEvent = (event: RunEvent) => {
    if (event.type === 'planned') claims = event.claims;
    else if (event.type === 'phase')
      phase = `${event.name}${event.detail === undefined ? '' : colors.dim(` ${event.detail}`)}`;
    else if (event.type === 'claim-started') {
      phase = 'checks';
      running.set(event.claim, '');
    } else if (event.type === 'claim-progress') running.set(event.claim, event.says);
    else {
      running.delete(event.claim);
      counts[event.verdict]++;
    }
    draw();
  };
  return { onEvent, note, done: () => live.clear() };
}
