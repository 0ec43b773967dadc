import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Cluster } from '../../cluster/cluster.ts';
import { giveLogin } from '../../cluster/give-login.ts';

/** How a generator logs in: as the role that requests run as. */
export interface LoadLogin {
  readonly user: string;
  readonly password: string;
  /** File of the authority's certificate. */
  readonly ca: string;
}

/** Gives the request role a password that nobody knows, and puts the authority's certificate where the generator reads it. */
export async function makeLogin(cluster: Cluster, role: string, folder: string): Promise<LoadLogin> {
  const password = await giveLogin(cluster.primary, role);
  const ca = path.join(folder, 'ca.crt');
  await writeFile(ca, cluster.topology?.ground.tls.ca ?? '', { mode: 0o600 });
  return { user: role, password, ca };
}
