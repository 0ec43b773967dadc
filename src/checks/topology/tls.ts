import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { z } from 'zod';
import { makeCertificates } from '../../cluster/certificates.ts';
import type { Breach } from '../../evidence/model.ts';
import { faults } from '../../faults/index.ts';
import { judge } from '../access/table-check.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../check.ts';
import { around } from './around.ts';
import { type Login, requestLogin } from './clients.ts';

const parameters = z.strictObject({ kind: z.string() });

/** Servers and pooler let nobody in without TLS, and their certificates are those of the authority. */
export const topologyTls = defineCheck({
  kind: 'topology.tls',
  family: 'topology',
  says: 'server and pooler refuse plain connections, and take those with TLS whose certificate verifies, name and all',
  parameters,
  needs: ['superuser', 'tls'],
  isolation: 'cluster',
  tables: () => [],
  run: runTls,
  faults: (context) => [
    faults['plain-connections'](),
    ...(context.design.topology.pooler === undefined
      ? []
      : [faults['pooler-value']('client_tls_sslmode', 'allow', true)]),
  ],
});

interface Way {
  readonly name: string;
  readonly ssl: pg.ClientConfig['ssl'];
  readonly lets: boolean;
}

async function* runTls(context: CheckContext): AsyncGenerator<Sighting, Judgement, void> {
  const { cluster, topology } = around(context);
  const login = await requestLogin(context);
  const other = await makeCertificates(['localhost']);
  const ca = await readFile(topology.ground.tls.authority, 'utf8');
  const ways: readonly Way[] = [
    { name: 'without TLS', ssl: false, lets: false },
    { name: 'sslmode=verify-full', ssl: { ca }, lets: true },
    { name: 'sslmode=verify-full, by another authority', ssl: { ca: other.authority }, lets: false },
  ];
  const places = [
    { subject: 'primary', port: cluster.primary.tcp.port, database: 'postgres' },
    ...(topology.pooler === undefined
      ? []
      : [
          { subject: 'pooler', port: topology.pooler.port, database: topology.pooler.entries[0]?.name ?? '' },
        ]),
  ];
  const breaches: Breach[] = [];
  for (const { subject, port, database } of places) {
    for (const way of ways) {
      const actual = await attempt(port, database, login, way.ssl);
      const let_in = actual.startsWith('let in');
      const expected = way.lets ? 'let in, over TLS' : 'refused';
      const agrees = way.lets ? actual === expected : !let_in;
      yield { subject, way: way.name, statement: 'connect', expected, actual, agrees };
      if (!agrees) {
        breaches.push({
          says: `${subject}: a connection ${way.name} is ${actual}`,
          object: subject === 'primary' ? 'pg_hba.conf' : 'client_tls_sslmode of the pooler',
          expected,
          actual,
        });
      }
    }
  }
  return judge(breaches, []);
}

async function attempt(
  port: number,
  database: string,
  { user, password }: Login,
  ssl: pg.ClientConfig['ssl'],
): Promise<string> {
  const client = new pg.Client({
    host: 'localhost',
    port,
    user,
    password,
    database,
    ...(ssl === undefined ? {} : { ssl }),
    connectionTimeoutMillis: 10_000,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    return ssl === false ? 'let in, without TLS' : 'let in, over TLS';
  } catch (error) {
    return `refused: ${(error as Error).message}`;
  } finally {
    await client.end().catch(() => undefined);
  }
}
