import type { Node } from '@pgsql/types';
import type { Catalog, Command, Policy } from '../catalog/catalog.ts';
import { columnsOf, inheritedRoles, privilegesOf } from '../catalog/index.ts';
import { mentionedColumns } from '../checks/access/predicate.ts';
import { implies } from './implication.ts';
import { commands } from './mutant.ts';
import { trueNode } from './operators/condition-removed.ts';
import type { Source } from './source.ts';
import { namesOf, parseExpression } from './tree.ts';

/**
 * Why it makes no difference that a policy is for everyone: whoever else has a privilege on the table is not bound by policies, or
 * is its owner, who can take them off.
 */
export function noOthers(catalog: Catalog, policy: Policy): string | undefined {
  const owner = catalog.relations.find(({ identity }) => identity === policy.relation)?.owner;
  const wanted = policy.command === 'ALL' ? commands : [policy.command];
  const others = catalog.roles.filter(
    ({ name, superuser, bypassRowSecurity }) =>
      name !== owner &&
      !superuser &&
      !bypassRowSecurity &&
      !policy.roles.some((role) => inheritedRoles(catalog, name).includes(role)) &&
      !name.startsWith('pg_'),
  );
  const holders = [...others.map(({ name }) => name), 'PUBLIC'].filter((name) =>
    holdsAny(catalog, policy.relation, name, wanted),
  );
  if (holders.length > 0) return undefined;
  return `no role that policies bind, but those that it is for, may ${wanted.join(', ')} on ${policy.relation}`;
}

/** Why it makes no difference that a policy is for all commands: the request role has no privilege for the others. */
export function noOtherCommands({ catalog, design }: Source, policy: Policy): string | undefined {
  const others = commands.filter((command) => command !== policy.command);
  const held = others.filter((command) => holdsAny(catalog, policy.relation, design.request.role, [command]));
  if (held.length > 0) return undefined;
  return `${design.request.role} may do nothing on ${policy.relation} but ${policy.command}`;
}

/**
 * Why it makes no difference that a policy is for all commands: whatever it would give of the others, their own policies give, as
 * far as their conditions show it.
 *
 * @param widened the policy for all commands
 * @param defaults whether a new row holds NULL where the request role may give no value and there is no default
 */
export function othersGiveAsMuch(
  { catalog, design }: Source,
  policy: Policy,
  widened: Policy,
  defaults = false,
): string | undefined {
  if (!policy.permissive) return undefined;
  const gives = (command: Command, part: (of: Policy) => string | null): boolean => {
    const own = part(widened);
    const others = catalog.policies.filter(
      (each) =>
        each.relation === policy.relation &&
        each.permissive &&
        each.name !== policy.name &&
        (each.command === command || each.command === 'ALL') &&
        (each.roles.includes('PUBLIC') || policy.roles.every((role) => each.roles.includes(role))),
    );
    const absent =
      defaults && command === 'INSERT' ? neverGiven(catalog, policy.relation, design.request.role) : [];
    const given = others
      .flatMap((each) => part(each) ?? [])
      .map((text) => withNulls(parseExpression(text), absent));
    return own !== null && given.length > 0 && implies(parseExpression(own), anyOf(given));
  };
  const using = (of: Policy) => of.using;
  const check = (of: Policy) => of.withCheck ?? of.using;
  const same = commands.every((command) => {
    if (command === policy.command) return true;
    if (!holdsAny(catalog, policy.relation, design.request.role, [command])) return true;
    return (
      (command === 'INSERT' || gives(command, using)) &&
      (command === 'SELECT' || command === 'DELETE' || gives(command, check))
    );
  });
  return same ? 'the policies of the other commands give all that its condition gives' : undefined;
}

/** Columns without a default for which the role may give no value. */
function neverGiven(catalog: Catalog, relation: string, role: string): readonly string[] {
  const held = privilegesOf(catalog, relation, role);
  return columnsOf(catalog, relation)
    .filter(
      ({ name, default: by, generated, identity }) =>
        by === null && !generated && !identity && held.columns.get(name)?.has('INSERT') !== true,
    )
    .map(({ name }) => name);
}

/** The condition with `IS NULL` of these columns true, where it stands below AND and OR alone. */
function withNulls(node: Node, columns: readonly string[]): Node {
  if ('BoolExpr' in node && node.BoolExpr.boolop !== 'NOT_EXPR') {
    const args = (node.BoolExpr.args ?? []).map((arg) => withNulls(arg, columns));
    return { BoolExpr: { ...node.BoolExpr, args } } as Node;
  }
  if (!('NullTest' in node) || node.NullTest.nulltesttype !== 'IS_NULL') return node;
  const { arg } = node.NullTest;
  const [name, ...more] = arg !== undefined && 'ColumnRef' in arg ? namesOf(arg.ColumnRef.fields) : [];
  return name !== undefined && more.length === 0 && columns.includes(name) ? trueNode : node;
}

function anyOf(conditions: readonly Node[]): Node {
  return { BoolExpr: { boolop: 'OR_EXPR', args: [...conditions] } } as Node;
}

/**
 * Why it makes no difference what an UPDATE policy asks of the new row: what it looks at is as it was, and the old row has passed.
 *
 * @param asked the WITH CHECK that is tried
 */
export function nothingToCheck(
  { catalog, design }: Source,
  { command, relation, using, withCheck }: Policy,
  asked: string,
): string | undefined {
  if (command !== 'UPDATE' || using === null) return undefined;
  const held = privilegesOf(catalog, relation, design.request.role);
  const passes = (check: string): boolean =>
    implies(parseExpression(using), parseExpression(check)) &&
    ![...mentionedColumns(check)].some((column) => held.columns.get(column)?.has('UPDATE') === true);
  if (!passes(withCheck ?? using) || !passes(asked)) return undefined;
  return `${design.request.role} may change no column of ${relation} that WITH CHECK looks at, and what USING lets through passes it`;
}

function holdsAny(catalog: Catalog, relation: string, role: string, wanted: readonly string[]): boolean {
  const held = privilegesOf(catalog, relation, role);
  const all = [held.relation, ...held.columns.values()];
  return wanted.some((command) => all.some((privileges) => privileges.has(command)));
}
