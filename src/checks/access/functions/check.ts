import { z } from 'zod';
import { catalogSchemas } from '../../../design/schemas.ts';
import type { Breach } from '../../../evidence/model.ts';
import type { Fault } from '../../../faults/fault.ts';
import { faults } from '../../../faults/index.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../../check.ts';
import { reproduceAs } from '../reproduce.ts';
import { judge } from '../table-check.ts';
import { callAs } from './call.ts';
import { type Executable, functionsOf } from './executable.ts';
import { functionRule } from './rule.ts';

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
  const unexercised: string[] = [];
  const done = () => context.stopAtFirstBreach && breaches.length > 0;
  for (const fn of functions) {
    const rule = Object.hasOwn(rules, fn.identity) ? rules[fn.identity] : undefined;
    if (rule === undefined && !fn.executable) continue;
    if (rule === undefined) {
      const agrees = !fn.definer;
      yield listed(fn, role, agrees);
      if (!agrees) breaches.push(withoutRule(fn, role));
    } else {
      let tried = 0;
      for (const actor of context.actors) {
        for (const { statement, expected, actual, agrees } of await callAs(context, fn, rule, actor)) {
          tried++;
          const where = {
            subject: fn.identity,
            actor: actor.name,
            role,
            statement,
            expected,
            actual,
            agrees,
          };
          yield { ...where, way: 'call' };
          if (agrees) continue;
          breaches.push({
            says: `${fn.identity} gives ${actor.name} something else than its rule says`,
            actor: actor.name,
            object: `function ${fn.identity}`,
            expected: `${expected}: ${rule.says}`,
            actual,
            reproduce: reproduceAs(context, actor, statement, expected),
          });
        }
        if (done()) break;
      }
      if (tried === 0) unexercised.push(`no call of ${fn.identity}: its args give no row`);
    }
    if (done()) break;
  }
  const there = new Set(functions.map(({ identity }) => identity));
  unexercised.push(
    ...Object.keys(rules)
      .filter((identity) => !there.has(identity))
      .map((identity) => `the rules name ${identity}, which is not there`),
  );
  return judge(breaches, unexercised);
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
