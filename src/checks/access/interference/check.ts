import { z } from 'zod';
import type { Actor } from '../../../design/design.ts';
import type { Tenancy } from '../../../design/rules.ts';
import type { Breach } from '../../../evidence/model.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../../check.ts';
import { blame } from '../blame.ts';
import { reproduceAs } from '../reproduce.ts';
import { judge } from '../table-check.ts';
import { isIdentified, type Target, targetOf } from '../target.ts';
import { interferenceFaults } from './faults.ts';
import { tryOracles } from './oracles.ts';
import { tryPeeking } from './peek.ts';
import { type Phase, phases } from './phases.ts';
import { intrudersOf, noteKeys, type Owned, strangersTo } from './tenants.ts';
import { type Glimpse, reads, type View, writes } from './view.ts';

const parameters = z.strictObject({ kind: z.string() });

/** Whatever a tenant does to its rows, nobody else notices. It needs no rule, and so shares no mistake with one. */
export const accessNonInterference = defineCheck<z.infer<typeof parameters>>({
  kind: 'access.non-interference',
  family: 'access',
  says: 'what an actor reads, and what its writes do, stays the same whatever another tenant does to its own rows; no error tells of them',
  parameters,
  needs: ['superuser', 'scratch-database'],
  tables: () => [],
  run: runNonInterference,
  faults: (context) => interferenceFaults(context, ownedOf(context, context.design.tenancy)),
});

function ownedOf(context: CheckContext, tenancy: Tenancy | undefined): readonly Owned[] {
  return Object.entries(tenancy?.tables ?? {}).map(([table, tenant], n) => ({
    target: targetOf(context, table),
    tenant,
    shared: tenancy?.shared?.[table] ?? 'false',
    deciding: tenancy?.deciding?.[table],
    keys: `pg_temp."pgattest keys ${n}"`,
  }));
}

async function* runNonInterference(context: CheckContext): AsyncGenerator<Sighting, Judgement, void> {
  const { tenancy } = context.design;
  if (tenancy === undefined) return judge([], ['the design does not say whose rows are whose (tenancy)']);
  const owned = ownedOf(context, tenancy);
  const targets = context.design.access.map(({ table }) => targetOf(context, table));
  const breaches: Breach[] = [];
  const done = () => context.stopAtFirstBreach && breaches.length > 0;
  const intruders = await context.remember('intruders', () => intrudersOf(context, tenancy, owned));
  const scoped = new Set(owned.map(({ target }) => target.relation.identity));
  const open = targets.filter(({ relation }) => !scoped.has(relation.identity));
  for (const { relation } of open) yield notScoped(relation.identity);
  const exercised = new Set<string>();
  for (const { tenant, watchers } of intruders) {
    const theirs = await noteKeys(context, owned, tenant);
    const known = new Map<View, Map<Actor, readonly Glimpse[]>>(
      [reads, writes].map((view) => [view, new Map()]),
    );
    for (const { view, during, by } of watchesOf(context, watchers)) {
      const before = known.get(view) ?? new Map<Actor, readonly Glimpse[]>();
      for (const actor of by) {
        if (!before.has(actor)) before.set(actor, await view(context, targets, actor));
      }
      const watch = { view, before, by, targets, exercised };
      const seen = await interfere(context, tenancy, tenant, theirs, during, watch);
      yield* seen.sightings;
      breaches.push(...seen.breaches);
      if (done()) break;
    }
    for (const part of done() ? [] : [tryPeeking, tryOracles]) {
      const seen = await part(context, tenancy, theirs, watchers, targets);
      yield* seen.sightings;
      breaches.push(...seen.breaches);
      if (done()) break;
    }
    if (done()) break;
  }
  return judge(
    breaches,
    intruders.length > 0
      ? [...scoped]
          .filter((table) => !exercised.has(table))
          .map((table) => `no tenant does anything to its rows of ${table}`)
      : ['no tenant has rows that some identified actor has nothing to do with'],
  );
}

/** Who looks, at what, and while what is done. */
interface Look {
  readonly view: View;
  readonly during: readonly Phase[];
  readonly by: readonly Actor[];
}

