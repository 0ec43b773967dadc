import type { Actor } from '../../../design/design.ts';
import type { Tenancy } from '../../../design/rules.ts';
import type { Breach } from '../../../evidence/model.ts';
import type { CheckContext, Sighting } from '../../check.ts';
import { reproduceAs } from '../reproduce.ts';
import { columnList, identityOf, isIdentified, keyText, type Target } from '../target.ts';
import type { Owned } from './tenants.ts';

/** How many strangers try. */
const most = 2;

/**
 * The function, and where it notes what it sees. It takes the key's columns as they are: a cast or a call in its place would cost more
 * than the conditions that it is to come before.
 */
function prepare(target: Target): readonly string[] {
  const types = target.rules.key.map((name) => target.columns.find((column) => column.name === name)?.type);
  const parts = types.map((_, index) => `$${index + 1}::text`);
  const key = parts.length === 1 ? parts.join('') : `concat_ws('' / '', ${parts.join(', ')})`;
  return [
    'CREATE TEMPORARY TABLE "pgattest seen" (key text)',
    `CREATE FUNCTION pg_temp."pgattest peek"(${types.join(', ')}) RETURNS boolean LANGUAGE plpgsql COST 0.0000001
   AS 'BEGIN INSERT INTO pg_temp."pgattest seen" VALUES (${key}); RETURN true; END'`,
  ];
}

/**
 * A function that costs nothing and notes what it is called with, in a WHERE: the planner must not call it with rows before the policies,
 * or the condition of a view, have kept them back.
 */
export async function tryPeeking(
  context: CheckContext,
  _tenancy: Tenancy,
  theirs: readonly Owned[],
  strangers: readonly Actor[],
  targets: readonly Target[],
): Promise<{ readonly sightings: readonly Sighting[]; readonly breaches: readonly Breach[] }> {
  const sightings: Sighting[] = [];
  const breaches: Breach[] = [];
  const role = context.design.request.role;
  const readable = targets.filter(({ rules }) => !('never' in rules.select));
  if (theirs.length === 0) return { sightings, breaches };
  for (const actor of strangers.filter(isIdentified).slice(0, most)) {
    for (const target of readable) {
      const key = keyText(target, '"row"');
      const table = target.relation.identity;
      const statement = `SELECT count(*) FROM ${table} AS "row" WHERE pg_temp."pgattest peek"(${columnList(target.rules.key, '"row"')})`;
      const outcome = await context.session.as(identityOf(context, actor), async () => {
        for (const each of prepare(target)) {
          const made = await context.session.attempt(each, [], true);
          if (made.status === 'error') return { kind: 'cannot', why: made.error.message } as const;
        }
        // What the actor gets anyway is nothing that it had to peek at.
        const own = `CREATE TEMPORARY TABLE "pgattest own" AS SELECT ${key} AS key FROM ${table} AS "row"`;
        const read = await context.session.attempt(own, [], true);
        const peeked = await context.session.attempt(statement, [], true);
        if (peeked.status === 'error' || read.status === 'error') return { kind: 'error' } as const;
        const rows = await context.session.query(
          'SELECT key FROM pg_temp."pgattest seen" EXCEPT SELECT key FROM pg_temp."pgattest own" LIMIT 100',
        );
        return { kind: 'peeked', more: rows.map((row) => String(row.key)) } as const;
      });
      if (outcome.kind === 'error') continue;
      const more = outcome.kind === 'peeked' ? outcome.more : [];
      const expected = 'called with rows alone that the actor reads anyway';
      const agrees = more.length === 0;
      const actual =
        outcome.kind === 'cannot'
          ? `no such function can be made: ${outcome.why}`
          : agrees
            ? expected
            : `called with ${more.length} other rows`;
      sightings.push({
        subject: table,
        actor: actor.name,
        command: 'SELECT',
        way: 'function of the actor in WHERE',
        role,
        statement,
        expected,
        actual,
        agrees,
      });
      if (outcome.kind === 'cannot') return { sightings, breaches };
      if (agrees) continue;
      breaches.push({
        says: `${actor.name} sees rows of ${table} by a function in WHERE, before they are kept back`,
        actor: actor.name,
        object: `${target.relation.kind} ${table}`,
        ...(more[0] === undefined ? {} : { row: more[0] }),
        expected,
        actual,
        reproduce: reproduceAs(context, actor, [...prepare(target), statement].join(';\n'), expected),
      });
      if (context.stopAtFirstBreach) return { sightings, breaches };
    }
  }
  return { sightings, breaches };
}
