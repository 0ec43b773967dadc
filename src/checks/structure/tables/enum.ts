import { z } from 'zod';
import type { Session } from '../../../cluster/session.ts';
import { faults } from '../../../faults/index.ts';
import { ident, literal } from '../../access/target.ts';
import { type CheckContext, defineCheck } from '../../check.ts';
import { type Look, type Looked, tell } from '../looked.ts';
import { acceptedValues } from './accepted-values.ts';

const values = z.array(z.string()).min(1);
const ofType = z.strictObject({ kind: z.string(), type: z.string(), values });
const ofColumn = z.strictObject({ kind: z.string(), table: z.string(), column: z.string(), values });
const parameters = z.union([ofType, ofColumn]);
type Claim = z.infer<typeof parameters>;
type ColumnClaim = z.infer<typeof ofColumn>;

/** An enum has exactly these labels, or a column takes exactly these values. */
export const structureEnum = defineCheck<Claim>({
  kind: 'structure.enum',
  family: 'structure',
  says: 'the enum has exactly these labels, in this order; the column takes exactly these values',
  parameters,
  needs: ['superuser'],
  tables: (claim) => ('table' in claim ? [claim.table] : []),
  run: (context, claim) =>
    tell(context, 'table' in claim ? lookAtColumn(context, claim) : lookAtType(context, claim)),
  faults: (_, claim) => {
    const [first = ''] = claim.values;
    if ('type' in claim) return [faults['enum-value-renamed'](claim.type, first)];
    return [
      faults['all-dropped'](`check of values on ${claim.table}.${ident(claim.column)}`, (session) =>
        valueRules(session, claim, first),
      ),
    ];
  },
});

const labels = `
  SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder) AS labels
  FROM pg_catalog.pg_type AS t LEFT JOIN pg_catalog.pg_enum AS e ON e.enumtypid = t.oid
  WHERE t.oid = to_regtype($1) AND t.typtype = 'e' GROUP BY t.oid`;

async function* lookAtType({ session }: CheckContext, claim: z.infer<typeof ofType>): Look {
  const [row] = await session.query(labels, [claim.type]);
  const found = row?.labels as readonly string[] | undefined;
  const expected = claim.values.join(', ');
  const actual = found === undefined ? 'no such enum' : found.join(', ');
  yield {
    subject: claim.type,
    at: 'pg_enum.enumlabel',
    expected,
    actual,
    wrong:
      found !== undefined && actual === expected
        ? undefined
        : {
            says:
              found === undefined
                ? `there is no enum ${claim.type}`
                : `${claim.type} ${differenceOf(found, claim.values)}`,
            object: `type ${claim.type}`,
            reproduce: `SELECT enumlabel FROM pg_enum WHERE enumtypid = to_regtype(${literal(claim.type)}) ORDER BY enumsortorder;`,
          },
  };
  return [];
}

function differenceOf(found: readonly string[], wanted: readonly string[]): string {
  const lacks = wanted.filter((value) => !found.includes(value));
  const more = found.filter((value) => !wanted.includes(value));
  if (lacks.length + more.length === 0) return 'has its labels in another order';
  return [
    ...(lacks.length > 0 ? [`lacks ${lacks.join(', ')}`] : []),
    ...(more.length > 0 ? [`also has ${more.join(', ')}`] : []),
  ].join(', ');
}

