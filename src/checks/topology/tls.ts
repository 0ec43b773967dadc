import { z } from 'zod';
import { makeCertificates } from '../../cluster/certificates.ts';
import type { Address } from '../../cluster/host.ts';
import { statementMs } from '../../cluster/server.ts';
import { faults } from '../../faults/index.ts';
import { judge } from '../access/table-check.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../check.ts';
import { around } from './around.ts';
import { requestLogin } from './clients.ts';
import { Notes } from './notes.ts';
import { hasReplayed } from './replayed.ts';
import { attemptLogin, type Tls } from './tls-login.ts';

const parameters = z.strictObject({ kind: z.string() });

/** Servers and pooler let nobody in without TLS and a password, and their certificates are those of the authority. */
export const topologyTls = defineCheck({
  kind: 'topology.tls',
  family: 'topology',
  says: 'servers and pooler refuse plain connections and old TLS, and take those whose certificate verifies, name and all; pg_hba.conf asks everybody for SCRAM',
  parameters,
  needs: ['superuser', 'tls'],
  isolation: 'cluster',
  tables: () => [],
  run: runTls,
  faults: (context) => [
    faults['plain-connections'](context.host.range),
    faults['trusted-connections'](context.host.range),
    faults['old-tls'](),
    ...(context.design.topology.pooler === undefined
      ? []
      : [faults['pooler-value']('client_tls_sslmode', 'allow', true)]),
  ],
});

interface Way {
  readonly name: string;
  readonly tls: Tls;
  readonly lets: boolean;
  readonly password?: string;
}

interface Place extends Address {
  readonly subject: string;
  readonly database: string;
}

async function* runTls(context: CheckContext): AsyncGenerator<Sighting, Judgement, void> {
  const { topology } = around(context);
  const login = await requestLogin(context);
  const { ca } = login;
  const other = await makeCertificates(['localhost', '127.0.0.1']);
  const ways: readonly Way[] = [
    { name: 'without TLS', tls: false, lets: false },
    { name: 'with sslmode=verify-full', tls: { ca }, lets: true },
    { name: 'that trusts another authority', tls: { ca: other.authority }, lets: false },
    { name: 'to another name', tls: { ca, servername: 'elsewhere.invalid' }, lets: false },
    { name: 'with TLS 1.1', tls: { ca, maxVersion: 'TLSv1.1' }, lets: false },
    { name: 'with a wrong password', tls: { ca }, lets: false, password: 'wrong' },
  ];
  const notes = new Notes();
  for (const { subject, ...place } of placesOf(context)) {
    // The login may not have come to a replica yet.
    const replica = topology.replicas.find(({ name }) => name === subject);
    if (replica !== undefined) await hasReplayed(context, replica.server, 5_000);
    for (const way of ways) {
      const password = way.password ?? login.password;
      const actual = await attemptLogin({ ...place, user: login.user, password }, way.tls);
      const expected = way.lets ? 'let in, over TLS' : 'refused';
      yield* notes.see(
        { subject, way: `a connection ${way.name}`, statement: 'connect', expected, actual },
        way.lets ? actual === expected : !actual.startsWith('let in'),
        subject === 'pooler' ? 'client_tls_sslmode of the pooler' : 'pg_hba.conf',
      );
      if (context.stopAtFirstBreach && notes.breaches.length > 0) return judge(notes.breaches, []);
    }
  }
  for (const { name, server } of [
    { name: 'primary', server: around(context).cluster.primary },
    ...topology.replicas,
  ]) {
    const client = await server.connect({ statementMs });
    try {
      const { rows } = await client.query<{ line: string }>(openRules);
      yield* notes.see(
        {
          subject: name,
          way: 'rules that let in without TLS or without SCRAM',
          statement: openRules,
          expected: 'none but the private socket of the superuser',
          actual: rows.map(({ line }) => line).join('; ') || 'none but the private socket of the superuser',
        },
        rows.length === 0,
        'pg_hba.conf',
      );
    } finally {
      await client.end();
    }
  }
  return judge(notes.breaches, []);
}

/** What the file says, as the server reads it: also rules that no connection from here would meet. */
const openRules = `SELECT format('line %s: %s %s %s', line_number, type, user_name, coalesce(auth_method, error)) AS line
FROM pg_hba_file_rules
WHERE error IS NOT NULL
  OR type IN ('host', 'hostnossl', 'hostgssenc', 'hostnogssenc') AND auth_method <> 'reject'
  OR type = 'hostssl' AND auth_method NOT IN ('scram-sha-256', 'cert', 'reject')
  OR type = 'local' AND auth_method NOT IN ('scram-sha-256', 'reject') AND user_name IS DISTINCT FROM ARRAY[current_user::text]
ORDER BY line_number`;

function placesOf(context: CheckContext): readonly Place[] {
  const { cluster, topology } = around(context);
  const { pooler } = topology;
  return [
    { subject: 'primary', ...cluster.primary.tcp, database: 'postgres' },
    ...topology.replicas.map(({ name, server }) => ({
      subject: name,
      ...server.tcp,
      database: 'postgres',
    })),
    ...(pooler === undefined
      ? []
      : [{ subject: 'pooler', ...pooler.tcp, database: pooler.entries[0]?.name ?? '' }]),
  ];
}
