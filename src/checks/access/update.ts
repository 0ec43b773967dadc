import type { Column } from '../../catalog/catalog.ts';
import type { Actor } from '../../design/design.ts';
import type { UpdateRule } from '../../design/rules.ts';
import type { Breach } from '../../evidence/model.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../check.ts';
import { type BlindWrite, blindWrite } from './blind-write.ts';
import { type Candidate, updateCandidates } from './candidates.ts';
import { barest, type Forbidden, forbidding, pastParent, tryForbidden } from './denied-by-privilege.ts';
import { Exercise } from './exercise.ts';
import { accessFaults } from './faults.ts';
import { mentionedColumns, parsePredicate } from './predicate.ts';
import { assignment, updateStatement } from './statements.ts';
import { strayGrants } from './stray-grants.ts';
import { absentGuards, judge, type TableParameters, tableParameters } from './table-check.ts';
import { ident, isIdentified, type Target, targetOf } from './target.ts';
import { tryWrites, type WriteTrial } from './try-writes.ts';
import { Novelty } from './ways/novelty.ts';
import { tryWriteWays } from './ways/try-ways.ts';
import { updateWays } from './ways/update-ways.ts';
import { everyWay } from './ways/write-way.ts';

export { updateStatement } from './statements.ts';

/** What each actor can change in a table, and into what, is what the rule says. */
export const accessUpdate = defineCheck({
  kind: 'access.update',
  family: 'access',
  says: 'each actor can change the rows, the columns and to the values that the rule allows, and nothing else',
  parameters: tableParameters,
  needs: ['superuser', 'scratch-database'],
  tables: ({ table }) => [table],
  run: runUpdate,
  faults: (context, { table }) => accessFaults(context, table, 'UPDATE'),
});

async function* runUpdate(
  context: CheckContext,
  { table }: TableParameters,
): AsyncGenerator<Sighting, Judgement, void> {
  const target = targetOf(context, table);
  const rule = target.rules.update;
  const breaches: Breach[] = [];
  const rows = new Exercise('never' in rule ? [] : [parsePredicate(rule.where)]);
  const changes = new Exercise('never' in rule ? [] : [parsePredicate(rule.to)]);
  const sound = new Map<Actor, readonly Candidate[]>();
  for (const actor of context.actors) {
    if (!('never' in rule)) {
      const all = await blindWrite(context, target, actor, await blindUpdate(context, target, rule), rows);
      yield* all.sightings;
      breaches.push(...all.breaches);
      const candidates = await updateCandidates(context, target, rule, actor);
      const tried = await tryWrites(context, target, actor, trialOf(target, rule), candidates);
      for (const vector of tried.exercised) if (vector !== '') changes.note(vector, isIdentified(actor));
      yield* tried.sightings;
      breaches.push(...tried.breaches);
      sound.set(actor, tried.sound);
      const blind = await tryWrites(
        context,
        target,
        actor,
        blindTrial(target, rule),
        forbiddenChanges(candidates),
      );
      yield* blind.sightings;
      breaches.push(...blind.breaches);
    }
    const forbidden = await tryForbidden(
      context,
      actor,
      forbiddenUpdates(target, actor === context.actors[0]),
    );
    yield* forbidden.sightings;
    breaches.push(...forbidden.breaches);
    if (context.stopAtFirstBreach && breaches.length > 0) break;
  }
  // After all actors have been asked plainly: what the rule itself does not hold would show in every way again.
  const novelty = new Novelty();
  for (const [actor, candidates] of breaches.length > 0 ? [] : sound) {
    if ('never' in rule) break;
    const tries = await everyWay(context, target, actor, updateWays, candidates, novelty);
    const tried = await tryWriteWays(context, target, actor, trialOf(target, rule), tries);
    yield* tried.sightings;
    breaches.push(...tried.breaches);
    if (context.stopAtFirstBreach && breaches.length > 0) break;
  }
  const grants = await strayGrants(context, target, 'UPDATE');
  yield* grants.sightings;
  breaches.push(...grants.breaches);
  return judge(breaches, [
    ...[...new Set([...rows.missing(), ...changes.missing()])],
    ...absentGuards(context, target),
  ]);
}

function trialOf(target: Target, rule: UpdateRule): WriteTrial {
  return {
    command: 'UPDATE',
    says: rule.says,
    by: rule.by ?? [],
    statement: (candidate) => updateStatement(target, candidate),
  };
}

/**
 * The same value for every row, without WHERE: PostgreSQL then asks the UPDATE policies alone, not the SELECT policies, and
 * among the rows is the one whose change the rule forbids.
 */
function blindTrial(target: Target, rule: UpdateRule): WriteTrial {
  return {
    ...trialOf(target, rule),
    way: 'UPDATE without WHERE',
    statement: (candidate) => `UPDATE ${target.relation.identity} SET ${assignment(candidate)}`,
  };
}