async function* lookAtColumn({ session }: CheckContext, claim: ColumnClaim): Look {
  const { table, column } = claim;
  const name = `${table}.${ident(column).replace(/^"([a-z_][a-z0-9_]*)"$/, '$1')}`;
  const tried = await acceptedValues(session, table, column, claim.values);
  const expected = `exactly ${claim.values.join(', ')}`;
  if (typeof tried === 'string') {
    const says = `${name}: ${tried}`;
    yield {
      subject: name,
      at: 'pg_attribute',
      expected,
      actual: tried,
      wrong: { says, object: `column ${name}` },
    };
    return [];
  }
  const refused = tried.filter(({ value, error }) => claim.values.includes(value) && error !== undefined);
  const taken = tried.filter(({ value, error }) => !claim.values.includes(value) && error === undefined);
  const by = [...new Set(refused.flatMap(({ constraint }) => constraint ?? []))];
  yield {
    subject: name,
    at: `INSERT of ${tried.map(({ value }) => literal(value)).join(', ')} under the constraints of the column`,
    expected,
    actual: tried.flatMap(({ value, error }) => (error === undefined ? [value] : [])).join(', ') || 'nothing',
    wrong:
      refused.length + taken.length === 0
        ? undefined
        : {
            says: [
              ...(refused.length > 0
                ? [
                    `${name} refuses ${refused.map(({ value }) => literal(value)).join(', ')}: ${refused[0]?.error}`,
                  ]
                : []),
              ...(taken.length > 0
                ? [
                    `${name} takes ${taken.map(({ value }) => literal(value)).join(', ')}, which the claim does not list`,
                  ]
                : []),
            ].join('; '),
            object: by.length > 0 ? `constraint ${by.join(', ')} on ${table}` : `values of ${name}`,
            reproduce: `SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = ${literal(table)}::regclass AND contype = 'c';`,
          },
  };
  const doing = await tryOnRow(session, claim, name);
  if (doing !== undefined) yield doing;
  return [];
}

/** A value that is not listed, given to a real row; undefined where that was not decided, or there is no row. */
async function tryOnRow(session: Session, claim: ColumnClaim, name: string): Promise<Looked | undefined> {
  const column = ident(claim.column);
  const statement = `UPDATE ${claim.table} SET ${column} = 'pgattest?' WHERE (tableoid, ctid) = (SELECT tableoid, ctid FROM ${claim.table} LIMIT 1)`;
  const attempt = await session.undone(async () => {
    // The constraint alone is asked: a trigger might refuse the change before it.
    await session.script('SET LOCAL session_replication_role = replica');
    return session.attempt(`${statement} RETURNING rtrim(${column}::text) = 'pgattest?' AS taken`);
  });
  const refused = attempt.status === 'error' && /^(23514|22P02|22001)$/.test(attempt.error.sqlstate);
  const taken = attempt.status === 'done' && attempt.rows.some((row) => row.taken === true);
  // A trigger that is always on, or a rule, came first: it refused for a reason of its own, or put the old value back.
  if (!refused && !taken) return undefined;
  return {
    subject: name,
    at: statement,
    expected: '23514',
    actual: attempt.status === 'done' ? 'done' : `${attempt.error.sqlstate}: ${attempt.error.message}`,
    wrong: refused
      ? undefined
      : {
          says: `a row of ${claim.table} can be given 'pgattest?' as its ${claim.column}`,
          object: `values of ${name}`,
          reproduce: `BEGIN; SET LOCAL session_replication_role = replica; ${statement}; ROLLBACK;`,
        },
  };
}

/** SQL that takes away what limits the column: its constraints, or for an enum the value. */
async function valueRules(
  session: Session,
  { table, column }: ColumnClaim,
  value: string,
): Promise<string[]> {
  const rows = await session.query(
    `SELECT o.conname AS name, t.oid::regtype::text AS type FROM pg_catalog.pg_attribute AS a
     JOIN pg_catalog.pg_type AS b ON b.oid = a.atttypid
     LEFT JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid AND t.typtype = 'e'
     LEFT JOIN pg_catalog.pg_constraint AS o
       ON o.contype = 'c' AND (o.conrelid = a.attrelid AND a.attnum = ANY (o.conkey))
     WHERE a.attrelid = $1::text::regclass AND a.attname = $2`,
    [table, column],
  );
  return rows.flatMap(({ name, type }) => [
    ...(name == null ? [] : [`ALTER TABLE ${table} DROP CONSTRAINT ${ident(String(name))} CASCADE`]),
    ...(type == null ? [] : [`ALTER TYPE ${String(type)} RENAME VALUE ${literal(value)} TO 'pgattest odd'`]),
  ]);
}
