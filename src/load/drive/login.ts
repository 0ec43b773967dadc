import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import type { Cluster } from '../../cluster/cluster.ts';
import { scramVerifier, secret } from '../../cluster/scram.ts';
import { statementMs } from '../../cluster/server.ts';

/** How a generator logs in: as the role that requests run as. */
export interface LoadLogin {
  readonly user: string;
  readonly password: string;
  /** File of the authority's certificate. */
  readonly ca: string;
}

/** Gives the request role a password that nobody knows, and puts the authority's certificate where the generator reads it. */
export async function makeLogin(cluster: Cluster, role: string, folder: string): Promise<LoadLogin> {
  const password = secret();
  const client = await cluster.primary.connect({ statementMs });
  try {
    // One round of hashing: it is not the logins that are measured.
    await client.query(
      `ALTER ROLE ${pg.escapeIdentifier(role)} LOGIN PASSWORD ${pg.escapeLiteral(scramVerifier(password, 1))}`,
    );
  } finally {
    await client.end();
  }
  const ca = path.join(folder, 'ca.crt');
  await writeFile(ca, cluster.topology?.ground.tls.ca ?? '', { mode: 0o600 });
  return { user: role, password, ca };
}
