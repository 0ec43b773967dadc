import { ident, identityOf, literal, loginSettings } from '../../../access/target.ts';
import type { CheckContext } from '../../../check.ts';

/** Who runs a statement: a role, or the superuser, with settings. */
export interface Someone {
  readonly role: string | undefined;
  readonly settings: Readonly<Record<string, string>>;
}

export interface Who {
  readonly as?: string | undefined;
  readonly role?: string | undefined;
  readonly settings?: Readonly<Record<string, string>> | undefined;
}

/** Throws for an actor that the design has not: the claim is wrong, not the design. */
export function someone(context: CheckContext, { as, role, settings = {} }: Who): Someone {
  if (as !== undefined) {
    const actor = context.actors.find(({ name }) => name === as);
    if (actor === undefined) throw new Error(`no actor ${as}`);
    const identity = identityOf(context, actor);
    return { role: identity.role, settings: { ...identity.settings, ...settings } };
  }
  if (role !== undefined) return { role, settings: { ...loginSettings(context.catalog, role), ...settings } };
  return { role: undefined, settings };
}

/** Statements that make a connection somebody's; `local`: until the transaction or savepoint ends. */
export function becoming({ role, settings }: Someone, local: boolean): readonly string[] {
  return [
    ...Object.entries(settings).map(
      ([name, value]) => `SELECT set_config(${literal(name)}, ${literal(value)}, ${local})`,
    ),
    ...(role === undefined ? [] : [`SET ${local ? 'LOCAL ' : ''}SESSION AUTHORIZATION ${ident(role)}`]),
  ];
}
