import { writeFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Cluster, startCluster } from '../../src/cluster/cluster.ts';
import { thisMachine } from '../../src/cluster/machine.ts';
import { findProgram } from '../../src/cluster/tools.ts';
import { type ReachedCluster, type ReachOptions, reachCluster } from '../../src/cluster/url/reach.ts';
import { scratchFolder } from './support.ts';

const secret = 's3cr3t p@ss/word';
const settings = { max_connections: 40, work_mem: '8MB' };
let cluster: Cluster;
const pgbouncer = await findProgram('pgbouncer', thisMachine());

/** A server with everything around it, where roles come with a password and TLS. */
beforeAll(async () => {
  cluster = await startCluster({
    on: 'auto',
    settings,
    throwaway: true,
    topology: {
      database: 'shop',
      wish: { replicas: 1, pooler: { mode: 'transaction', maxClients: 20, poolSize: 5, writer: 'shop' } },
    },
  });
  const client = await cluster.primary.connect();
  const password = `LOGIN PASSWORD ${pg.escapeLiteral(secret)}`;
  await client.query(`CREATE ROLE boss SUPERUSER ${password}`);
  await client.query(
    `CREATE ROLE plain ${password}; CREATE ROLE rds_superuser; GRANT rds_superuser TO plain`,
  );
  await client.query('CREATE DATABASE shop');
  await client.end();
});

afterAll(() => cluster?.close());

interface Where {
  readonly user?: string;
  readonly password?: string | undefined;
  readonly database?: string;
  readonly at?: { readonly host: string; readonly port: number };
  readonly parameters?: string;
}

/** A file of the authority's certificate that this process may read. */
function authorityFile(): string {
  const file = path.join(scratchFolder(), 'ca.crt');
  writeFileSync(file, cluster.topology?.ground.tls.ca ?? '');
  return file;
}

function urlOf({ user = 'boss', password = secret, database = 'shop', at, parameters }: Where = {}): string {
  const { host, port } = at ?? cluster.primary.tcp;
  const login = password === '' ? user : `${user}:${encodeURIComponent(password)}`;
  const tls = parameters ?? `sslmode=verify-full&sslrootcert=${authorityFile()}`;
  return `postgres://${login}@${host}:${port}/${database}?${tls}`;
}

async function reach(
  url: string,
  more: { readonly writes?: boolean } & Partial<ReachOptions> = {},
): Promise<ReachedCluster> {
  const reached = await reachCluster({
    url,
    writes: false,
    design: { version: 15, settings: { ...settings, 'no.such': 1 } },
    signal: new AbortController().signal,
    ...more,
  });
  onTestFinished(() => reached.close());
  return reached;
}

async function databases(): Promise<readonly string[]> {
  const client = await cluster.primary.connect();
  const { rows } = await client.query<{ datname: string }>('SELECT datname FROM pg_database ORDER BY 1');
  await client.end();
  return rows.map(({ datname }) => datname);
}

describe('what is allowed', () => {
  test('read only: a session may not write, whatever it resets', async () => {
    const { primary, capabilities, lacking, facts } = await reach(urlOf());
    expect([...capabilities]).toEqual(['superuser']);
    expect(lacking?.faults).toBe('--allow-writes shop');
    const client = await primary.connect();
    onTestFinished(() => client.end());
    const refused = { code: '25006' };
    await expect(client.query('CREATE TABLE t ()')).rejects.toMatchObject(refused);
    await client.query('DISCARD ALL');
    await expect(client.query('CREATE TABLE t ()')).rejects.toMatchObject(refused);
    expect(facts).toMatchObject({
      source: 'url',
      why: `postgres://boss@${cluster.primary.tcp.host}:${cluster.primary.tcp.port}/shop, as asked for`,
      settings: { work_mem: { design: '8MB', here: '8MB' }, 'no.such': { here: 'unknown' } },
    });
    expect(facts.notes).toContainEqual(expect.stringContaining('read only'));
    expect(facts.notes).toContain('connections are encrypted by TLS');
    expect(JSON.stringify(facts)).not.toContain(secret);
  });

  test('writes: copies are made, and are gone at the end, with the sessions', async () => {
    const before = await databases();
    const reached = await reach(urlOf(), { writes: true });
    expect([...reached.capabilities].sort()).toEqual(['copies', 'faults', 'scratch-database', 'superuser']);
    const name = await reached.primary.copyDatabase('shop');
    expect(name).toMatch(/^pgattest_copy_/);
    const client = await reached.primary.connect({ database: name });
    await client.query('CREATE TABLE t ()');
    const lost = expect(client.query('SELECT pg_sleep(600)')).rejects.toThrow();
    await reached.close();
    await lost;
    await reached.close();
    expect(await databases()).toEqual(before);
    await expect(reached.primary.dropDatabase('shop')).rejects.toThrow('not ours');
  });

  test('copies of a run that was killed go at the next start, those of one that lives do not', async () => {
    const living = await reach(urlOf(), { writes: true });
    const copy = await living.primary.copyDatabase('shop');
    const dead = 'pgattest_copy_deadbeef_01234567';
    const client = await living.primary.connect({ database: 'postgres' });
    await client.query(`CREATE DATABASE ${dead} TEMPLATE shop`);
    await client.end();
    await reach(urlOf(), { writes: true });
    const left = await databases();
    expect(left).toContain(copy);
    expect(left).not.toContain(dead);
  });

  test('a plain role: no superuser, no copies, and why', async () => {
    const { capabilities, lacking, facts } = await reach(urlOf({ user: 'plain' }), { writes: true });
    expect([...capabilities].sort()).toEqual(['faults', 'scratch-database']);
    expect(lacking).toMatchObject({
      superuser: 'plain is none, only a member of rds_superuser',
      copies: 'plain may not create databases',
    });
    expect(facts.notes).toContain('no superuser: plain is none, only a member of rds_superuser');
  });

  test('no copies while others are connected', async () => {
    const other = await cluster.primary.connect({ database: 'shop' });
    onTestFinished(() => other.end());
    const { lacking } = await reach(urlOf(), { writes: true });
    expect(lacking?.copies).toContain('others are connected to shop');
  });

  test('a replica is read, and not written', async () => {
    const at = cluster.topology?.replicas[0]?.server.tcp;
    if (at === undefined) throw new Error('no replica');
    const { facts, lacking } = await reach(urlOf({ at }));
    expect(facts.notes).toContain('the server is a replica');
    expect(lacking?.faults).toContain('the primary');
    await expect(reach(urlOf({ at }), { writes: true })).rejects.toMatchObject({
      code: 'not-able',
      message: expect.stringContaining('is a replica'),
    });
  });

  test('another version than the design is for is a note', async () => {
    const { facts } = await reach(urlOf(), { design: { version: 17, settings: {} } });
    expect(facts.notes).toContain('the server is PostgreSQL 15; the design is for 17');
  });
});

