import { z } from 'zod';
import type { Actor } from '../../../design/design.ts';
import type { Tenancy } from '../../../design/rules.ts';
import type { Breach } from '../../../evidence/model.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../../check.ts';
import { blame } from '../blame.ts';
import { reproduceAs } from '../reproduce.ts';
import { judge } from '../table-check.ts';
import { type Target, targetOf } from '../target.ts';
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
  for (const { tenant, watchers } of intruders) {
    const theirs = await noteKeys(context, owned, tenant);
    for (const { view, during } of done() ? [] : watches) {
      const before = new Map<Actor, readonly Glimpse[]>();
      for (const actor of watchers) before.set(actor, await view(context, targets, actor));
      for (const phase of phases.filter(({ says }) => during.includes(says))) {
        const seen = await interfere(context, tenancy, tenant, theirs, phase, { view, before, targets });
        yield* seen.sightings;
        breaches.push(...seen.breaches);
        if (done()) break;
      }
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
    intruders.length > 0 ? [] : ['no tenant has rows that some identified actor has nothing to do with'],
  );
}

/**
 * Reads first: they take one statement for each actor, and show most. A write that reaches rows of the tenant touches fewer when they
 * are gone.
 */
const watches: readonly { readonly view: View; readonly during: readonly Phase['says'][] }[] = [
  { view: reads, during: ['changed', 'added', 'deleted'] },
  { view: writes, during: ['deleted'] },
];

/** Who looks at what, and what they got before. */
interface Watch {
  readonly view: View;
  readonly before: ReadonlyMap<Actor, readonly Glimpse[]>;
  readonly targets: readonly Target[];
}

async function interfere(
  context: CheckContext,
  tenancy: Tenancy,
  tenant: string,
  theirs: readonly Owned[],
  phase: Phase,
  { view, before, targets }: Watch,
): Promise<{ readonly sightings: readonly Sighting[]; readonly breaches: readonly Breach[] }> {
  const sightings: Sighting[] = [];
  const breaches: Breach[] = [];
  await context.session.undone(async () => {
    await context.session.query('SET LOCAL session_replication_role = replica');
    let touched = 0;
    for (const owned of theirs) touched += await phase.apply(context, owned);
    await context.session.query('SET LOCAL session_replication_role = origin');
    // Whom the change has made a member has something to do with the tenant now.
    const still = new Set(await strangersTo(context, tenancy, tenant));
    for (const [actor, old] of before) {
      if (!still.has(actor)) continue;
      const now = await view(context, targets, actor);
      for (const [index, glimpse] of old.entries()) {
        const other = now[index];
        if (other === undefined) continue;
        const agrees = other.got === glimpse.got;
        const way = `${touched} rows of tenant ${tenant} ${phase.says}`;
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
          actual: other.shown,
          agrees,
        });
        if (agrees) continue;
        breaches.push({
          says: `${actor.name}, who has nothing to do with tenant ${tenant}, notices by ${command} on ${subject} that rows of it are ${phase.says}`,
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