/**
 * Reads first: they take one statement for each actor, and show most; where a fault is in, one actor's while rows are deleted before all
 * others. A write that reaches rows of the tenant touches fewer when they are gone.
 */
function watchesOf(context: CheckContext, watchers: readonly Actor[]): readonly Look[] {
  const { deleted, added, changed } = phases;
  const one: Look = { view: reads, during: [deleted], by: watchers.filter(isIdentified).slice(0, 1) };
  return [
    ...(context.stopAtFirstBreach ? [one] : []),
    { view: reads, during: [deleted], by: watchers },
    { view: reads, during: [changed, added], by: watchers },
    { view: writes, during: [deleted], by: watchers },
  ];
}

/** Who looks at what, and what they got before. */
interface Watch {
  readonly view: View;
  readonly before: ReadonlyMap<Actor, readonly Glimpse[]>;
  readonly by: readonly Actor[];
  readonly targets: readonly Target[];
  /** Tables in which the tenant has done something: noted here. */
  readonly exercised: Set<string>;
}

async function interfere(
  context: CheckContext,
  tenancy: Tenancy,
  tenant: string,
  theirs: readonly Owned[],
  during: readonly Phase[],
  { view, before, by, targets, exercised }: Watch,
): Promise<{ readonly sightings: readonly Sighting[]; readonly breaches: readonly Breach[] }> {
  const sightings: Sighting[] = [];
  const breaches: Breach[] = [];
  await context.session.undone(async () => {
    await context.session.query('SET LOCAL session_replication_role = replica');
    let touched = 0;
    for (const { says, apply } of during) {
      for (const owned of theirs) {
        const rows = await apply(context, owned);
        const table = owned.target.relation.identity;
        sightings.push(doneTo(table, tenant, says, rows));
        if (rows > 0) exercised.add(table);
        touched += rows;
      }
    }
    const done = during.map(({ says }) => says).join(' and ');
    await context.session.query('SET LOCAL session_replication_role = origin');
    // Whom the change has made a member has something to do with the tenant now.
    const still = new Set(await strangersTo(context, tenancy, tenant));
    for (const actor of by) {
      const old = before.get(actor);
      if (old === undefined || !still.has(actor)) continue;
      const now = await view(context, targets, actor);
      for (const [index, glimpse] of old.entries()) {
        const other = now[index];
        if (other === undefined) continue;
        const same = other.got === glimpse.got;
        const agrees = same || other.missesNamed === true;
        const way = `${touched} rows of tenant ${tenant} ${done}`;
        const role = context.design.request.role;
        const subject = glimpse.target.relation.identity;
        const { command, statement } = glimpse;
        sightings.push({
          subject,
          actor: actor.name,
          command,
          way,
          role,
          statement,
          expected: glimpse.shown,
          actual: agrees && !same ? `${other.shown} (a UUID, which nobody guesses)` : other.shown,
          agrees,
        });
        if (agrees) continue;
        breaches.push({
          says: `${actor.name}, who has nothing to do with tenant ${tenant}, notices by ${command} on ${subject} that rows of it are ${done}`,
          actor: actor.name,
          object: await blame(context.session, glimpse.target, command, role),
          expected: glimpse.shown,
          actual: other.shown,
          reproduce: reproduceAs(context, actor, statement, glimpse.shown, command === 'SELECT'),
        });
        if (context.stopAtFirstBreach) return;
      }
    }
  });
  return { sightings, breaches };
}

/** What the tenant did itself: where nothing could be done, nothing could be noticed. */
function doneTo(subject: string, tenant: string, says: Phase['says'], rows: number): Sighting {
  const actual = `${rows} rows ${says}`;
  return {
    subject,
    way: `tenant ${tenant}`,
    statement: says,
    expected: 'said, not judged',
    actual,
    agrees: true,
  };
}

function notScoped(table: string): Sighting {
  return {
    subject: table,
    way: 'tenancy',
    statement: 'tenancy.tables',
    expected: 'whose its rows are, or not said',
    actual: 'not said: its rows are left as they are',
    agrees: true,
  };
}
