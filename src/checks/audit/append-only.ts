import pg from 'pg';
import { z } from 'zod';
import type { Catalog, Trigger } from '../../catalog/catalog.ts';
import { reachableRoles, triggersOf } from '../../catalog/index.ts';
import type { AuditRules } from '../../design/rules.ts';
import type { Breach } from '../../evidence/model.ts';
import { faults } from '../../faults/index.ts';
import { barest } from '../access/denied-by-privilege.ts';
import { describeOutcome, outcomeOf, type StatementOutcome } from '../access/outcome.ts';
import { judge } from '../access/table-check.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../check.ts';
import { blameTriggers } from './blame-triggers.ts';
import { trailPowers } from './trail-powers.ts';
import { trailGone } from './trail-there.ts';

const parameters = z.strictObject({ kind: z.string() });

/** Nobody who can log in can forge, change or remove a record; the owner cannot without taking a trigger off first. */
export const auditAppendOnly = defineCheck({
  kind: 'audit.append-only',
  family: 'audit',
  says: 'no role that a login can reach can add, change or remove audit records, and triggers stop even the owner',
  parameters,
  needs: ['superuser', 'scratch-database'],
  tables: () => [],
  run: runAppendOnly,
  faults: (context) => {
    const audit = auditOf(context);
    const { role } = context.design.request;
    const guards = context.catalog.triggers.filter(
      (trigger) => trigger.relation === audit.trail.table && audit.guards.includes(trigger.name),
    );
    const alsoOn = (guard: Trigger) =>
      context.catalog.triggers
        .filter(
          (trigger) =>
            trigger.name === guard.name && trigger.relation !== guard.relation && guard.level === 'STATEMENT',
        )
        .map((trigger) => trigger.relation);
    return [
      ...['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE'].map((privilege) =>
        faults['grant-added'](privilege, audit.trail.table, role),
      ),
      ...guards.flatMap((trigger) => [
        faults['trigger-disabled'](audit.trail.table, trigger.name, alsoOn(trigger)),
        faults['trigger-for-replicas'](audit.trail.table, trigger.name, alsoOn(trigger)),
      ]),
    ];
  },
});

function auditOf(context: CheckContext): AuditRules {
  if (context.design.audit === undefined) throw new Error('the design has no audit rules');
  return context.design.audit;
}

async function* runAppendOnly(context: CheckContext): AsyncGenerator<Sighting, Judgement, void> {
  const audit = auditOf(context);
  const { session, catalog, design } = context;
  const trail = audit.trail.table;
  const gone = await trailGone(context, audit);
  if (gone !== undefined) return judge([gone], []);
  const breaches: Breach[] = [];
  const leaves = await session.query(
    `SELECT DISTINCT format('%I.%I', n.nspname, c.relname) AS relation FROM ${trail} AS t
     JOIN pg_catalog.pg_class AS c ON c.oid = t.tableoid JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace`,
  );
  const filled = new Set(leaves.length === 0 ? [] : [trail, ...leaves.map((row) => String(row.relation))]);
  // Every login, declared or not: an account that nobody remembers is the one that matters.
  const all = catalog.roles.filter((role) => role.login && !role.superuser).map(({ name }) => name);
  const logins = [design.request.role, ...design.logins, ...all];
  for (const role of new Set(logins.flatMap((login) => [...reachableRoles(catalog, login)]))) {
    const tried = attacks(catalog, trail, filled);
    // One identity for all of a role's attacks: each is undone by itself, and there are thousands of them.
    const outcomes = await session.as({ role, settings: {} }, async () => {
      const found: StatementOutcome[] = [];
      for (const attack of tried) {
        const outcome = outcomeOf(await session.attempt(attack.statement));
        found.push(outcome);
        if (context.stopAtFirstBreach && outcome.kind !== 'privilege') break;
      }
      return found;
    });
    for (const [index, outcome] of outcomes.entries()) {
      const attack = tried[index];
      if (attack === undefined) break;
      const agrees = outcome.kind === 'privilege';
      yield sighting(trail, role, attack, '42501 by privilege', outcome, agrees);
      if (agrees) continue;
      breaches.push(
        breach(role, attack, `grants on ${attack.relation} to ${role}`, '42501 by privilege', outcome),
      );
      if (context.stopAtFirstBreach) return judge(breaches, []);
    }
  }
  for (const attack of attacks(catalog, trail, filled).filter(({ guarded }) => guarded)) {
    const outcome = outcomeOf(await session.attempt(attack.statement));
    const agrees = outcome.kind === 'guard' || outcome.kind === 'policy';
    yield sighting(trail, 'superuser', attack, '42501 by trigger', outcome, agrees);
    if (agrees) continue;
    breaches.push(
      breach(
        'a superuser',
        attack,
        await blameTriggers(session, attack.relation, audit.guards),
        '42501 by trigger',
        outcome,
      ),
    );
    if (context.stopAtFirstBreach) break;
  }
  if (!context.stopAtFirstBreach) yield* trailPowers(context, audit);
  const there = new Set(triggersOf(catalog, trail).map(({ name }) => name));
  return judge(breaches, [
    ...(filled.size > 0 ? [] : [`${trail} is empty: row triggers have nothing to stop`]),
    ...audit.guards
      .filter((name) => !there.has(name))
      .map((name) => `the rules name guard ${name} on ${trail}, which is not there`),
  ]);
}

