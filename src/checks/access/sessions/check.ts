import { z } from 'zod';
import type { Actor } from '../../../design/design.ts';
import type { Breach } from '../../../evidence/model.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../../check.ts';
import { expectedRows } from '../expected-rows.ts';
import { judge } from '../table-check.ts';
import { identityOf, isIdentified, type Target, targetOf } from '../target.ts';
import { sessionFaults } from './faults.ts';
import { type Looker, lookAt, type Seen } from './look.ts';
import { tryPrepared } from './prepared.ts';
import { tryRoles } from './roles.ts';
import { anonymousOf, contradictions, nobodyStates, type State, unknownState } from './states.ts';
import { writeIn } from './write.ts';

const parameters = z.strictObject({
  kind: z.string(),
  /** Those with access rules, if absent. */
  tables: z.array(z.string()).min(1).optional(),
});

/** Whatever a session holds that is no identity counts as nobody: fails closed, and without an error. */
export const accessSessions = defineCheck<z.infer<typeof parameters>>({
  kind: 'access.sessions',
  family: 'access',
  says: 'a session whose settings are unset, empty, malformed, unknown, contradictory or left over gets what the rules give nobody',
  parameters,
  needs: ['superuser', 'scratch-database'],
  tables: ({ tables }) => tables ?? [],
  run: runSessions,
  faults: (context, { tables }) => sessionFaults(context, targetsOf(context, tables)),
});

function targetsOf(context: CheckContext, tables: readonly string[] | undefined): readonly Target[] {
  return (tables ?? context.design.access.map(({ table }) => table)).map((table) => targetOf(context, table));
}

async function* runSessions(
  context: CheckContext,
  { tables }: z.infer<typeof parameters>,
): AsyncGenerator<Sighting, Judgement, void> {
  const targets = targetsOf(context, tables);
  const nobody = anonymousOf(context);
  const unset: State = { name: 'no setting is made', settings: {}, as: [nobody] };
  const breaches: Breach[] = [];
  for (const step of steps(context, targets, unset, nobody)) {
    const seen = await step();
    yield* seen.sightings;
    breaches.push(...seen.breaches);
    if (context.stopAtFirstBreach && breaches.length > 0) break;
  }
  const { one } = await richest(context, targets);
  return judge(breaches, one === undefined ? ['no actor reads a row: there is nothing to leak'] : []);
}

/** One after the other, the fresh connection first: no later one is quite unset again. Reads before writes, which take longer. */
function* steps(
  context: CheckContext,
  targets: readonly Target[],
  unset: State,
  nobody: Actor,
): Generator<() => Promise<Seen>> {
  const strict = (state: State): Looker => ({ state, tolerates: 'nothing else' });
  const read = async (states: readonly State[]) => {
    return oneByOne(context, states, (state) => lookAt(context, targets, strict(state)));
  };
  const unknown = unknownState(context);
  const contradicting = async () => {
    const { one, other } = await richest(context, targets);
    return one === undefined || other === undefined ? [] : contradictions(context, one, other);
  };
  yield () => read([unset]);
  yield async () => {
    const { one } = await richest(context, targets);
    if (one === undefined) return nothing;
    // The settings go at the end of a transaction as they go with a savepoint: to '', not back to unset.
    await context.session.as(identityOf(context, one), async () => {
      for (const { relation } of targets) {
        await context.session.attempt(`SELECT FROM ${relation.identity} LIMIT 1`);
      }
    });
    return read([{ ...unset, name: `${one.name} was served before` }]);
  };
  yield async () => read(await nobodyStates(context));
  yield () => read([unknown]);
  yield async () => read(await contradicting());
  yield () => tryRoles(context, targets, unset);
  yield async () => {
    const { one } = await richest(context, targets);
    return oneByOne(context, one === undefined ? [nobody] : [nobody, one], (actor) => {
      const settings = context.design.request.session(actor);
      const state: State = { name: `row_security is off for ${actor.name}`, settings, as: [actor] };
      return lookAt(context, targets, { state, also: { row_security: 'off' }, tolerates: 'any 42501' });
    });
  };
  yield async () => {
    const { one } = await richest(context, targets);
    return one === undefined ? nothing : tryPrepared(context, targets, one, nobody);
  };
  yield async () => {
    // Where a session may count as several, what it may write is not one set.
    const single = [unset, ...(await nobodyStates(context)), unknown, ...(await contradicting())].filter(
      ({ as }) => as.length === 1,
    );
    return oneByOne(context, single, (state) => writeIn(context, targets, strict(state)));
  };
}

const nothing: Seen = { sightings: [], breaches: [] };

async function oneByOne<T>(
  context: CheckContext,
  items: readonly T[],
  look: (item: T) => Promise<Seen>,
): Promise<Seen> {
  const found: Seen[] = [];
  for (const item of items) {
    found.push(await look(item));
    if (context.stopAtFirstBreach && found.some(({ breaches }) => breaches.length > 0)) break;
  }
  return {
    sightings: found.flatMap(({ sightings }) => sightings),
    breaches: found.flatMap(({ breaches }) => breaches),
  };
}

/** How many actors are looked at to find one who reads much. */
const looked = 12;

/** The actor who reads most, and of those who share no attribute with it the one who does. */
async function richest(
  context: CheckContext,
  targets: readonly Target[],
): Promise<{ readonly one?: Actor; readonly other?: Actor }> {
  return context.remember(`richest ${targets.map(({ relation }) => relation.identity).join()}`, async () => {
    const sums: { actor: Actor; rows: number }[] = [];
    for (const actor of context.actors.filter(isIdentified).slice(0, looked)) {
      let rows = 0;
      for (const target of targets) {
        const rule = target.rules.select;
        if (!('never' in rule)) rows += (await expectedRows(context, target, rule, actor)).rows.rows;
      }
      if (rows > 0) sums.push({ actor, rows });
    }
    sums.sort((a, b) => b.rows - a.rows);
    const one = sums[0]?.actor;
    const differs = (actor: Actor) =>
      Object.entries(actor.attributes).every(([name, value]) => value !== one?.attributes[name]);
    const other = sums.find(({ actor }) => differs(actor))?.actor;
    return { ...(one === undefined ? {} : { one }), ...(other === undefined ? {} : { other }) };
  });
}
