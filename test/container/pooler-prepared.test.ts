import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { thisMachine } from '../../src/cluster/machine.ts';
import { findGo } from '../../src/load/k6/go.ts';
import { scratchMachine } from '../cluster/support.ts';
import { containerCluster, withDocker } from './support.ts';

const pooler = { mode: 'transaction', maxClients: 100, poolSize: 4, writer: 'rw', reader: 'ro' } as const;

withDocker('PgBouncer that keeps prepared statements', () => {
  test('answers new clients of the load generator in order', async () => {
    const machine = scratchMachine();
    const { topology, primary } = await containerCluster({
      machine,
      topology: { wish: { replicas: 0, pooler }, database: 'postgres' },
    });
    if (topology?.pooler === undefined) throw new Error('no pooler');
    const admin = await primary.connect();
    await admin.query("CREATE ROLE visitor LOGIN PASSWORD 'secret'");
    await admin.end();
    const ca = path.join(machine.tmp, 'ca.pem');
    writeFileSync(ca, topology.ground.tls.ca);
    const { host, port } = topology.pooler.tcp;
    const { path: go } = await findGo(thisMachine());
    const ran = await execa(
      go,
      [
        'test',
        '-trimpath',
        '-count=1',
        '-v',
        '-tags',
        'pooler',
        '-run',
        'NewConnectionsThroughAPooler',
        './pgattest',
      ],
      {
        cwd: path.join(import.meta.dirname, '../../load/k6'),
        env: {
          PGATTEST_TEST_POOLER: `host=${host} port=${port} user=visitor password=secret dbname=${pooler.writer} sslmode=verify-full sslrootcert=${ca}`,
        },
        reject: false,
      },
    );
    expect(ran.stdout).toContain('--- PASS: TestNewConnectionsThroughAPoolerThatPrepares');
    expect(ran.exitCode).toBe(0);
  }, 300_000);
});
