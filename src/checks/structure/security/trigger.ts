import { z } from 'zod';
import { leafPartitionsOf, triggersOf } from '../../../catalog/index.ts';
import type { Fault } from '../../../faults/fault.ts';
import { faults } from '../../../faults/index.ts';
import { ident, literal } from '../../access/target.ts';
import { type CheckContext, defineCheck } from '../../check.ts';
import { type Look, tell } from '../looked.ts';
import { relationThere } from '../relation-there.ts';

const parameters = z.strictObject({
  kind: z.string(),
  table: z.string(),
  /** Absent: whatever it is called. */
  trigger: z.string().optional(),
  events: z.array(z.enum(['insert', 'update', 'delete', 'truncate'])).min(1),
  timing: z.enum(['before', 'after', 'instead of']),
  /** `schema.name`, with or without `()`. */
  function: z.string().optional(),
  /** The columns to which its UPDATE is limited; absent: none. */
  columns: z.array(z.string()).min(1).optional(),
  /** Whether a WHEN limits it. */
  when: z.boolean().optional(),
});
type Claim = z.infer<typeof parameters>;

/** Enabled triggers of the table and of each partition that holds rows; bits of tgtype as pg_trigger.h has them. */
const statement = `
  WITH relation AS (
    SELECT $1::text::regclass::oid AS oid
    UNION SELECT relid FROM pg_partition_tree($1::text::regclass) WHERE isleaf
  )
  SELECT r.oid::regclass::text AS relation, t.tgname AS name, t.tgenabled IN ('O', 'A') AS enabled,
         CASE WHEN t.tgtype & 64 <> 0 THEN 'instead of' WHEN t.tgtype & 2 <> 0 THEN 'before' ELSE 'after' END AS timing,
         array_remove(ARRAY[CASE WHEN t.tgtype & 4 <> 0 THEN 'insert' END, CASE WHEN t.tgtype & 16 <> 0 THEN 'update' END,
                            CASE WHEN t.tgtype & 8 <> 0 THEN 'delete' END, CASE WHEN t.tgtype & 32 <> 0 THEN 'truncate' END],
                      NULL) AS events,
         t.tgqual IS NOT NULL AS limited,
         ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute AS a
               WHERE a.attrelid = t.tgrelid AND a.attnum = ANY (t.tgattr) ORDER BY a.attname) AS columns,
         t.tgfoid = to_regproc($2) AS "isFunction", t.tgfoid::regproc::text AS function
  FROM relation AS r LEFT JOIN pg_catalog.pg_trigger AS t ON t.tgrelid = r.oid AND NOT t.tgisinternal
  ORDER BY r.oid <> $1::text::regclass, 1, t.tgname`;

interface Found {
  readonly relation: string;
  readonly name: string | null;
  readonly enabled: boolean;
  readonly timing: string;
  readonly events: readonly string[];
  /** By a WHEN. */
  readonly limited: boolean;
  readonly columns: readonly string[];
  readonly isFunction: boolean | null;
  readonly function: string;
}

/** A trigger acts on the table, and on rows that are written to a partition by name. */
export const structureTrigger = defineCheck({
  kind: 'structure.trigger',
  family: 'structure',
  says: 'an enabled trigger of that timing and function acts on each event, on every partition too; no WHEN or column list limits it further',
  parameters,
  needs: ['superuser'],
  tables: ({ table }) => [table],
  run: (context, claim) => tell(context, look(context, claim)),
  faults: triggerFaults,
});

