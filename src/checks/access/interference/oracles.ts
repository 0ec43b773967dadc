import type { Index } from '../../../catalog/catalog.ts';
import { constraintsOf, indexesOf } from '../../../catalog/index.ts';
import type { Actor } from '../../../design/design.ts';
import type { Tenancy } from '../../../design/rules.ts';
import type { Breach } from '../../../evidence/model.ts';
import type { CheckContext, Sighting } from '../../check.ts';
import { type Candidate, insertCandidates } from '../candidates.ts';
import { describeOutcome, outcomeOf, type StatementOutcome } from '../outcome.ts';
import { reproduceAs } from '../reproduce.ts';
import { insertStatement } from '../statements.ts';
import { ident, identityOf, type Target } from '../target.ts';
import { isTheirs, type Owned } from './tenants.ts';

/** An attempt to learn of a row that the actor cannot see, by what an INSERT of its own ends with. */
interface Probe {
  readonly constraint: string;
  /** Columns that are given the other tenant's values. */
  readonly columns: readonly string[];
  readonly theirs: Readonly<Record<string, string | null>>;
  /** Values that nobody has, to compare with. */
  readonly nobodys: Readonly<Record<string, string | null>>;
  /** Whether an outcome tells that there is such a row, when the other is for one that nobody has. */
  readonly tells: (met: StatementOutcome, missed: StatementOutcome) => boolean;
}

/** How many strangers are looked at for one who may add a row. */
const looked = 6;

/**
 * Rows of one's own with a unique value, or a reference, of another tenant's row: if it ends otherwise than with one that nobody has, it
 * tells that there is such a row. Values that are nothing but UUIDs cannot be guessed: noted, no breach.
 */
export async function tryOracles(
  context: CheckContext,
  tenancy: Tenancy,
  theirs: readonly Owned[],
  strangers: readonly Actor[],
): Promise<{ readonly sightings: readonly Sighting[]; readonly breaches: readonly Breach[] }> {
  const sightings: Sighting[] = [];
  const breaches: Breach[] = [];
  for (const owned of theirs) {
    const found = await ownRow(context, owned.target, strangers);
    if (found === undefined) continue;
    const { actor, candidate } = found;
    for (const probe of await probesOf(context, owned, theirs, candidate)) {
      const seen = await tryProbe(context, tenancy, owned, actor, candidate, probe);
      sightings.push(seen.sighting);
      breaches.push(...seen.breaches);
      if (context.stopAtFirstBreach && breaches.length > 0) return { sightings, breaches };
    }
  }
  return { sightings, breaches };
}

/** A stranger and a row that it can add. */
async function ownRow(
  context: CheckContext,
  target: Target,
  strangers: readonly Actor[],
): Promise<{ readonly actor: Actor; readonly candidate: Candidate } | undefined> {
  const rule = target.rules.insert;
  if ('never' in rule) return undefined;
  for (const actor of strangers.slice(0, looked)) {
    const candidates = await insertCandidates(context, target, rule, actor);
    for (const candidate of candidates.filter(({ allowed }) => allowed).slice(0, 3)) {
      const [outcome] = await outcomes(context, actor, [insertStatement(target, candidate.values)]);
      if (outcome?.kind === 'done') return { actor, candidate };
    }
  }
  return undefined;
}

async function probesOf(
  context: CheckContext,
  owned: Owned,
  all: readonly Owned[],
  candidate: Candidate,
): Promise<readonly Probe[]> {
  const { target } = owned;
  const table = target.relation.identity;
  const given = (columns: readonly string[]) =>
    columns.length > 0 && columns.every((column) => column in candidate.values);
  const probes: Probe[] = [];
  for (const index of indexesOf(context.catalog, table).filter(({ unique }) => unique)) {
    const columns = columnsOf(index, target);
    if (!given(columns)) continue;
    const row = await textsOf(
      context,
      `${table} AS "row" WHERE ${isTheirs(owned, '"row"')}`,
      columns,
      columns,
    );
    if (row !== undefined)
      probes.push({
        constraint: index.name,
        columns,
        theirs: row,
        nobodys: candidate.values,
        tells: isDuplicate,
      });
  }
  for (const key of constraintsOf(context.catalog, table).filter(({ kind }) => kind === 'foreign key')) {
    const referenced = all.find((each) => each.target.relation.identity === key.references);
    if (!given(key.columns) || referenced === undefined) continue;
    const from = `${key.references} AS "row" WHERE ${isTheirs(referenced, '"row"')}`;
    const row = await textsOf(context, from, key.referencedColumns, key.columns);
    const nobodys = Object.fromEntries(key.columns.map((column) => [column, missingValue(target, column)]));
    if (row !== undefined)
      probes.push({ constraint: key.name, columns: key.columns, theirs: row, nobodys, tells: endOtherwise });
  }
  return probes;
}

/** Of an index over expressions, whichever columns it names. */
function columnsOf(index: Index, target: Target): readonly string[] {
  if (!index.columns.includes(null)) return index.columns as readonly string[];
  const inside = index.definition.slice(index.definition.indexOf('(')).replace(/\sWHERE\s.*$/s, '');
  return target.columns
    .map(({ name }) => name)
    .filter(
      (name) =>
        inside.includes(ident(name)) || new RegExp(`\\b${name.replace(/\W/g, '\\$&')}\\b`).test(inside),
    );
}

