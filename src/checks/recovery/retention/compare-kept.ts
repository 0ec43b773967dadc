import type { Sighting } from '../../check.ts';
import type { ScriptResult } from '../../structure/config/script/run-script.ts';
import type { Laid } from './lay-out.ts';

/** What became of the backups against what had to. Without all of the one or the other there would be nothing to see. */
export function compareKept({ fate }: Laid, result: ScriptResult): readonly Omit<Sighting, 'statement'>[] {
  const { exitCode, present, stderr } = result;
  const all = [...fate];
  const [staying, going] = [all.filter(([, { stays }]) => stays), all.filter(([, { stays }]) => !stays)];
  const last = stderr.trim().split('\n').at(-1) ?? '';
  return [
    {
      subject: 'script',
      way: 'exit code',
      expected: 'exit code 0',
      actual: `exit code ${exitCode}${exitCode === 0 || last === '' ? '' : `, saying: ${last}`}`,
      agrees: exitCode === 0,
    },
    ...wrongly('what stays', staying, ([path]) => !present.has(path), 'gone, though'),
    ...wrongly('what goes', going, ([path]) => present.has(path), 'there still, though'),
  ];
}

function wrongly(
  way: string,
  paths: readonly (readonly [path: string, { readonly why: string }])[],
  isWrong: (each: readonly [path: string, unknown]) => boolean,
  said: string,
): readonly Omit<Sighting, 'statement'>[] {
  const wrong = paths.filter(isWrong);
  const expected = `${way}: ${paths.length} files`;
  if (wrong.length === 0) {
    return [{ subject: 'backups', way, expected, actual: expected, agrees: true, tried: paths.length }];
  }
  return wrong.map(([path, { why }]) => ({
    subject: path,
    way,
    expected: `${way}: ${path}, ${why}`,
    actual: `${said} ${why}`,
    agrees: false,
    tried: paths.length,
  }));
}
