import { type ScriptResult, scriptLimitMs } from './run-script.ts';
import type { ScriptExpect } from './scenario.ts';

/** One thing that a run of a script had to show. */
export interface Finding {
  readonly what: string;
  readonly expected: string;
  readonly actual: string;
  readonly agrees: boolean;
}

/** Compares a run with everything that was expected of it. */
export function judgeRun(expect: ScriptExpect, result: ScriptResult): readonly Finding[] {
  const { exit, stdout, stderr, calls, noCalls = [], left = [], gone = [] } = expect;
  return [
    exitFinding(exit, result),
    ...(stdout === undefined ? [] : [textFinding('standard output', stdout, result.stdout)]),
    ...(stderr === undefined ? [] : [textFinding('standard error', stderr, result.stderr)]),
    ...(calls === undefined ? [] : [callsFinding(calls, result.calls)]),
    ...noCalls.map((pattern) => {
      const call = result.calls.find((each) => new RegExp(pattern, 'm').test(each));
      return {
        what: 'calls',
        expected: `no call like ${pattern}`,
        actual: call === undefined ? `no call like ${pattern}` : `called ${call}`,
        agrees: call === undefined,
      };
    }),
    ...left.map((path) => presence(path, true, result)),
    ...gone.map((path) => presence(path, false, result)),
  ];
}

function exitFinding(exit: number | 'failure', { exitCode, stderr, stdout }: ScriptResult): Finding {
  const lacking = /^.*: command not found$/m.exec(stderr)?.[0];
  const late = exitCode === 124 && stderr.includes('took longer than');
  // A script that fails because a command is not there fails for another reason than the one that was meant.
  const forOtherReason = late || (exitCode === 127 && lacking !== undefined);
  const last = (stderr.trim() || stdout.trim()).split('\n').at(-1) ?? '';
  return {
    what: 'exit code',
    expected: exit === 'failure' ? 'a failure' : `exit code ${exit}`,
    actual: late
      ? `still running after ${scriptLimitMs / 1_000} s`
      : `exit code ${exitCode}${last === '' ? '' : `, saying: ${lacking ?? last}`}`,
    agrees: exit === 'failure' ? exitCode !== 0 && !forOtherReason : exitCode === exit && !late,
  };
}

function textFinding(what: string, pattern: string, text: string): Finding {
  return {
    what,
    expected: `a match of ${pattern}`,
    actual: text.trim() === '' ? 'nothing' : tail(text),
    agrees: new RegExp(pattern, 'm').test(text),
  };
}

/** Call by call: the first that differs is told. */
function callsFinding(patterns: readonly string[], calls: readonly string[]): Finding {
  const longest = Math.max(patterns.length, calls.length);
  for (let index = 0; index < longest; index++) {
    const [pattern, call] = [patterns[index], calls[index]];
    if (pattern !== undefined && call !== undefined && new RegExp(pattern, 'm').test(call)) continue;
    return {
      what: 'calls',
      expected: `call ${index + 1}: ${pattern ?? 'none'}`,
      actual: `call ${index + 1}: ${call === undefined ? 'none was made' : `called ${call}`}`,
      agrees: false,
    };
  }
  return {
    what: 'calls',
    expected: `${patterns.length} calls`,
    actual: `${calls.length} calls`,
    agrees: true,
  };
}

function presence(path: string, there: boolean, { present }: ScriptResult): Finding {
  return {
    what: 'files',
    expected: `${path} ${there ? 'is there' : 'is gone'}`,
    actual: `${path} ${present.has(path) ? 'is there' : 'is gone'}`,
    agrees: present.has(path) === there,
  };
}

function tail(text: string): string {
  const lines = text.trim().split('\n');
  return lines.slice(-3).join(' / ');
}