/** One candidate for each value of each column that some row, although it may be changed, may not be changed to. */
function forbiddenChanges(candidates: readonly Candidate[]): readonly Candidate[] {
  const chosen = new Map<string, Candidate>();
  for (const candidate of candidates) {
    if (candidate.allowed || candidate.vector === '' || !candidate.changes) continue;
    const name = assignment(candidate);
    if (!chosen.has(name)) chosen.set(name, candidate);
  }
  return [...chosen.values()];
}

async function blindUpdate(context: CheckContext, target: Target, rule: UpdateRule): Promise<BlindWrite> {
  const sets = await neutralChanges(context, target, rule);
  return {
    command: 'UPDATE',
    statements: sets.map((set) => `UPDATE ${target.relation.identity} SET ${set}`),
    becomes: sets.map((set) => afterwards(target, rule, set)),
    says: rule.says,
    by: rule.by ?? [],
    where: rule.where,
    alias: '"old"',
  };
}

/** What the rule says of a row as a change of one column leaves it, over `old`. */
function afterwards(target: Target, rule: UpdateRule, set: string): string {
  const row = target.columns.map(({ name, type, default: by }) => {
    const given = set.startsWith(`${ident(name)} = `) ? set.slice(ident(name).length + 3) : undefined;
    if (given === undefined) return `"old".${ident(name)}`;
    if (given === ident(name)) return `"old".${ident(name)}`;
    return `(${given === 'DEFAULT' ? (by ?? 'NULL') : given})::${type} AS ${ident(name)}`;
  });
  return `SELECT (${rule.to}) FROM (SELECT ${row.join(', ')}) AS "new"`;
}

/**
 * Changes that need no SELECT privilege, since one that reads a column would meet the SELECT policy too: a column set to
 * its default, to the value of some row where none has one, to something random where each must differ, and to itself for
 * want of better. One that no policy looks at and no unique index holds, where
 * there is one.
 */
export async function neutralChanges(
  context: CheckContext,
  target: Target,
  rule: UpdateRule,
): Promise<readonly string[]> {
  const table = target.relation.identity;
  const looked = new Set(
    context.catalog.policies
      .filter((policy) => policy.relation === table)
      .flatMap((policy) => [policy.using, policy.withCheck])
      .flatMap((text) => (text === null ? [] : [...mentionedColumns(text)])),
  );
  const unique = new Set(
    context.catalog.indexes
      .filter((index) => index.relation === table && index.unique)
      .flatMap((index) => index.columns),
  );
  const free = target.stored.filter(
    (column) =>
      rule.columns.includes(column.name) &&
      (column.default !== null || !column.notNull) &&
      !unique.has(column.name),
  );
  // Several: a CHECK over two columns may refuse the default of one.
  const ordered = [
    ...free.filter(({ name }) => !looked.has(name)),
    ...free.filter(({ name }) => looked.has(name)),
  ];
  if (ordered.length > 0) return ordered.slice(0, 4).map(({ name }) => `${ident(name)} = DEFAULT`);
  const settable = target.stored.find(({ name }) => rule.columns.includes(name) && !unique.has(name));
  const [row] =
    settable === undefined
      ? []
      : await context.session.query(
          `SELECT quote_nullable(${ident(settable.name)}::text) AS value FROM ${table} LIMIT 1`,
        );
  if (settable !== undefined && row?.value != null) return [`${ident(settable.name)} = ${String(row.value)}`];
  const first = target.stored.find(({ name }) => rule.columns.includes(name));
  const drawn = first === undefined ? undefined : randomSql(first);
  const itself = `${ident(first?.name ?? '')} = ${ident(first?.name ?? '')}`;
  return drawn === undefined ? [itself] : [`${ident(first?.name ?? '')} = ${drawn}`, itself];
}

/** Another value for each row, without reading one. */
function randomSql(column: Column): string | undefined {
  switch (column.baseType) {
    case 'pg_catalog.uuid':
      return 'gen_random_uuid()';
    case 'pg_catalog.text':
    case 'pg_catalog.varchar':
      return 'left(md5(random()::text), 8)';
    case 'pg_catalog.int4':
    case 'pg_catalog.int8':
      return '(random() * 1000000000)::int';
    default:
      return undefined;
  }
}

function forbiddenUpdates(target: Target, once: boolean): readonly Forbidden[] {
  const { rules, relation } = target;
  const table = relation.identity;
  const forbid = forbidding(target, 'UPDATE');
  const allowed = 'never' in rules.update ? [] : rules.update.columns;
  const own =
    'never' in rules.update
      ? [forbid('UPDATE', barest('UPDATE', relation, target.stored), `change ${table}`)]
      : [];
  if (!once) return own;
  const withheld = target.stored.filter(({ name }) => !allowed.includes(name));
  return [
    ...own,
    ...withheld.map((column) =>
      forbid(
        `UPDATE of ${column.name}`,
        barest('UPDATE', relation, [column]),
        `change ${column.name} of ${table}`,
      ),
    ),
    ...pastParent(target, 'UPDATE', 'change'),
  ];
}
