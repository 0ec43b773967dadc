import type { AccessRules } from 'pgattest';

/** The rules with the names of the policies that are meant to bring them about: `stores_select_policy`. */
export function withPolicyNames(rules: AccessRules): AccessRules {
  const bare = rules.table.slice(rules.table.indexOf('.') + 1);
  const named = <Rule extends object>(rule: Rule, command: string): Rule =>
    'never' in rule ? rule : { ...rule, by: [`${bare}_${command}_policy`] };
  return {
    ...rules,
    select: named(rules.select, 'select'),
    insert: named(rules.insert, 'insert'),
    update: named(rules.update, 'update'),
    delete: named(rules.delete, 'delete'),
  };
}
