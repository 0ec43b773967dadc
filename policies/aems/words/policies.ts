import type { AccessRules } from 'pgattest';

/** Relations without a column `tenant_id`, and views, which have no policies of their own. */
type Isolation = 'tenant' | 'none';

/** The rules with the names of the policies that are meant to bring them about: `customers_select_policy`. */
export function withPolicies(rules: AccessRules, isolation: Isolation): AccessRules {
  const bare = rules.table.slice(rules.table.indexOf('.') + 1);
  const named = <Rule extends object>(rule: Rule, command: string): Rule => {
    if ('never' in rule) return rule;
    const own = `${bare}_${command}_policy`;
    return { ...rule, by: isolation === 'tenant' ? [own, 'tenant_isolation_policy'] : [own] };
  };
  return {
    ...rules,
    select: named(rules.select, 'select'),
    insert: named(rules.insert, 'insert'),
    update: named(rules.update, 'update'),
    delete: named(rules.delete, 'delete'),
  };
}
