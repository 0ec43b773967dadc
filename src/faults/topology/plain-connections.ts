import path from 'node:path';
import { tlsOnly } from '../../cluster/tls.ts';
import type { Fault, FaultTarget } from '../fault.ts';

/** A primary that lets connections in without TLS. */
export function plainConnections(): Fault {
  const write = async ({ cluster }: FaultTarget, text: string) => {
    if (cluster === undefined) return;
    await cluster.host.writeFile(path.join(cluster.primary.data, 'pg_hba.conf'), text);
    const client = await cluster.primary.connect();
    try {
      await client.query('SELECT pg_reload_conf()');
    } finally {
      await client.end();
    }
  };
  const open = tlsOnly.replace(/^hostnossl.*$/m, 'host all all 127.0.0.0/8 scram-sha-256');
  return {
    kind: 'plain-connections',
    name: 'plain-connections pg_hba.conf',
    object: 'pg_hba.conf',
    says: 'pg_hba.conf lets connections in without TLS',
    statement: open,
    scope: 'cluster',
    inject: (target) => write(target, open),
    heal: (target) => write(target, tlsOnly),
  };
}