async function textsOf(
  context: CheckContext,
  from: string,
  columns: readonly string[],
  as: readonly string[],
): Promise<Readonly<Record<string, string | null>> | undefined> {
  const texts = columns.map((column) => `"row".${ident(column)}::text`).join(', ');
  const set = columns.map((column) => `"row".${ident(column)} IS NOT NULL`).join(' AND ');
  const [row] = await context.session.query(
    `SELECT ARRAY[${texts}] AS texts FROM ${from} AND ${set} ORDER BY 1 LIMIT 1`,
  );
  if (row === undefined) return undefined;
  const values = row.texts as (string | null)[];
  return Object.fromEntries(as.map((name, n) => [name, values[n] ?? null]));
}

function missingValue(target: Target, name: string): string {
  const type = target.columns.find((column) => column.name === name)?.baseType;
  if (type === 'pg_catalog.uuid') return 'ffffffff-0000-4000-8000-00000000dead';
  return type?.startsWith('pg_catalog.int') === true ? '2147483001' : 'pgattest nobody';
}

async function tryProbe(
  context: CheckContext,
  tenancy: Tenancy,
  owned: Owned,
  actor: Actor,
  candidate: Candidate,
  probe: Probe,
): Promise<{ readonly sighting: Sighting; readonly breaches: readonly Breach[] }> {
  const { target } = owned;
  const nobodys = Object.fromEntries(probe.columns.map((column) => [column, probe.nobodys[column] ?? null]));
  const statement = insertStatement(target, { ...candidate.values, ...probe.theirs });
  const other = insertStatement(target, { ...candidate.values, ...nobodys });
  const [met, missed] = await outcomes(context, actor, [statement, other]);
  const told = met !== undefined && missed !== undefined && probe.tells(met, missed);
  // All of the columns must be known at once: one UUID among them is enough to keep the rest from being tried out.
  const guessable = !probe.columns.some((column) => {
    const type = target.columns.find(({ name }) => name === column)?.baseType;
    return type === 'pg_catalog.uuid' && probe.theirs[column] !== candidate.values[column];
  });
  const declared = tenancy.oracles?.find(({ constraint }) => constraint === probe.constraint);
  const leaked = met === undefined ? [] : await leakedTexts(context, owned, met, statement);
  const agrees = leaked.length === 0 && (!told || !guessable || declared !== undefined);
  const expected = missed === undefined ? 'the same' : describeOutcome(missed);
  const why =
    !told || leaked.length > 0 ? '' : (declared?.reason ?? (guessable ? '' : 'a UUID, which nobody guesses'));
  const actual = `${met === undefined ? '' : describeOutcome(met)}${why === '' ? '' : ` (${why})`}`;
  const role = context.design.request.role;
  const sighting: Sighting = {
    subject: target.relation.identity,
    actor: actor.name,
    command: 'INSERT',
    way: `existence by ${probe.constraint}`,
    role,
    statement,
    expected: `as with values that nobody has: ${expected}`,
    actual,
    agrees,
  };
  if (agrees) return { sighting, breaches: [] };
  const breach: Breach = {
    says:
      leaked.length > 0
        ? `the error of ${probe.constraint} shows ${actor.name} values of another tenant's row`
        : `${actor.name} learns by ${probe.constraint} that another tenant has a row of ${target.relation.identity} with this ${probe.columns.join(', ')}`,
    actor: actor.name,
    object: `constraint ${ident(probe.constraint)} on ${target.relation.identity}`,
    expected: `as with values that nobody has: ${expected}`,
    actual,
    reproduce: reproduceAs(context, actor, statement, expected),
  };
  return { sighting, breaches: [breach] };
}

/** Values of their rows that the detail of an error shows and the statement did not bring. */
async function leakedTexts(
  context: CheckContext,
  owned: Owned,
  outcome: StatementOutcome,
  statement: string,
): Promise<readonly string[]> {
  const detail = 'error' in outcome ? outcome.error.detail : undefined;
  if (detail === undefined) return [];
  const rows = await context.session.query(
    `SELECT each.value FROM ${owned.target.relation.identity} AS "row", jsonb_each_text(to_jsonb("row")) AS each
     WHERE ${isTheirs(owned, '"row"')} AND length(each.value) > 5
       AND position(each.value IN $1) > 0 AND position(each.value IN $2) = 0 LIMIT 1`,
    [detail, statement],
  );
  return rows.map(({ value }) => String(value));
}

function isDuplicate(met: StatementOutcome): boolean {
  return 'error' in met && met.error.sqlstate === '23505';
}

function endOtherwise(met: StatementOutcome, missed: StatementOutcome): boolean {
  return kindOf(met) !== kindOf(missed);
}

function kindOf(outcome: StatementOutcome): string {
  return 'error' in outcome ? outcome.error.sqlstate : outcome.kind;
}

async function outcomes(
  context: CheckContext,
  actor: Actor,
  statements: readonly string[],
): Promise<readonly StatementOutcome[]> {
  return context.session.as(identityOf(context, actor), async () => {
    const ended: StatementOutcome[] = [];
    for (const statement of statements) ended.push(outcomeOf(await context.session.attempt(statement)));
    return ended;
  });
}
