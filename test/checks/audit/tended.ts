import { type ValidDesign, validateDesign } from '../../../src/design/validate.ts';
import { type AccessRules, type AuditRules, auditClaims } from '../../../src/index.ts';
import type { Bench } from '../../../src/scenarios/trial.ts';
import type { Stand } from '../hostile/bench.ts';
import { sql } from '../hostile/breach.ts';
import { hostile } from '../hostile/design.ts';
import { access, inSchema, audit as plain } from '../hostile/rules.ts';

/** A partitioned table that is audited, whose rows go with a book and outlive their writer. */
const tables = sql(`
CREATE TABLE {S}."bo ok" ("i d" uuid PRIMARY KEY, "ti tle" text);
CREATE TABLE {S}."no te" (
  id uuid NOT NULL, "mon th" date NOT NULL, "te xt" text NOT NULL,
  "in book" uuid NOT NULL REFERENCES {S}."bo ok" ON DELETE CASCADE,
  "wri ter" uuid REFERENCES {S}."user" ON DELETE SET NULL,
  "len'gth" integer GENERATED ALWAYS AS (length("te xt")) STORED,
  PRIMARY KEY (id, "mon th")
) PARTITION BY RANGE ("mon th");
CREATE TABLE {S}."no te 'a'" PARTITION OF {S}."no te" FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
CREATE TABLE {S}."no te 'b'" PARTITION OF {S}."no te" FOR VALUES FROM ('2024-02-01') TO ('2024-03-01');
INSERT INTO {S}."bo ok" SELECT md5('book ' || n)::uuid, 'a book' FROM generate_series(1, 2) AS n;
INSERT INTO {S}."no te" (id, "mon th", "te xt", "in book", "wri ter")
  SELECT md5('note ' || n)::uuid, '2024-01-15'::date + 31 * (n % 2), E'tab\\there, "quote", back\\\\slash\\n' || n,
    md5('book ' || (1 + n % 2))::uuid, (SELECT min("i d"::text)::uuid FROM {S}."user")
  FROM generate_series(1, 6) AS n;
CREATE TRIGGER "au dit" AFTER INSERT OR UPDATE OR DELETE ON {S}."no te"
  FOR EACH ROW EXECUTE FUNCTION log."re cord"('id');
CREATE TRIGGER "au dit truncate" AFTER TRUNCATE ON {S}."no te"
  FOR EACH STATEMENT EXECUTE FUNCTION log."re cord"('id');
`);

const nobody = { says: 'Nobody may.', never: 'privilege' } as const;
const closed = (table: string, key: readonly string[]): AccessRules => ({
  table,
  key,
  select: nobody,
  insert: nobody,
  update: nobody,
  delete: nobody,
});

const audit: AuditRules = {
  ...plain,
  // The trigger of a partition gives the name of the partition.
  trail: {
    ...plain.trail,
    tableName: `CASE WHEN record."table" LIKE 'no te%' THEN 'no te' ELSE record."table" END`,
  },
  tables: [
    ...plain.tables,
    {
      table: inSchema('"no te"'),
      name: 'no te',
      key: 'id',
      says: 'Each change of a note is recorded.',
      secret: [],
      ignored: [],
      change: { column: 'te xt', to: `"row"."te xt" || 'x'` },
      triggers: ['au dit', 'au dit truncate'],
    },
  ],
};

const design: ValidDesign = validateDesign(
  {
    ...hostile,
    access: [...access, closed(inSchema('"no te"'), ['id', 'mon th']), closed(inSchema('"bo ok"'), ['i d'])],
    audit,
    claims: auditClaims(audit, { prefix: 'hostile', file: 'hostile.md', controls: [] }, [1, 1]),
  },
  import.meta.filename,
);

/** A copy of the hostile database with the notes in it, changed by `breach`. */
export function withNotes<T>(
  stand: Stand,
  work: (bench: Bench) => Promise<T>,
  breach = 'SELECT',
): Promise<T> {
  return stand.withCopy((bench) => work({ ...bench, design }), `${tables}; ${sql(breach)}`);
}
