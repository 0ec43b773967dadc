import type { Policy } from '../../../catalog/catalog.ts';
import type { Actor } from '../../../design/design.ts';
import type { CheckContext } from '../../check.ts';
import { insertCandidates, updateCandidates } from '../candidates.ts';
import { actorRelation, ident, identityOf, keyArray, keyText, type Target } from '../target.ts';
import { ask, type Question } from './ask.ts';
import type { Judged } from './judged.ts';
import { type Ledger, type Place, wholeKey } from './ledger.ts';
import { policyQuestions, type Questions, ruleQuestions } from './parts.ts';

/** Rows that stand for a table; enough for every class of the default data. */
const rowsAtMost = 3000;

/** A copy of the rows, which the request role may read whatever row security says. */
const copy = 'pg_temp."pgattest rows"';

/** Rows to write, as JSON. */
const candidates = `jsonb_array_elements($1::jsonb) WITH ORDINALITY AS candidates(candidate, nth)`;
const candidateId = 'candidates.nth::text';

/** What is asked; by default everything. */
export interface Scope {
  /** The rules too, not policies alone. */
  readonly rules?: boolean;
  /** The conditions inside subqueries too. */
  readonly inside?: boolean;
}

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
  { rules = true, inside = true }: Scope = {},
): Promise<void> {
  const ofPolicies = policyQuestions(context, target, policies);
  const ofRules = rules ? ruleQuestions(target) : { existing: [], inserted: [], updated: [] };
  for (const questions of [ofPolicies, ofRules]) {
    for (const { place, condition } of Object.values(questions).flat(2))
      ledger.open(place, condition, inside);
  }
  await measureAll(context, target, ofPolicies, ofRules, ledger);
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
    if (wholeKey(part.place) === wholeKey(place)) ledger.open(part.place, part.condition, true);
  }
  await measureAll(context, target, ofPolicies, ofRules, ledger);
}

/** Rows that are there first. Rows to write are made for those first to whom rows differ most, until everything has been seen. */
async function measureAll(
  context: CheckContext,
  target: Target,
  ofPolicies: Questions,
  ofRules: Questions,
  ledger: Ledger,
): Promise<void> {
  const { actors } = context;
  await onCopy(context, target, async () => {
    const there = actors.flatMap((actor) => [
      policiesOverRows(context, target, actor, ofPolicies.existing),
      rulesOverRows(context, target, actor, ofRules.existing),
    ]);
    const variety = await ask(context, there, ledger);
    const sorted = [...actors].sort((a, b) => (variety.get(b) ?? 0) - (variety.get(a) ?? 0));
    for (const kind of ['inserted', 'updated'] as const) {
      const isOpen = (judged: readonly Judged[]) =>
        judged.flat().some(({ place, condition }) => ledger.isOpen(place, condition));
      for (const actor of sorted) {
        const policies = isOpen(ofPolicies[kind]) ? ofPolicies[kind] : [];
        const rules = isOpen(ofRules[kind]) ? ofRules[kind] : [];
        if (policies.length + rules.length === 0) break;
        const rows = await (kind === 'inserted' ? rowsToAdd : changedRows)(context, target, actor);
        if (rows.length === 0) continue;
        const written = [
          policiesOverWritten(context, target, actor, policies, rows),
          rulesOverWritten(context, target, actor, rules, rows, kind),
        ];
        await ask(context, written, ledger);
      }
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

function policiesOverRows(
  context: CheckContext,
  target: Target,
  actor: Actor,
  judged: readonly Judged[],
): Question {
  // Column references of a policy are by the table's own name.
  const alias = ident(target.relation.name);
  return {
    ...{ judged, actor, as: identityOf(context, actor) },
    rows: {
      from: `${copy} AS ${alias}`,
      key: keyArray(target, alias),
      id: `${alias}.ctid::text`,
      values: [],
    },
  };
}

function policiesOverWritten(
  context: CheckContext,
  target: Target,
  actor: Actor,
  judged: readonly Judged[],
  rows: readonly WrittenRow[],
): Question {
  const { relation } = target;
  const alias = ident(relation.name);
  return {
    ...{ judged, actor, as: identityOf(context, actor) },
    rows: {
      from: `${candidates}
        CROSS JOIN LATERAL jsonb_populate_record(NULL::${relation.identity}, candidate -> 'values') AS ${alias}`,
      key: keyArray(target, alias),
      id: candidateId,
      values: [JSON.stringify(rows)],
    },
  };
}

function rulesOverRows(
  context: CheckContext,
  target: Target,
  actor: Actor,
  judged: readonly Judged[],
): Question {
  return {
    ...{ judged, actor, as: null },
    rows: {
      from: `${copy} AS "row" CROSS JOIN LATERAL (SELECT "row".*) AS "old" CROSS JOIN ${actorRelation(context, actor)}`,
      key: keyArray(target, '"row"'),
      id: '"row".ctid::text',
      values: [],
    },
  };
}

function rulesOverWritten(
  context: CheckContext,
  target: Target,
  actor: Actor,
  judged: readonly Judged[],
  rows: readonly WrittenRow[],
  kind: 'inserted' | 'updated',
): Question {
  const table = target.relation.identity;
  const same = target.rules.key.map(
    (name, n) => `"old".${ident(name)}::text IS NOT DISTINCT FROM candidate -> 'key' ->> ${n}`,
  );
  const old = kind === 'updated' ? `JOIN ${table} AS "old" ON ${same.join(' AND ')}` : '';
  return {
    ...{ judged, actor, as: null },
    rows: {
      from: `${candidates} CROSS JOIN ${actorRelation(context, actor)}
        CROSS JOIN LATERAL jsonb_populate_record(NULL::${table}, candidate -> 'values') AS "new" ${old}`,
      key: keyArray(target, kind === 'updated' ? '"old"' : '"new"'),
      id: candidateId,
      values: [JSON.stringify(rows)],
    },
  };
}

interface WrittenRow {
  /** Of the row that is changed; of one to add, its own. */
  readonly key: readonly (string | null)[];
  readonly values: Readonly<Record<string, string | null>>;
}

/** The rows that access.insert tries to add. */
async function rowsToAdd(
  context: CheckContext,
  target: Target,
  actor: Actor,
): Promise<readonly WrittenRow[]> {
  const rule = target.rules.insert;
  if ('never' in rule) return [];
  return (await insertCandidates(context, target, rule, actor)).map(({ key, values }) => ({ key, values }));
}

/** The rows that access.update tries to make of those that may be changed. */
async function changedRows(
  context: CheckContext,
  target: Target,
  actor: Actor,
): Promise<readonly WrittenRow[]> {
  const rule = target.rules.update;
  if ('never' in rule) return [];
  // A row that may not be changed never meets WITH CHECK.
  return (await updateCandidates(context, target, rule, actor))
    .filter(({ vector }) => vector !== '')
    .map(({ key, values }) => ({ key, values }));
}
