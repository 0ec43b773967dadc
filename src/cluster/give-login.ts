import pg from 'pg';
import type { Postgres } from './postgres.ts';
import { scramVerifier, secret } from './scram.ts';
import { statementMs } from './server.ts';

/** Lets a role log in, with a password that was made just now and takes the place of any before; gives that back. */
export async function giveLogin(primary: Postgres, role: string): Promise<string> {
  const password = secret();
  const client = await primary.connect({ statementMs });
  try {
    // One round of hashing: it is not the logins that are measured.
    await client.query(
      `ALTER ROLE ${pg.escapeIdentifier(role)} LOGIN PASSWORD ${pg.escapeLiteral(scramVerifier(password, 1))}`,
    );
  } finally {
    await client.end();
  }
  return password;
}
