import path from 'node:path';
import { statementMs } from '../../cluster/server.ts';
import { tlsOnly } from '../../cluster/tls.ts';
import type { Fault, FaultTarget } from '../fault.ts';

/** A primary that lets connections in without TLS. */
export function plainConnections(range: string): Fault {
  return opened('plain-connections', 'without TLS', range, (text) =>
    text.replace(/^hostnossl.*$/m, () => `host all all ${range} scram-sha-256`),
  );
}

/** A primary that asks nobody for a password. */
export function trustedConnections(range: string): Fault {
  return opened('trusted-connections', 'without a password', range, (text) =>
    text.replace(/^(hostssl all .*)scram-sha-256$/m, '$1trust'),
  );
}

/** @param range the addresses that the host's services come from */
function opened(kind: string, how: string, range: string, open: (text: string) => string): Fault {
  const healthy = tlsOnly(range);
  const write = async ({ cluster }: FaultTarget, text: string) => {
    if (cluster === undefined) return;
    const file = path.join(cluster.primary.data, 'pg_hba.conf');
    await cluster.host.writeFile(file, text);
    const client = await cluster.primary.connect({ statementMs });
    try {
      await client.query('SELECT pg_reload_conf()');
    } finally {
      await client.end();
    }
  };
  return {
    kind,
    name: `${kind} pg_hba.conf`,
    object: 'pg_hba.conf',
    says: `pg_hba.conf lets connections in ${how}`,
    statement: open(healthy),
    scope: 'cluster',
    inject: (target) => write(target, open(healthy)),
    heal: (target) => write(target, healthy),
  };
}
