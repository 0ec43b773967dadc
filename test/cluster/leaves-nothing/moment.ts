import { until } from '../../../src/cluster/until.ts';
import type { Running } from '../../cli/command.ts';
import { anyKept, runFolders, serversIn } from './traces.ts';

/** When a command is killed: once something holds, or a line was written, and then within a span, at random. */
export interface Moment {
  /** Waited for without asking again and again: some phases take no longer than that. */
  readonly line?: RegExp;
  readonly holds?: (tmp: string) => boolean;
  /** Share of the command's life. */
  readonly span: number;
}

const started: Moment = { span: 0.2 };

/** Each phase of `up` and `run`: starting servers takes longest. */
const raising: readonly Moment[] = [
  started,
  { line: /^cluster: /, span: 0.7 },
  { holds: (tmp) => serversIn(tmp).some((name) => name.startsWith('replica')), span: 0.05 },
  { holds: (tmp) => serversIn(tmp).includes('pooler'), span: 0.01 },
  { line: /^migrate: /, span: 0.05 },
  { line: /^fill: /, span: 0.05 },
];

const leaving = (tmp: string) => runFolders(tmp).some((folder) => /\.gone-/.test(folder));

/** Each phase of a command, so that none is left to chance: a life takes longer when the machine has other work. */
export const moments: Readonly<Record<'up' | 'run' | 'down' | 'clean', readonly Moment[]>> = {
  up: [{ line: /^keep: /, span: 0 }, ...raising, { holds: anyKept, span: 0 }],
  run: [{ line: /^(?:proved|refuted|unproved) /, span: 0 }, ...raising],
  down: [{ holds: (tmp) => !anyKept(tmp), span: 0.1 }, { holds: leaving, span: 0.02 }, started],
  clean: [{ span: 0.9 }, { holds: leaving, span: 0.02 }],
};

/** Comes back when the moment has come, when the command has ended before, or after the limit. */
export async function reached(
  { line, holds }: Moment,
  victim: Running,
  tmp: string,
  limitMs: number,
): Promise<void> {
  if (line !== undefined) await victim.line(line).catch(() => undefined);
  const over = () => victim.child.exitCode !== null || victim.child.signalCode !== null;
  if (holds !== undefined) await until(() => over() || holds(tmp), limitMs);
}
