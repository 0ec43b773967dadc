import { createSecureContext, type SecureContext } from 'node:tls';
import pg from 'pg';
import { giveLogin } from '../../cluster/give-login.ts';
import type { CheckContext } from '../check.ts';
import { around, poolerOf } from './around.ts';

/** A login for the request role, as its application has one. */
export interface Login {
  readonly user: string;
  readonly password: string;
  /** The authority's certificate, PEM. */
  readonly ca: string;
  /** The same, read once: thousands of clients would each take memory and time for it. */
  readonly secureContext: SecureContext;
}

/** Gives the request role a password that nobody knows, and what a client needs to connect. */
export async function requestLogin(context: CheckContext): Promise<Login> {
  const { cluster, topology } = around(context);
  const { role: user } = context.design.request;
  const password = await giveLogin(cluster.primary, user);
  const { ca } = topology.ground.tls;
  return { user, password, ca, secureContext: createSecureContext({ ca }) };
}

/** How long a client may take to connect: a pooler that is out of file handles does not even refuse. */
const connectMs = 30_000;

/** Longer than any pooler keeps a query waiting: one that is never answered ends too. */
const queryMs = 60_000;

/** A client through the pooler; `database` is an entry of the pooler. */
export function pooledClient(context: CheckContext, login: Login, database: string): pg.Client {
  const client = new pg.Client({
    ...poolerOf(context).direct,
    user: login.user,
    password: login.password,
    database,
    // Its own address need not be in the certificate; its name is.
    ssl: { secureContext: login.secureContext, servername: 'localhost' },
    application_name: 'pgattest',
    connectionTimeoutMillis: connectMs,
    query_timeout: queryMs,
  });
  client.on('error', () => {});
  return client;
}
