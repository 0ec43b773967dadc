import type { AccessRules } from 'pgattest';

/** The document's policy: on every table with a column `tenant_id`, whatever the command. */
const isolation = 'tenant_isolation_policy';

/** The rules with the names of the policies that are meant to bring them about: `user_mfa_select_policy`. */
export function withPolicies(rules: AccessRules): AccessRules {
  return named(rules, []);
}

/** The same for a table that the policy of tenant isolation restricts further. */
export function withIsolation(rules: AccessRules): AccessRules {
  return named(rules, [isolation]);
}

function named(rules: AccessRules, also: readonly string[]): AccessRules {
  const bare = rules.table.slice(rules.table.indexOf('.') + 1);
  const by = <Rule extends object>(rule: Rule, command: string): Rule =>
    'never' in rule ? rule : { ...rule, by: [`${bare}_${command}_policy`, ...also] };
  return {
    ...rules,
    select: by(rules.select, 'select'),
    insert: by(rules.insert, 'insert'),
    update: by(rules.update, 'update'),
    delete: by(rules.delete, 'delete'),
  };
}