/** For each event, all triggers of that kind are disabled: another of them would act instead. */
function triggerFaults({ catalog }: CheckContext, claim: Claim): readonly Fault[] {
  const { table } = claim;
  const groups = new Map<string, readonly string[]>();
  for (const event of claim.events) {
    const names = triggersOf(catalog, table)
      .filter(
        (trigger) =>
          (claim.trigger === undefined || trigger.name === claim.trigger) &&
          trigger.timing.toLowerCase() === claim.timing &&
          trigger.events.some((each) => each.toLowerCase() === event),
      )
      .map(({ name }) => name);
    groups.set(names.join('\n'), names);
  }
  const leaf = leafPartitionsOf(catalog, table).find(({ identity }) =>
    triggersOf(catalog, identity).some(({ name }) => [...groups.values()].flat().includes(name)),
  );
  const own =
    leaf &&
    triggersOf(catalog, leaf.identity).filter(({ name }) => [...groups.values()].flat().includes(name));
  return [
    ...[...groups.values()].flatMap((names) => {
      const [only] = names;
      if (only === undefined) return [];
      if (names.length === 1) return [faults['trigger-disabled'](table, only)];
      const statement = names.map((name) => `ALTER TABLE ${table} DISABLE TRIGGER ${ident(name)}`).join('; ');
      const object = `triggers ${names.map(ident).join(', ')} on ${table}`;
      return [faults.sql(object, `${object} are disabled`, statement)];
    }),
    ...(leaf === undefined || own === undefined
      ? []
      : [
          faults.sql(
            `triggers of ${leaf.identity}`,
            `the triggers of partition ${leaf.identity} are disabled`,
            own.map(({ name }) => `ALTER TABLE ${leaf.identity} DISABLE TRIGGER ${ident(name)}`).join('; '),
          ),
        ]),
  ];
}

async function* look({ session }: CheckContext, claim: Claim): Look {
  const { table } = claim;
  const missing = await relationThere(session, table);
  if (missing !== undefined) {
    yield missing;
    return [];
  }
  const name = claim.function?.replace(/\(\s*\)\s*$/, '') ?? null;
  const rows = (await session.query(statement, [table, name])) as unknown as Found[];
  for (const relation of new Set(rows.map((row) => row.relation))) {
    const own = rows.filter((row) => row.relation === relation && row.name !== null);
    const named = own.filter(
      (row) => claim.trigger === undefined || isNamed(row, claim.trigger, relation, rows),
    );
    const right = named.filter(
      (row) =>
        row.enabled &&
        row.timing === claim.timing &&
        (name === null || row.isFunction === true) &&
        (!row.limited || claim.when === true),
    );
    const open = claim.events.filter((event) => !right.some((row) => actsOn(row, event, claim)));
    const what = claim.trigger === undefined ? 'a trigger' : `trigger ${ident(claim.trigger)}`;
    yield {
      subject: relation,
      at: 'pg_trigger',
      expected: `${what} ${claim.timing} ${claim.events.join(', ')}${name === null ? '' : ` that runs ${name}`}`,
      actual: named.length === 0 ? 'no such trigger' : named.map(textOf).join('; '),
      wrong:
        open.length === 0
          ? undefined
          : {
              says: `no ${claim.trigger === undefined ? '' : `enabled ${what} acts`}${claim.trigger === undefined ? 'enabled trigger acts' : ''} ${claim.timing} ${open.join(', ')} on ${relation}${name === null ? '' : ` and runs ${name}`}`,
              object: `${claim.trigger === undefined ? `trigger ${claim.timing} ${open.join(', ')}` : what} on ${relation}`,
              reproduce: `SELECT tgname, tgenabled, pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = ${literal(relation)}::regclass AND NOT tgisinternal;`,
            },
    };
  }
  return [];
}

/** A list of columns, which an UPDATE alone can have, lets changes go by that the claim does not. */
function actsOn({ events, columns }: Found, event: string, claim: Claim): boolean {
  if (!events.includes(event)) return false;
  const allowed = new Set(claim.columns ?? []);
  return (
    event !== 'update' || (columns.length === allowed.size && columns.every((name) => allowed.has(name)))
  );
}

/** A partition's own trigger may be called otherwise: that it runs the same function is what counts there. */
function isNamed(row: Found, trigger: string, relation: string, rows: readonly Found[]): boolean {
  if (row.name === trigger) return true;
  const parent = rows.find((each) => each.name === trigger);
  return parent !== undefined && parent.relation !== relation && parent.function === row.function;
}

function textOf({ name, enabled, timing, events, limited, columns, function: run }: Found): string {
  const of = columns.length === 0 ? '' : ` of ${columns.join(', ')}`;
  const when = limited ? ' when a condition holds' : '';
  return `${ident(name ?? '')} ${timing} ${events.join(', ')}${of}${when} runs ${run}${enabled ? '' : ', disabled'}`;
}