describe('where it cannot be', () => {
  const nobody = { host: '127.0.0.1', port: 1 };
  test.each<[string, Where, RegExp]>([
    [
      'wrong password',
      { password: 'w0rd of mine' },
      /password authentication failed for user "boss"; correct the password/,
    ],
    ['no such role', { user: 'nobody' }, /password authentication failed for user "nobody"/],
    ['no such database', { database: 'nowhere' }, /database "nowhere" does not exist; correct the name/],
    ['nobody there', { at: nobody }, /ECONNREFUSED/],
    ['no TLS', { parameters: '' }, /no encryption; correct the user, or pg_hba\.conf/],
    ['a certificate of nobody we know', { parameters: 'sslmode=verify-full' }, /certificate/],
    [
      'no file of certificates',
      { parameters: 'sslrootcert=/nowhere.crt' },
      /\/nowhere\.crt, which cannot be read/,
    ],
    ['no URL', { database: '%zz' }, /./],
  ])('%s is said in one line, without the password', async (_, where, says) => {
    const url = urlOf(where);
    const error = await reach(url).then(
      () => undefined,
      (reason: unknown) => reason as Error,
    );
    expect(error).toMatchObject({ name: 'ClusterError', message: expect.stringMatching(says) });
    expect(error?.message).not.toContain('\n');
    for (const text of [error?.message, error?.stack]) {
      expect(text).not.toContain(where.password ?? secret);
      expect(text).not.toContain(encodeURIComponent(where.password ?? secret));
    }
  });

  test.runIf(pgbouncer !== undefined)('a pooler in front is told from the server', async () => {
    const pooler = cluster.topology?.pooler;
    if (pooler === undefined) throw new Error('no pooler');
    await expect(reach(urlOf({ at: pooler.tcp }))).rejects.toMatchObject({
      code: 'not-able',
      message: expect.stringContaining('PgBouncer'),
    });
  });

  test('an interrupt while it is reached is what ends it', async () => {
    const controller = new AbortController();
    controller.abort(new Error('enough'));
    await expect(reach(urlOf(), { signal: controller.signal })).rejects.toThrow('enough');
  });
});

describe('the password', () => {
  const bare = () => urlOf({ password: '' });
  test('comes from PGPASSWORD', async () => {
    vi.stubEnv('PGPASSWORD', secret);
    onTestFinished(() => void vi.unstubAllEnvs());
    await expect(reach(bare())).resolves.toBeDefined();
  });

  test('comes from the password file, for copies too', async () => {
    const file = path.join(scratchFolder(), 'pgpass');
    const { host, port } = cluster.primary.tcp;
    writeFileSync(file, `${host}:${port}:shop:boss:${secret}\n`, { mode: 0o600 });
    vi.stubEnv('PGPASSFILE', file);
    onTestFinished(() => void vi.unstubAllEnvs());
    const { primary } = await reach(bare(), { writes: true });
    const client = await primary.connect({ database: await primary.copyDatabase('shop') });
    await client.end();
  });
});
