import {
  type AccessRules,
  accessClaims,
  type Design,
  defineDesign,
  type NeverRule,
} from '../../../src/index.ts';
import { madeHelpers, ownerColumn, role, settable } from './database.ts';
import type { Command, Scene } from './scene.ts';
import { attributes, type Column, domains, sqlTypes } from './types.ts';
import { literal, ruleOver, write } from './write.ts';

const nobody: NeverRule = { says: 'Nobody.', never: 'privilege' };

/** The design whose rules are the scene's. Claims: `p.rls.main.select` and so on. */
export function designOf(scene: Scene): Design {
  const access = [mainRules(scene), ...madeHelpers(scene).map((name) => helperRules(scene, name))];
  return defineDesign({
    name: 'p',
    title: 'A drawn design',
    source: { file: 'p.md' },
    postgres: { version: 15, settings: {} },
    topology: { replicas: 0 },
    migrations: new URL('../migrations/', import.meta.url),
    schemas: ['p'],
    request: {
      role,
      attributes: Object.fromEntries(
        Object.entries(attributes).map(([name, type]) => [name, sqlTypes[type]]),
      ),
      session: (actor) =>
        Object.fromEntries(
          Object.entries(actor.attributes).flatMap(([name, value]) =>
            value === null ? [] : [[`p.${name}`, value]],
          ),
        ),
    },
    logins: [role],
    actors: () =>
      Object.fromEntries(
        Object.entries(scene.actors).map(([name, values]) => [
          name,
          {
            says: name,
            attributes: Object.fromEntries(
              Object.entries(values).map(([key, value]) => [key, value === null ? null : String(value)]),
            ),
          },
        ]),
      ),
    data: { tables: [] },
    access,
    targets: {},
    claims: accessClaims(access, { prefix: 'p', file: 'p.md', controls: [] }),
  });
}

export const claimOf = (command: Command): string => `p.rls.main.${command.toLowerCase()}`;

function mainRules(scene: Scene): AccessRules {
  const { command, columns, rules } = scene;
  const over = (alias: string, part: keyof typeof rules) => write(rules[part], ruleOver(alias));
  // Privileges are granted for all commands; a command that is not tried has no policy, and so no row.
  return {
    table: 'p.main',
    key: ['id'],
    select: { says: 'Those that are seen.', where: over('row', 'seen') },
    insert: { says: 'Those that fit.', where: command === 'INSERT' ? over('new', 'using') : 'false' },
    update: {
      says: 'Those that fit.',
      columns: settable(scene),
      where: command === 'UPDATE' ? over('old', 'using') : 'false',
      to: command === 'UPDATE' ? over('new', 'check') : 'false',
    },
    delete: { says: 'Those that fit.', where: command === 'DELETE' ? over('row', 'using') : 'false' },
    try: Object.fromEntries(columns.map((column) => [column.name, triedValues(column)])),
  };
}

/** Every value of the column's domain: neither a constraint nor a policy tells those of an integer. */
function triedValues({ type }: Column): readonly string[] {
  return domains[type].map((value) => `${literal(value)}::${sqlTypes[type]}`);
}

function helperRules({ helpersHide }: Scene, name: 'link' | 'member'): AccessRules {
  const where = helpersHide ? `"row".${ownerColumn[name]} = actor.id` : 'true';
  return {
    table: `p.${name}`,
    key: ['id'],
    select: { says: 'Read.', where },
    insert: nobody,
    update: nobody,
    delete: nobody,
  };
}
