import { readRecord } from '../../../src/cluster/owner-record.ts';
import { runFolders } from './traces.ts';

/** When a command is killed: once something holds, and then within a span, at random. */
export interface Moment {
  readonly holds: (stderr: string, tmp: string) => boolean;
  /** Share of the command's life. */
  readonly span: number;
}

const said = (pattern: RegExp) => (stderr: string) => pattern.test(stderr);
const started: Moment = { holds: () => true, span: 0.2 };

/** Each phase of `up` and `run`: starting servers takes longest. */
const raising: readonly Moment[] = [
  started,
  { holds: said(/^cluster: /m), span: 0.7 },
  { holds: said(/^cluster: /m), span: 0.7 },
  { holds: said(/^migrate: /m), span: 0.05 },
  { holds: said(/^fill: /m), span: 0.05 },
];

const records = (tmp: string) => runFolders(tmp).map(readRecord);
const anyKept = (tmp: string) =>
  records(tmp).some((each) => each !== undefined && each !== 'unknown' && each.kept !== undefined);

/** Each phase of a command, so that none is left to chance: a life takes longer when the machine has other work. */
export const moments: Readonly<Record<'up' | 'run' | 'down' | 'clean', readonly Moment[]>> = {
  up: [...raising, { holds: said(/^keep: /m), span: 0.02 }, { holds: (_, tmp) => anyKept(tmp), span: 0 }],
  run: [...raising, { holds: said(/^(?:proved|refuted|unproved) /m), span: 0.3 }],
  down: [
    { holds: (_, tmp) => !anyKept(tmp), span: 0.1 },
    { holds: (_, tmp) => runFolders(tmp).some((folder) => /\.gone-/.test(folder)), span: 0.02 },
    started,
  ],
  clean: [
    { holds: () => true, span: 0.9 },
    { holds: (_, tmp) => runFolders(tmp).some((folder) => /\.gone-/.test(folder)), span: 0.02 },
  ],
};
