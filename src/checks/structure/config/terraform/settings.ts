import type { CheckContext } from '../../../check.ts';
import type { Looked } from '../../looked.ts';
import { amountOf } from '../settings/amount.ts';
import { describeValue, isExpected } from '../settings/expected-value.ts';
import { serverSetting } from '../settings/server-setting.ts';
import { show, valuesAt } from './path.ts';

/** Blocks of name and value that hold the server's settings, compared with those of the design, both ways. */
export async function* lookAtSettings(
  { session, design }: CheckContext,
  { node, resource, file }: { readonly node: unknown; readonly resource: string; readonly file: string },
  { block, except = [] }: { readonly block: string; readonly except?: readonly string[] | undefined },
): AsyncGenerator<Looked, void, void> {
  const memory = design.tier === undefined ? undefined : amountOf(design.tier.memory, 'B');
  const described = new Map(
    valuesAt(node, block).map((each) => [show(valuesAt(each, 'name')[0]), valuesAt(each, 'value')[0]]),
  );
  const declared = design.postgres.settings;
  const names = new Set([...Object.keys(declared), ...described.keys()]);
  for (const name of [...names].filter((each) => !except.includes(each))) {
    const known = await serverSetting(session, name);
    const kind = known ?? { type: 'string' as const, unit: null };
    const given = described.has(name) ? computed(show(described.get(name)), memory) : undefined;
    const wanted = declared[name] === undefined ? undefined : String(declared[name]);
    const agrees = given !== undefined && wanted !== undefined && isExpected(given, wanted, kind, memory);
    const expected = wanted ?? 'not there, as in the design';
    const actual = given === undefined ? 'not there' : describeValue(given, undefined, kind, memory);
    yield {
      subject: `${name} in ${resource}`,
      at: `${file}: ${block}`,
      expected,
      actual,
      wrong: agrees
        ? undefined
        : {
            says: `${file} gives the server other settings than the design: ${name} is ${actual}, expected ${expected}`,
            object: `${name} of ${resource} in file ${file}`,
          },
    };
  }
}

/** Amazon's formulas: `{DBInstanceClassMemory*3/32768}` is a share of the machine's bytes. */
function computed(value: string, memory: number | undefined): string {
  const [, times = '1', by = '1'] =
    /^\{DBInstanceClassMemory(?:\*(\d+))?(?:\/(\d+))?\}$/.exec(value.trim()) ?? [];
  const formula = value.trim().startsWith('{DBInstanceClassMemory');
  return formula && memory !== undefined ? String(Math.floor((memory * Number(times)) / Number(by))) : value;
}
