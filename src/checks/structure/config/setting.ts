import { z } from 'zod';
import type { ValidDesign } from '../../../design/validate.ts';
import type { Breach } from '../../../evidence/model.ts';
import type { Fault } from '../../../faults/fault.ts';
import { faults } from '../../../faults/index.ts';
import { parseIni } from '../../../parsers/ini.ts';
import { judge } from '../../access/table-check.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../../check.ts';
import { amountOf } from './settings/amount.ts';
import { describeExpected, describeValue, ExpectedValue, isExpected } from './settings/expected-value.ts';
import { asBoolean, refusal, type ServerSetting, serverSetting } from './settings/server-setting.ts';

const parameters = z.strictObject({
  kind: z.string(),
  name: z.string(),
  is: ExpectedValue.optional(),
  /** Default: postgres. */
  in: z.enum(['postgres', 'pooler']).optional(),
});
type Parameters = z.infer<typeof parameters>;

const poolerFile = 'pgbouncer.ini';

/** A setting of the design, against what the document means it to be. */
export const structureSetting = defineCheck({
  kind: 'structure.setting',
  family: 'structure',
  says: 'a setting has the value that the document means, in the unit of the server, and the server takes it',
  parameters,
  needs: ['superuser'],
  tables: () => [],
  run: runSetting,
  faults: ({ design }, given) => others(design, given).map((value) => changed(given, value)),
});

async function* runSetting(
  { session, design }: CheckContext,
  given: Parameters,
): AsyncGenerator<Sighting, Judgement, void> {
  const { name, is } = given;
  const declared = declaredValue(design, given);
  const known = given.in === 'pooler' ? undefined : await serverSetting(session, name);
  const kind: Pick<ServerSetting, 'type' | 'unit'> = known ?? { type: kindOf(is), unit: null };
  const memory = design.tier === undefined ? undefined : amountOf(design.tier.memory, 'B');
  const expected =
    is === undefined ? 'declared, and taken by the server' : describeExpected(is, kind, memory);
  const wrong =
    declared === undefined
      ? 'is not declared'
      : given.in !== 'pooler' && known === undefined && !name.includes('.')
        ? 'is not known to the server'
        : known === undefined
          ? undefined
          : await refusal(session, known, declared);
  const actual =
    declared === undefined || wrong !== undefined ? (wrong ?? '') : describeValue(declared, is, kind, memory);
  const agrees =
    wrong === undefined &&
    declared !== undefined &&
    (is === undefined || isExpected(declared, is, kind, memory));
  yield {
    subject: name,
    way: 'settings of the design',
    statement: `${name} = ${declared ?? ''}`,
    expected,
    actual,
    agrees,
  };
  const breach: Breach = {
    says: `${name} ${wrong === undefined || declared === undefined ? '' : `= ${declared}: `}${wrong === undefined ? `is ${actual}, not ${expected}` : wrong}`,
    object: `setting ${name}`,
    expected,
    actual,
    ...(given.in === 'pooler'
      ? {}
      : {
          reproduce: `SELECT name, unit, min_val, max_val, enumvals FROM pg_settings WHERE name = '${name.replaceAll("'", "''")}';`,
        }),
  };
  return judge(agrees ? [] : [breach], []);
}

function declaredValue(design: ValidDesign, { name, in: where }: Parameters): string | undefined {
  if (where === 'pooler') return parseIni(design.config[poolerFile] ?? '').value('pgbouncer', name);
  const entry = Object.entries(design.postgres.settings).find(
    ([each]) => each.toLowerCase() === name.toLowerCase(),
  );
  return entry === undefined ? undefined : String(entry[1]);
}

/** A setting that the server does not tell about is compared as a number when one is expected. */
function kindOf(is: ExpectedValue | undefined): ServerSetting['type'] {
  return typeof is === 'object' || amountOf(String(is), null) !== undefined ? 'real' : 'string';
}

/** Values that must be noticed: none at all, and one that is wrong. */
function others(design: ValidDesign, given: Parameters): readonly (string | null)[] {
  const declared = declaredValue(design, given);
  if (declared === undefined) return [null];
  const [, digits, unit] = /^\s*(-?\d+(?:\.\d+)?)\s*([A-Za-z]*)\s*$/.exec(declared) ?? [];
  if (given.is === undefined) return [null];
  if (digits !== undefined) {
    const number = Number(digits);
    const less = typeof given.is === 'object' && 'atLeast' in given.is;
    const other = number === 0 ? 1 : less ? Math.floor(number / 8) : number * 8;
    return [null, `${other}${unit}`];
  }
  const truth = asBoolean(declared);
  return truth === undefined ? [null] : [null, truth ? 'off' : 'on'];
}

function changed({ name, in: where }: Parameters, value: string | null): Fault {
  return where === 'pooler'
    ? faults['ini-changed'](poolerFile, 'pgbouncer', name, value)
    : faults['setting-changed'](name, value);
}
