import type { Command, Policy } from '../../catalog/catalog.ts';
import { noOtherCommands, noOthers, nothingToCheck, othersGiveAsMuch } from '../equivalence.ts';
import { commands, type Draft, nothing, written } from '../mutant.ts';
import { ident, type Source } from '../source.ts';
import { deparseExpression, parseExpression } from '../tree.ts';
import { variantsOf } from '../variants.ts';

/** Policies: dropped, widened, narrowed, each part of their conditions changed, their kind, role and command changed. */
export function* policyMutants(source: Source): Generator<Draft, void, void> {
  // Of the trail too only where a rule says who reads it.
  const ruled = new Set(source.design.access.map(({ table }) => table));
  for (const policy of source.catalog.policies.filter(({ relation }) => ruled.has(relation))) {
    yield* ofPolicy(source, policy);
  }
}

function* ofPolicy(source: Source, policy: Policy): Generator<Draft, void, void> {
  const { relation, command, using, withCheck } = policy;
  const on = `${ident(policy.name)} ON ${relation}`;
  const draft = (
    operator: string,
    says: string,
    statement: string,
    after: string,
    widerTo: Policy['command'] = command,
  ): Draft => ({
    operator,
    place: `${relation}.${policy.name}`,
    object: `policy ${ident(policy.name)} on ${relation}`,
    group: relation,
    says: `policy ${ident(policy.name)} on ${relation} ${says}`,
    statement,
    before: createPolicy(policy),
    after,
    touches: {
      ...nothing,
      access: [{ relation, commands: touched(widerTo) }],
      // SELECT … FOR UPDATE asks the policies of UPDATE.
      later: widerTo === 'UPDATE' ? [{ relation, commands: ['SELECT'] }] : [],
    },
  });
  const altered = (operator: string, says: string, change: Partial<Policy>): Draft => {
    const changed = { ...policy, ...change };
    const altered = draft(operator, says, `ALTER POLICY ${on}${clauses(change)}`, createPolicy(changed));
    // What is read has no new row to check, FOR UPDATE neither.
    return change.using == null ? { ...altered, touches: { ...altered.touches, later: [] } } : altered;
  };
  const recreated = (operator: string, says: string, change: Partial<Policy>): Draft => {
    const created = createPolicy({ ...policy, ...change });
    return draft(operator, says, `DROP POLICY ${on}; ${created}`, created, change.command);
  };
  yield draft('policy-dropped', 'is dropped', `DROP POLICY ${on}`, '');
  const canCheck = command !== 'SELECT' && command !== 'DELETE';
  for (const [operator, value] of [
    ['widened', 'true'],
    ['narrowed', 'false'],
  ] as const) {
    if (using !== null && using !== value) yield altered(operator, `has USING (${value})`, { using: value });
    if (canCheck && withCheck !== value) {
      const widened = altered(operator, `has WITH CHECK (${value})`, { withCheck: value });
      yield { ...widened, ...unlessTriggers(nothingToCheck(source, policy, value)) };
    }
  }
  if (canCheck && using !== null && withCheck !== null && withCheck !== using) {
    yield recreated('check-removed', 'has no WITH CHECK: USING is asked of the new row', { withCheck: null });
  } else if (command === 'INSERT' && withCheck !== null) {
    yield recreated('check-removed', 'has no WITH CHECK', { withCheck: null });
  }
  for (const [part, text] of [
    ['using', using],
    ['withCheck', withCheck],
  ] as const) {
    if (text === null) continue;
    const words = part === 'using' ? 'USING' : 'WITH CHECK';
    for (const { operator, says, tree } of variantsOf(
      parseExpression(text),
      { catalog: source.catalog, relation },
      { condition: true },
    )) {
      const changed = written(() => deparseExpression(tree));
      const draft = altered(operator, `has ${words} ${says}`, { [part]: changed.text });
      if (changed.unwritable !== undefined) yield { ...draft, unwritable: changed.unwritable };
      else if (part === 'using') yield draft;
      else yield { ...draft, ...unlessTriggers(nothingToCheck(source, policy, changed.text)) };
    }
  }
  yield policy.permissive
    ? recreated('made-restrictive', 'is restrictive', { permissive: false })
    : recreated('made-permissive', 'is permissive', { permissive: true });
  if (!policy.roles.includes('PUBLIC')) {
    const widened = draft(
      'role-widened',
      'is for everyone',
      `ALTER POLICY ${on} TO PUBLIC`,
      createPolicy({ ...policy, roles: ['PUBLIC'] }),
    );
    yield { ...widened, ...equivalentBecause(noOthers(source.catalog, policy)) };
  }
  if (command !== 'ALL') {
    const change = { ...(command === 'INSERT' ? { using: withCheck } : {}), command: 'ALL' } as const;
    const widened = recreated('command-widened', 'is for all commands', change);
    const all = { ...policy, ...change };
    const reason = noOtherCommands(source, policy) ?? othersGiveAsMuch(source, policy, all);
    yield {
      ...widened,
      ...equivalentBecause(reason),
      ...unlessTriggers(othersGiveAsMuch(source, policy, all, true)),
    };
  }
}

function equivalentBecause(reason: string | undefined): Pick<Draft, 'equivalent'> {
  return reason === undefined ? {} : { equivalent: reason };
}

/** A trigger may change the row after all: then it is tried. */
function unlessTriggers(reason: string | undefined): Pick<Draft, 'equivalentIfSurvives'> {
  return reason === undefined ? {} : { equivalentIfSurvives: reason };
}

/** The commands that a policy of a command has a say in: what is changed or deleted by a WHERE is read too. */
function touched(command: Policy['command']): readonly Command[] {
  if (command === 'ALL') return commands;
  return command === 'SELECT' ? ['SELECT', 'UPDATE', 'DELETE'] : [command];
}

function createPolicy(policy: Policy): string {
  const kind = policy.permissive ? '' : ' AS RESTRICTIVE';
  const roles = policy.roles.map((role) => (role === 'PUBLIC' ? role : ident(role))).join(', ');
  return `CREATE POLICY ${ident(policy.name)} ON ${policy.relation}${kind} FOR ${policy.command} TO ${roles}${clauses(policy)}`;
}

function clauses({ using = null, withCheck = null }: Partial<Policy>): string {
  return `${using === null ? '' : ` USING (${using})`}${withCheck === null ? '' : ` WITH CHECK (${withCheck})`}`;
}
