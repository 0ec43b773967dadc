import path from 'node:path';
import { statementMs } from '../../cluster/server.ts';
import { tlsOnly } from '../../cluster/tls.ts';
import type { Fault, FaultTarget } from '../fault.ts';

/** A primary that lets connections in without TLS. */
export function plainConnections(): Fault {
  return opened('plain-connections', 'without TLS', (text, range) =>
    text.replace(/^hostnossl.*$/m, () => `host all all ${range} scram-sha-256`),
  );
}

/** A primary that asks nobody for a password. */
export function trustedConnections(): Fault {
  return opened('trusted-connections', 'without a password', (text) =>
    text.replace(/^(hostssl all .*)scram-sha-256$/m, '$1trust'),
  );
}

function opened(kind: string, how: string, open: (text: string, range: string) => string): Fault {
  const write = async ({ cluster }: FaultTarget, change: typeof open) => {
    if (cluster === undefined) return;
    const { range } = cluster.host;
    const file = path.join(cluster.primary.data, 'pg_hba.conf');
    await cluster.host.writeFile(file, change(tlsOnly(range), range));
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
    statement: open(tlsOnly('samenet'), 'samenet'),
    scope: 'cluster',
    inject: (target) => write(target, open),
    heal: (target) => write(target, (text) => text),
  };
}
