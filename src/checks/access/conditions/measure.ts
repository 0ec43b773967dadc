import type { Policy } from '../../../catalog/catalog.ts';
import type { Actor } from '../../../design/design.ts';
import type { CheckContext } from '../../check.ts';
import { insertCandidates, updateCandidates } from '../candidates.ts';
import { actorRelation, ident, identityOf, isIdentified, keyArray, keyText, type Target } from '../target.ts';
import { type Judged, tally } from './judged.ts';
import { innerKey, type Ledger, type Place, wholeKey } from './ledger.ts';
import { policyQuestions, type Questions, ruleQuestions } from './parts.ts';
import { lookAtRows, Vector } from './vector.ts';

/** Rows that stand for a table; enough for every class of the default data. */
const rowsAtMost = 3000;

/** A copy of the rows, which the request role may read whatever row security says. */
const copy = 'pg_temp."pgattest rows"';

/**
 * Asks every condition of a table's policies and rules about its rows, and about the rows that the access checks try to write, for
 * every actor. Policies are computed by the request role with the actor's settings, over a copy of the rows: what they ask of
 * other tables, and the functions that they call, meets the row security that a request meets. Rules are computed as anywhere
 * else, by a superuser.
 */
export async function measure(
  context: CheckContext,
  target: Target,
  policies: readonly Policy[],
  ledger: Ledger,
): Promise<void> {
  const ofPolicies = policyQuestions(context, target, policies);
  const ofRules = ruleQuestions(target);
  for (const questions of [ofPolicies, ofRules]) {
    for (const { place, condition } of Object.values(questions).flat(2)) ledger.open(place, condition);
  }
  await onCopy(context, target, async () => {
    for (const actor of context.actors) {
      await measurePolicies(context, target, actor, ofPolicies, ledger);
      await measureRules(context, target, actor, ofRules, ledger);
    }
  });
}

/** Asks only what stands where `place` does, and only of the rows that are there. */
export async function measureExisting(
  context: CheckContext,
  target: Target,
  policies: readonly Policy[],
  place: Place,
  ledger: Ledger,
): Promise<void> {
  const nothing = { inserted: [], updated: [] };
  const about = ({ existing }: Questions): Questions => ({
    ...nothing,
    existing: existing.filter((judged) => judged.some((part) => wholeKey(part.place) === wholeKey(place))),
  });
  const ofPolicies = about(policyQuestions(context, target, policies));
  const ofRules = about(ruleQuestions(target));
  for (const part of [...ofPolicies.existing, ...ofRules.existing].flat()) {
    if (wholeKey(part.place) === wholeKey(place)) ledger.open(part.place, part.condition);
  }
  await onCopy(context, target, async () => {
    for (const actor of context.actors) {
      await measurePolicies(context, target, actor, ofPolicies, ledger);
      await measureRules(context, target, actor, ofRules, ledger);
    }
  });
}

async function onCopy(context: CheckContext, target: Target, work: () => Promise<void>): Promise<void> {
  await context.session.undone(async () => {
    const { role } = context.design.request;
    await context.session.query(
      `CREATE TEMPORARY TABLE "pgattest rows" AS SELECT * FROM ${target.relation.identity} AS t
       ORDER BY md5(${keyText(target, 't')}) LIMIT ${rowsAtMost}`,
    );
    await context.session.query(`GRANT SELECT ON ${copy} TO ${ident(role)}; ANALYZE ${copy}`);
    await work();
  });
}

async function measurePolicies(
  context: CheckContext,
  target: Target,
  actor: Actor,
  { existing, inserted, updated }: Questions,
  ledger: Ledger,
): Promise<void> {
  const { relation } = target;
  // Column references of a policy are by the table's own name.
  const alias = ident(relation.name);
  const populated = `jsonb_array_elements($1::jsonb) AS candidate
    CROSS JOIN LATERAL jsonb_populate_record(NULL::${relation.identity}, candidate) AS ${alias}`;
  const add = inserted.length === 0 ? [] : await rowsToAdd(context, target, actor);
  const change = updated.length === 0 ? [] : await changedRows(context, target, actor);
  await context.session.as(identityOf(context, actor), async () => {
    const key = keyArray(target, alias);
    const look = (judged: readonly Judged[], from: string, rows?: readonly unknown[]) =>
      lookAndTally(context, actor, ledger, judged, from, key, rows);
    await look(existing, `${copy} AS ${alias}`);
    await look(inserted, populated, add);
    await look(
      updated,
      populated,
      change.map(({ values }) => values),
    );
  });
}

async function measureRules(
  context: CheckContext,
  target: Target,
  actor: Actor,
  { existing, inserted, updated }: Questions,
  ledger: Ledger,
): Promise<void> {
  const who = actorRelation(context, actor);
  const table = target.relation.identity;
  const look = (judged: readonly Judged[], from: string, alias: string, rows?: readonly unknown[]) =>
    lookAndTally(context, actor, ledger, judged, from, keyArray(target, alias), rows);
  await look(
    existing,
    `${copy} AS "row" CROSS JOIN LATERAL (SELECT "row".*) AS "old" CROSS JOIN ${who}`,
    '"row"',
  );
  const made = (values: string) =>
    `jsonb_array_elements($1::jsonb) AS candidate CROSS JOIN ${who}
     CROSS JOIN LATERAL jsonb_populate_record(NULL::${table}, ${values}) AS "new"`;
  if (inserted.length > 0)
    await look(inserted, made('candidate'), '"new"', await rowsToAdd(context, target, actor));
  if (updated.length === 0) return;
  const same = target.rules.key.map(
    (name, n) => `"old".${ident(name)}::text IS NOT DISTINCT FROM candidate -> 'key' ->> ${n}`,
  );
  await look(
    updated,
    `${made(`candidate -> 'values'`)} JOIN ${table} AS "old" ON ${same.join(' AND ')}`,
    '"old"',
    await changedRows(context, target, actor),
  );
}

async function lookAndTally(
  context: CheckContext,
  actor: Actor,
  ledger: Ledger,
  judged: readonly Judged[],
  from: string,
  key: string,
  rows?: readonly unknown[],
): Promise<void> {
  if (judged.length === 0 || rows?.length === 0) return;
  const vector = new Vector();
  for (const { place, condition } of judged.flat())
    vector.add(condition, (atom, { text }) => !ledger.settled(innerKey(place, atom, text)));
  const values = rows === undefined ? [] : [JSON.stringify(rows)];
  const look = await lookAtRows(context.session, vector, from, key, values);
  tally(ledger, judged, vector, look, actor, isIdentified(actor));
}

/** The rows that access.insert tries to add. */
async function rowsToAdd(
  context: CheckContext,
  target: Target,
  actor: Actor,
): Promise<readonly Readonly<Record<string, string | null>>[]> {
  const rule = target.rules.insert;
  if ('never' in rule) return [];
  return (await insertCandidates(context, target, rule, actor)).map(({ values }) => values);
}

interface ChangedRow {
  readonly key: readonly (string | null)[];
  readonly values: Readonly<Record<string, string | null>>;
}

/** The rows that access.update tries to make of those that may be changed. */
async function changedRows(
  context: CheckContext,
  target: Target,
  actor: Actor,
): Promise<readonly ChangedRow[]> {
  const rule = target.rules.update;
  if ('never' in rule) return [];
  // A row that may not be changed never meets WITH CHECK.
  return (await updateCandidates(context, target, rule, actor))
    .filter(({ vector }) => vector !== '')
    .map(({ key, values }) => ({ key, values }));
}
