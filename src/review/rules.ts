import { titles } from '../findings/ids.ts';

/** Every rule, with the sentence that says what it looks for. docs/review.md lists them; those of the catalogue have a page each in docs/checks. */
export const rules = {
  'sql.fails': 'A statement fails by its own fault.',
  'sql.fails-hidden': 'A statement fails by its own fault, which the failure of an earlier one hides.',
  'sql.fails-after-repair': 'A statement fails once an earlier one is repaired.',
  'sql.consequence': 'A statement fails because an earlier one failed.',
  'sql.template': 'A statement with parameters: prepared, not executed.',
  'sql.fragment': 'Documentation in the shape of SQL.',
  'sql.psql': 'A command of psql.',
  'sql.not-run': 'A statement that reaches outside the scratch database.',
  'document.unclosed-fence': 'A fence that is never closed.',
  'role.not-repeatable': 'CREATE ROLE that fails on a server which has the role.',
  'database.name-fixed': 'A statement that names the database.',
  'setting.unknown': 'A parameter that the server does not have.',
  'setting.value': 'A value that the server does not take.',
  'setting.comment-disagrees': 'A value that is not what its comment says.',
  'setting.exceeds-memory': "A value that is more than the machine's memory carries.",
  'setting.sum-exceeds-memory': "Values that together are more than the machine's memory.",
  'setting.needs-restart': 'A parameter that needs a restart, applied at once.',
  'pooler.refused': 'A line of pgbouncer.ini that PgBouncer refuses.',
  'pooler.unknown': 'A key that PgBouncer does not know.',
  'pooler.value': 'A value that PgBouncer does not take.',
  'pooler.md5': 'md5 between PgBouncer and a server with SCRAM passwords.',
  'pooler.reset-unused': 'server_reset_query in transaction mode.',
  'pooler.pool-above-limit': 'A pool that is larger than its limit.',
  'shell.syntax': 'A shell script that does not parse.',
  'hcl.syntax': 'HCL that does not parse.',
  ...titles,
} as const;
export type RuleId = keyof typeof rules;
