import { z } from 'zod';
import type { Identity } from '../../../cluster/session.ts';
import type { Fault } from '../../../faults/fault.ts';
import { faults } from '../../../faults/index.ts';
import { FaultSpec } from '../../../faults/spec.ts';
import { ident, identityOf, literal, loginSettings } from '../../access/target.ts';
import { type CheckContext, defineCheck } from '../../check.ts';
import { specFaults } from '../behaviour/steps/spec-faults.ts';
import { type Look, tell } from '../looked.ts';
import { lookAtCases, QueryCase } from './query-cases.ts';
import { indexesOfUse, planUses, type Use, useText, withoutExplain } from './query-plan.ts';
import { renames } from './query-relations.ts';

const fields = z.strictObject({
  kind: z.string(),
  sql: z.string().optional(),
  /** Instead of `sql`: a file of the design's `config` that holds the query. */
  file: z.string().optional(),
  /** Bound as $1, …: text, or an SQL expression in parentheses. */
  values: z.array(z.string().nullable()).optional(),
  /** An actor, through the request role; absent: the superuser. */
  as: z.string().optional(),
  role: z.string().optional(),
  uses: z
    .array(
      z.strictObject({
        table: z.string(),
        columns: z.array(z.string()).min(1).optional(),
        index: z.string().optional(),
      }),
    )
    .min(1)
    .optional(),
  /** What it answers, in states that are brought about. */
  cases: z.array(QueryCase).min(1).optional(),
  says: z.string().optional(),
  /** Counterexamples beside those of the check's own. */
  without: z.array(FaultSpec).min(1).optional(),
});
const parameters = fields.refine(({ sql, file }) => (sql === undefined) !== (file === undefined), {
  message: 'needs either sql or file',
});
type Claim = z.infer<typeof parameters>;

/** A query of the document runs, and finds its rows by the indexes that were made for it. */
export const structureQuery = defineCheck({
  kind: 'structure.query',
  family: 'structure',
  says: 'the query runs without error, answers as it should, and reads the tables by the indexes that are claimed',
  parameters,
  needs: ['superuser'],
  tables: ({ uses = [] }) => uses.map(({ table }) => table),
  run: (context, claim) => tell(context, look(context, claim)),
  faults: (context, claim) => [...ownFaults(context, claim), ...specFaults(claim.without ?? [])],
});

function ownFaults(context: CheckContext, claim: Claim): readonly Fault[] {
  if (claim.uses !== undefined) {
    return claim.uses.map((use) =>
      faults['all-dropped'](`index ${useText(use)}`, (session) => drops(session, use)),
    );
  }
  const read = renames(textOf(context, claim) ?? '', context.design.schemas);
  return [faults['all-renamed'](`what is read by ${nameOf(claim)}`, read)];
}

async function drops(session: CheckContext['session'], use: Use): Promise<readonly string[]> {
  const all = await indexesOfUse(session, use);
  return [...new Set(all.filter(({ serves }) => serves).map(({ drop }) => drop))];
}

function nameOf({ says, file, sql = '' }: Claim): string {
  return says ?? file ?? sql.trim().split('\n')[0] ?? '';
}

/** Undefined when there is no such file. */
function textOf({ design }: CheckContext, { sql, file }: Claim): string | undefined {
  const text = file === undefined ? sql : design.config[file];
  return text?.trim().replace(/;\s*$/, '');
}

function absent(subject: string, at: string) {
  return { subject, at, expected: 'a query', actual: 'no such file' };
}

async function* look(context: CheckContext, claim: Claim): Look {
  const { session } = context;
  const name = nameOf(claim);
  const sql = textOf(context, claim);
  if (sql === undefined) {
    const says = `there is no file ${claim.file}`;
    yield { ...absent(name, claim.file ?? ''), wrong: { says, object: `file ${claim.file}` } };
    return [];
  }
  const identity = identityFor(context, claim);
  const values = await valuesOf(context, claim);
  const attempt = await session.undone(async () => {
    if (identity !== undefined) await session.become(identity);
    return session.attempt(sql, values);
  });
  const who = claim.as ?? claim.role ?? 'the superuser';
  const error = attempt.status === 'error' ? attempt.error : undefined;
  yield {
    subject: name,
    at: sql,
    expected: `runs, as ${who}`,
    actual:
      attempt.status === 'done'
        ? `${attempt.count} rows`
        : `${attempt.error.sqlstate}: ${attempt.error.message}`,
    wrong: error && {
      says: `a query fails: ${error.message} (${error.sqlstate})`,
      object: `query ${name}`,
      reproduce: asIdentity(identity, runnable(sql, values)),
    },
  };
  if (error !== undefined) return [];
  yield* lookAtCases(context, { name, sql: inlined(sql, values), identity }, claim.cases ?? []);
  for (const use of claim.uses ?? []) {
    const plan = await planUses(session, { sql, values, identity }, use, claim.uses ?? []);
    yield {
      subject: useText(use),
      at: `EXPLAIN ${sql}`,
      expected: `an index scan of ${useText(use)} with an index condition`,
      actual: plan.actual,
      wrong: plan.uses
        ? undefined
        : {
            says: `a query reads ${use.table} without an index ${useText(use)}: ${plan.actual}`,
            object: `index ${useText(use)}`,
            reproduce: asIdentity(
              identity,
              `SET LOCAL enable_seqscan = off; EXPLAIN ${runnable(withoutExplain(sql), values)}`,
            ),
          },
    };
  }
  return [];
}

function identityFor(context: CheckContext, { as, role }: Claim): Identity | undefined {
  if (as !== undefined) {
    const actor = context.actors.find(({ name }) => name === as);
    if (actor === undefined) throw new Error(`no actor ${as}`);
    return identityOf(context, actor);
  }
  return role === undefined ? undefined : { role, settings: loginSettings(context.catalog, role) };
}

/** What is bound: an expression in parentheses is asked of the database, as the superuser. */
async function valuesOf(
  { session }: CheckContext,
  { values = [] }: Claim,
): Promise<readonly (string | null)[]> {
  const bound: (string | null)[] = [];
  for (const value of values) {
    if (value === null || !/^\(.*\)$/s.test(value.trim())) {
      bound.push(value);
      continue;
    }
    // A table that a fault took away makes the query fail, which is what is looked for.
    const attempt = await session.attempt(`SELECT (${value})::text AS value`);
    const found = attempt.status === 'done' ? attempt.rows[0]?.value : null;
    bound.push(found == null ? null : String(found));
  }
  return bound;
}

/** SQL that does the same by hand, as whoever it was done as. */
function asIdentity(identity: Identity | undefined, sql: string): string {
  const settings = Object.entries(identity?.settings ?? {});
  return [
    'BEGIN;',
    ...settings.map(([name, value]) => `SELECT set_config(${literal(name)}, ${literal(value)}, true);`),
    ...(identity === undefined ? [] : [`SET LOCAL SESSION AUTHORIZATION ${ident(identity.role)};`]),
    sql,
    'ROLLBACK;',
  ].join('\n');
}

/** The query as it can be run by hand. */
function runnable(sql: string, values: readonly (string | null)[]): string {
  return `${inlined(sql, values)};`;
}

function inlined(sql: string, values: readonly (string | null)[]): string {
  return sql.replace(/\$(\d+)/g, (whole, number) => {
    const value = values[Number(number) - 1];
    return value === undefined ? whole : value === null ? 'NULL' : literal(value);
  });
}
