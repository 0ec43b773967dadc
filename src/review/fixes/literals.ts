import { type Fix, replacing } from './fix.ts';

/** A value that the enumeration does not list. Only this statement is changed: others must show the same by themselves. */
export const enumValue: Fix = {
  id: 'enum-value',
  sqlstates: ['22P02'],
  async propose(failure, { query }) {
    const [, type = '', value = ''] =
      /^invalid input value for enum (\S+): "(.*)"$/.exec(failure.refusal.message) ?? [];
    if (type === '') return undefined;
    const [schema, name] = type.includes('.')
      ? type.replaceAll('"', '').split('.')
      : [null, type.replaceAll('"', '')];
    const rows = await query(
      `SELECT e.enumlabel AS label FROM pg_catalog.pg_enum e JOIN pg_catalog.pg_type t ON t.oid = e.enumtypid
         JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
        WHERE t.typname = $1 AND ($2::text IS NULL OR n.nspname = $2) ORDER BY e.enumsortorder`,
      [name, schema],
    );
    const labels = rows.map(({ label }) => String(label));
    const [first] = labels;
    if (first === undefined || !failure.text.includes(quoted(value))) return undefined;
    return replacing(
      failure,
      failure.text.replaceAll(quoted(value), quoted(first)),
      `${type} has ${labels.join(', ')}: use one of these, or add '${value}' to the type`,
    );
  },
};

const samples: Readonly<Record<string, string>> = {
  uuid: '00000000-0000-0000-0000-000000000000',
  integer: '0',
  bigint: '0',
  numeric: '0',
  date: '2000-01-01',
  timestamp: '2000-01-01',
  'timestamp with time zone': '2000-01-01',
};

/** A placeholder such as 'org_123' where the column is of another type. */
export const literalType: Fix = {
  id: 'literal-of-another-type',
  sqlstates: ['22P02', '22007'],
  async propose(failure) {
    const [, type = '', value = ''] =
      /^invalid input syntax for type (.+?): "(.*)"$/.exec(failure.refusal.message) ?? [];
    const sample = samples[type];
    if (sample === undefined || !failure.text.includes(quoted(value))) return undefined;
    return replacing(
      failure,
      failure.text.replaceAll(quoted(value), quoted(sample)),
      `'${value}' is no ${type}: use a value of the column's type, or a parameter`,
    );
  },
};

function quoted(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