interface Attack {
  readonly relation: string;
  readonly command: string;
  readonly statement: string;
  /** True when a trigger must stop it whoever does it. */
  readonly guarded: boolean;
}

/** @param filled relations with rows: row triggers can only be seen to stop a statement that meets some */
function attacks(catalog: Catalog, trail: string, filled: ReadonlySet<string>): readonly Attack[] {
  const columns = catalog.columns.filter(({ relation, generated }) => relation === trail && !generated);
  const relations = catalog.relations.filter(
    (relation) => relation.identity === trail || relation.root === trail,
  );
  return relations.flatMap((of) => {
    const relation = of.identity;
    const attack = (command: string, statement: string, guarded: boolean) => ({
      relation,
      command,
      statement,
      guarded,
    });
    return [
      ...columns.map((column, index) =>
        attack('UPDATE', barest('UPDATE', of, [column]), index === 0 && filled.has(relation)),
      ),
      ...columns.map((column) => attack('INSERT', barest('INSERT', of, [column]), false)),
      attack('DELETE', barest('DELETE', of, columns), filled.has(relation)),
      attack('TRUNCATE', `TRUNCATE ${relation}`, true),
      attack('ALTER', `ALTER TABLE ${relation} DISABLE TRIGGER ALL`, false),
      attack('DROP', `DROP TABLE ${relation}`, false),
    ];
  });
}

function sighting(
  subject: string,
  role: string,
  attack: Attack,
  expected: string,
  outcome: StatementOutcome,
  agrees: boolean,
): Sighting {
  const actual = describeOutcome(outcome);
  return {
    subject: attack.relation || subject,
    command: attack.command,
    way: `as ${role}`,
    role,
    statement: attack.statement,
    expected,
    actual,
    agrees,
  };
}

function breach(
  who: string,
  attack: Attack,
  object: string,
  expected: string,
  outcome: StatementOutcome,
): Breach {
  return {
    says: `${who} can ${attack.command} ${attack.relation}`,
    object,
    expected,
    actual: describeOutcome(outcome),
    reproduce: [
      'BEGIN;',
      ...(who === 'a superuser' ? [] : [`SET LOCAL SESSION AUTHORIZATION ${pg.escapeIdentifier(who)};`]),
      `${attack.statement}; -- expected: ${expected}`,
      'ROLLBACK;',
    ].join('\n'),
  };
}
