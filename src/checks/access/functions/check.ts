import { z } from 'zod';
import type { Actor } from '../../../design/design.ts';
import { catalogSchemas } from '../../../design/schemas.ts';
import type { Breach } from '../../../evidence/model.ts';
import type { Fault } from '../../../faults/fault.ts';
import { faults } from '../../../faults/index.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../../check.ts';
import { reproduceAs } from '../reproduce.ts';
import { judge } from '../table-check.ts';
import { type Called, callAs, type Planned, planCalls } from './call.ts';
import { type Executable, functionsOf } from './executable.ts';
import { functionRule } from './rule.ts';
import { sampleOf } from './sample.ts';

const parameters = z.strictObject({
  kind: z.string(),
  /** By `schema.name(arguments)`, as PostgreSQL writes them, with names. */
  rules: z.record(z.string(), functionRule),
});

type Parameters = z.infer<typeof parameters>;

/** What functions with more rights than the caller give each actor is what the rules say; others it cannot call. */
export const accessFunctions = defineCheck<Parameters>({
  kind: 'access.functions',
  family: 'access',
  says: 'every SECURITY DEFINER function that requests may execute gives each actor what its rule says',
  parameters,
  needs: ['superuser', 'scratch-database'],
  tables: () => [],
  run: runFunctions,
  faults: (context, { rules }) => {
    const { role } = context.design.request;
    const own = context.catalog.functions.filter(({ fromExtension }) => !fromExtension);
    const ruled = own.filter(({ identity }) => Object.hasOwn(rules, identity));
    // In a schema that the role reaches: elsewhere the privilege alone is no way in.
    const reached = new Set(ruled.map(({ schema }) => schema));
    const unruled = own.find(
      ({ identity, securityDefiner, returns, schema }) =>
        securityDefiner && returns !== 'trigger' && reached.has(schema) && !Object.hasOwn(rules, identity),
    );
    return [
      ...ruled.flatMap(({ identity, oid }) => {
        const rule = rules[identity];
        if (rule === undefined) return [];
        return 'never' in rule ? [faults['execute-granted'](identity, role)] : [emptied(identity, oid)];
      }),
      ...(unruled === undefined ? [] : [faults['execute-granted'](unruled.identity, role)]),
    ];
  },
});

/** By its OID: PostgreSQL looks no function up by a name that holds the names of arguments. */
function emptied(identity: string, oid: number): Fault {
  const fault = faults['function-emptied'](String(oid));
  return {
    ...fault,
    name: `function-emptied ${identity}`,
    object: identity,
    says: `${identity} does nothing`,
  };
}

async function* runFunctions(
  context: CheckContext,
  { rules }: Parameters,
): AsyncGenerator<Sighting, Judgement, void> {
  const { role } = context.design.request;
  const functions = await functionsOf(context, catalogSchemas(context.design));
  const breaches: Breach[] = [];
  const done = () => context.stopAtFirstBreach && breaches.length > 0;
  const ruleOf = ({ identity }: Executable) => (Object.hasOwn(rules, identity) ? rules[identity] : undefined);
  for (const fn of functions) {
    if (ruleOf(fn) !== undefined || !fn.executable) continue;
    yield listed(fn, role, !fn.definer);
    if (fn.definer) breaches.push(withoutRule(fn, role));
    if (done()) return judge(breaches, []);
  }
  const planned: Planned[] = [];
  for (const actor of context.actors) {
    for (const fn of functions) {
      const rule = ruleOf(fn);
      if (rule !== undefined) planned.push(await planCalls(context, fn, rule, actor));
    }
  }
  for (const some of context.stopAtFirstBreach ? [sampleOf(planned), planned] : [planned]) {
    for (const actor of context.actors) {
      const own = some.filter((each) => each.actor === actor);
      const called = await callAs(context, actor, own);
      for (const [index, { fn, rule }] of own.entries()) {
        for (const call of called[index] ?? []) {
          yield { subject: fn.identity, actor: actor.name, way: 'call', role, ...call };
          if (!call.agrees) breaches.push(otherwise(context, actor, fn, rule.says, call));
        }
      }
      if (done()) break;
    }
    if (done()) break;
  }
  const called = new Set(planned.filter(({ calls }) => calls.rows.length > 0).map(({ fn }) => fn.identity));
  const unexercised = functions
    .filter((fn) => ruleOf(fn) !== undefined && !called.has(fn.identity))
    .map(({ identity }) => `no call of ${identity}: its args give no row`);
  const there = new Set(functions.map(({ identity }) => identity));
  unexercised.push(
    ...Object.keys(rules)
      .filter((identity) => !there.has(identity))
      .map((identity) => `the rules name ${identity}, which is not there`),
  );
  return judge(breaches, unexercised);
}

function otherwise(
  context: CheckContext,
  actor: Actor,
  fn: Executable,
  says: string,
  { statement, expected, actual }: Called,
): Breach {
  return {
    says: `${fn.identity} gives ${actor.name} something else than its rule says`,
    actor: actor.name,
    object: `function ${fn.identity}`,
    expected: `${expected}: ${says}`,
    actual,
    reproduce: reproduceAs(context, actor, statement, expected),
  };
}

function listed(fn: Executable, role: string, agrees: boolean): Sighting {
  return {
    subject: fn.identity,
    way: 'catalogue',
    role,
    statement: `has_function_privilege('${role.replaceAll("'", "''")}', …, 'EXECUTE')`,
    expected: 'runs as the caller, or has a rule',
    actual: fn.definer ? 'SECURITY DEFINER without a rule' : 'runs as the caller',
    agrees,
  };
}

function withoutRule(fn: Executable, role: string): Breach {
  return {
    says: `${role} may execute ${fn.identity}, which runs with more rights and has no rule`,
    object: `function ${fn.identity}`,
    expected: 'a rule that says what it gives each actor, or no privilege',
    actual: `SECURITY DEFINER, returns ${fn.returns}`,
  };
}
