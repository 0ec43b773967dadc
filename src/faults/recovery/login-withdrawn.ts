import pg from 'pg';
import type { Fault } from '../fault.ts';

/** Transactions that wrote something: enough that the clients are connected and at work. */
const transactions = 400;

/** The clients' role may not log in any more, once they are connected: it shows when they have to connect again. */
export function loginWithdrawn(role: string): Fault {
  const name = pg.escapeIdentifier(role);
  const statement = `DO $$
DECLARE first CONSTANT bigint := pg_snapshot_xmax(pg_current_snapshot())::text::bigint;
BEGIN
  WHILE pg_snapshot_xmax(pg_current_snapshot())::text::bigint < first + ${transactions} LOOP
    PERFORM pg_sleep(0.02);
  END LOOP;
  EXECUTE ${pg.escapeLiteral(`ALTER ROLE ${name} NOLOGIN`)};
END $$`;
  return {
    kind: 'login-withdrawn',
    name: `login-withdrawn ${role}`,
    object: role,
    says: `${role} may not log in any more, once its clients are connected`,
    statement,
    scope: 'cluster',
    inject: async ({ cluster }) => {
      const client = await cluster?.primary.connect({ applicationName: 'pgattest fault' });
      // It waits for clients that come only afterwards, and ends with its server at the latest.
      void client?.query(statement).then(
        () => client.end(),
        () => undefined,
      );
    },
    heal: async ({ cluster }) => {
      const client = await cluster?.primary.connect();
      await client
        ?.query(
          `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'pgattest fault'`,
        )
        .then(() => client.query(`ALTER ROLE ${name} LOGIN`))
        .finally(() => client.end());
    },
  };
}
