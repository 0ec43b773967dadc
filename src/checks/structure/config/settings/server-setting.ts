import type { Session } from '../../../../cluster/session.ts';
import { literal } from '../../../access/target.ts';
import { amountOf } from './amount.ts';

/** What the server says of a setting. */
export interface ServerSetting {
  readonly name: string;
  readonly type: 'bool' | 'integer' | 'real' | 'string' | 'enum';
  readonly unit: string | null;
  readonly least: number | null;
  readonly most: number | null;
  readonly values: readonly string[];
  readonly byDefault: string | null;
  /** May be set in a session: then the server itself is asked. */
  readonly settable: boolean;
}

const statement = `
  SELECT name, vartype, unit, min_val, max_val, coalesce(enumvals, '{}') AS enumvals, boot_val,
         context IN ('user', 'superuser') AS settable
  FROM pg_catalog.pg_settings WHERE lower(name) = lower($1)`;

/** Undefined when the server knows no such setting. */
export async function serverSetting(session: Session, name: string): Promise<ServerSetting | undefined> {
  const [row] = await session.query(statement, [name]);
  if (row === undefined) return undefined;
  const number = (value: unknown) => (value === null ? null : Number(value));
  return {
    name: String(row.name),
    type: row.vartype as ServerSetting['type'],
    unit: row.unit as string | null,
    least: number(row.min_val),
    most: number(row.max_val),
    values: row.enumvals as readonly string[],
    byDefault: row.boot_val as string | null,
    settable: row.settable === true,
  };
}

/** Why the server would not take a value; undefined when it would. */
export async function refusal(
  session: Session,
  setting: ServerSetting,
  value: string,
): Promise<string | undefined> {
  const wrong = byLimits(setting, value);
  if (wrong !== undefined || !setting.settable) return wrong;
  const attempt = await session.attempt(
    `SELECT set_config(${literal(setting.name)}, ${literal(value)}, true)`,
  );
  return attempt.status === 'error' ? attempt.error.message : undefined;
}

/** By what the server tells of types and limits: most settings cannot be tried without a restart. */
function byLimits({ type, unit, least, most, values }: ServerSetting, value: string): string | undefined {
  switch (type) {
    case 'bool':
      return asBoolean(value) === undefined ? `${value} is neither on nor off` : undefined;
    case 'enum':
      // Hidden spellings, such as true for on, are not listed.
      return values.includes(value.trim().toLowerCase()) || asBoolean(value) !== undefined
        ? undefined
        : `${value} is none of ${values.join(', ')}`;
    case 'integer':
    case 'real': {
      const amount = amountOf(value, unit);
      if (amount === undefined) return `${value} is no ${unit === null ? 'number' : `amount in ${unit}`}`;
      const bare = amount / (amountOf(1, unit) ?? 1);
      if (least !== null && bare < least) return `${value} is below ${least}`;
      return most !== null && bare > most ? `${value} is above ${most}` : undefined;
    }
    case 'string':
      return undefined;
  }
}

/** As PostgreSQL reads booleans. */
export function asBoolean(value: string): boolean | undefined {
  const text = value.trim().toLowerCase();
  if (text === '') return undefined;
  if (text === '1' || text === 'on' || 'true'.startsWith(text) || 'yes'.startsWith(text)) return true;
  if (text === '0' || /^off?$/.test(text) || 'false'.startsWith(text) || 'no'.startsWith(text)) return false;
  return undefined;
}
