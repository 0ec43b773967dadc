import type { Fault } from '../../../faults/fault.ts';
import { faults } from '../../../faults/index.ts';
import type { CheckContext } from '../../check.ts';
import { hole, holeIn } from '../hole.ts';
import { ident, isIdentified, literal, type Target } from '../target.ts';
import { settingNames, unknownState } from './states.ts';

/** What each state must notice: policies that take it for somebody, and ways past row security. */
export function sessionFaults(context: CheckContext, targets: readonly Target[]): readonly Fault[] {
  const { role } = context.design.request;
  const secured = targets.filter(
    ({ relation, rules }) => relation.rowSecurity && !('never' in rules.select) && relation.kind !== 'view',
  );
  const [first] = secured;
  if (first === undefined) return [];
  return [
    ...secured.map((target) => holeFor(context, target, 'true', 'whoever asks')),
    ...settingNames(context).flatMap((name) => holesOf(context, first, name)),
    ...identityFaults(context),
    faults['role-strengthened'](role),
    reachableBypass(first, role),
  ];
}

function holeFor(context: CheckContext, target: Target, condition: string, says: string): Fault {
  return hole(context, target, holeIn(target, condition), says);
}

function holesOf(context: CheckContext, target: Target, name: string): readonly Fault[] {
  const setting = `current_setting(${literal(name)}, true)`;
  const unknown = unknownState(context).settings[name];
  return [
    holeFor(context, target, `coalesce(${setting}, '') = ''`, `sessions without ${name}`),
    holeFor(context, target, `${setting} = 'not-a-uuid'`, `sessions with a malformed ${name}`),
    holeFor(context, target, `${setting}::uuid IS NULL`, `sessions whose ${name} is cast as it is`),
    ...(unknown === undefined
      ? []
      : [holeFor(context, target, `${setting} = ${literal(unknown)}`, `an unknown ${name}`)]),
  ];
}

/** The functions that read the settings answer with somebody's id whoever asks. */
function identityFaults(context: CheckContext): readonly Fault[] {
  const { attributes } = context.design.request;
  return Object.entries(attributes).flatMap(([name, type]) => {
    const able = context.actors.filter((actor) => isIdentified(actor) && actor.attributes[name] != null);
    // The first may be somebody who signs up and has nothing yet.
    const somebody = able[Math.floor(able.length / 4)];
    const value = somebody?.attributes[name];
    const readers = context.catalog.functions.filter(
      ({ source, returns, identity, kind }) =>
        kind === 'function' &&
        returns === type &&
        /\bcurrent_setting\s*\(/i.test(source) &&
        identity.endsWith('()'),
    );
    if (value == null) return [];
    return readers.map((reader) =>
      faults.sql(
        `${reader.identity} without a setting`,
        `${reader.identity} takes whoever asks for ${somebody?.name}`,
        `CREATE OR REPLACE FUNCTION ${reader.identity} RETURNS ${type} LANGUAGE sql STABLE AS $pgattest$ SELECT ${literal(value)}::${type} $pgattest$`,
      ),
    );
  });
}

/** A role that row security does not bind, granted to the request role. */
function reachableBypass(target: Target, role: string): Fault {
  const table = target.relation.identity;
  const name = ident('pgattest bypass');
  return faults.sql(
    `a role with BYPASSRLS for ${role}`,
    `${role} can become a role that row security does not bind`,
    `CREATE ROLE ${name} BYPASSRLS; GRANT USAGE ON SCHEMA ${ident(target.relation.schema)} TO ${name}; GRANT SELECT ON ${table} TO ${name}; GRANT ${name} TO ${ident(role)}`,
  );
}
