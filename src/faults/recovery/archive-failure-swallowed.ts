import pg from 'pg';
import type { Fault } from '../fault.ts';
import { reloadingPrimary } from '../reloading-primary.ts';

/** An archive command that says yes whatever became of the segment: `… || true`, as scripts have it that end with a message. */
export function archiveFailureSwallowed(): Fault {
  return {
    kind: 'archive-failure-swallowed',
    name: 'archive-failure-swallowed primary',
    object: 'archive_command',
    says: 'archive_command hides that it failed: the server takes every segment for archived',
    statement: "ALTER SYSTEM SET archive_command = '… || true'",
    scope: 'cluster',
    inject: (target) =>
      reloadingPrimary(target, async (client) => {
        const { rows } = await client.query<{ setting: string }>(
          "SELECT setting FROM pg_settings WHERE name = 'archive_command'",
        );
        const command = `{ ${rows[0]?.setting ?? 'false'}; } || true`;
        await client.query(`ALTER SYSTEM SET archive_command = ${pg.escapeLiteral(command)}`);
      }),
    heal: (target) =>
      reloadingPrimary(target, (client) => client.query('ALTER SYSTEM RESET archive_command')),
  };
}
