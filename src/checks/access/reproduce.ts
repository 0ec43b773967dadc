import type { Actor } from '../../design/design.ts';
import type { CheckContext } from '../check.ts';
import { ident, identityOf, literal } from './target.ts';

/** A script for psql, as a superuser, that shows one breach and leaves nothing behind. */
export function reproduceAs(
  context: CheckContext,
  actor: Actor,
  statement: string,
  expected: string,
  triggers = true,
): string {
  const identity = identityOf(context, actor, triggers);
  const settings = Object.entries(identity.settings).map(
    ([name, value]) => `SELECT set_config(${literal(name)}, ${literal(value)}, true);`,
  );
  return [
    'BEGIN;',
    ...(triggers
      ? []
      : ['SET LOCAL session_replication_role = replica; -- policies without triggers and foreign keys']),
    ...settings,
    `SET LOCAL SESSION AUTHORIZATION ${ident(identity.role)};`,
    `${statement}; -- expected: ${expected}`,
    'ROLLBACK;',
  ].join('\n');
}
