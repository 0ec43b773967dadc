import pg from 'pg';
import type { Postgres } from '../postgres.ts';
import { scramVerifier, secret } from '../scram.ts';

export interface Login {
  readonly user: string;
  readonly password: string;
}

export interface Logins {
  /** Superuser. */
  readonly admin: Login;
  /** What an application logs in as. */
  readonly application: Login;
}

/** The login that stands in when the design's request role is none and no login of the design is a member of it. */
const standIn = 'pgattest_client';

/** Gives the superuser and the application's login passwords that were made just now. */
export async function makeLogins(
  primary: Postgres,
  { role, logins }: { readonly role: string; readonly logins: readonly string[] },
): Promise<Logins> {
  const admin = { user: 'postgres', password: secret() };
  const client = await primary.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      `SELECT rolname AS name FROM pg_catalog.pg_roles
        WHERE rolcanlogin AND rolname = ANY ($2) AND pg_has_role(oid, (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = $1), 'MEMBER')
        ORDER BY rolname <> $1, array_position($2, rolname::text) LIMIT 1`,
      [role, [role, ...logins]],
    );
    const user = rows[0]?.name ?? standIn;
    if (user === standIn) {
      await client.query(`CREATE ROLE ${standIn} LOGIN IN ROLE ${pg.escapeIdentifier(role)}`);
    }
    const application = { user, password: secret() };
    for (const login of [admin, application]) {
      await client.query(
        `ALTER ROLE ${pg.escapeIdentifier(login.user)} PASSWORD ${pg.escapeLiteral(scramVerifier(login.password))}`,
      );
    }
    return { admin, application };
  } finally {
    await client.end();
  }
}
