import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import type { Place, PlaceWish } from '../../src/cluster/host.ts';
import { ProcessHost } from '../../src/cluster/process-host.ts';
import { processTable } from '../../src/cluster/process-table.ts';
import { until } from '../../src/cluster/until.ts';
import { hostContract } from './host-contract.ts';
import { runFolders, scratchMachine, testCluster, testHost, testServer } from './support.ts';

const table = processTable(process.platform);

hostContract(() => testHost(scratchMachine()));

test('nothing of the environment gets in but PATH', async () => {
  const { stdout } = await testHost(scratchMachine()).exec(['env'], { env: { MINE: '1' } });
  const names = stdout
    .trim()
    .split('\n')
    .map((line) => line.split('=')[0]);
  expect(names.sort()).toEqual(expect.arrayContaining(['HOME', 'LC_ALL', 'MINE', 'PATH', 'TZ']));
  expect(names.filter((name) => name?.startsWith('PG') || name === 'USER')).toEqual([]);
});

test('a clock of the host moves for who is started with it, and for nobody else', async (context) => {
  const host = testHost(scratchMachine());
  if (!host.abilities.has('clock')) return context.skip('needs libfaketime');
  const { env, set } = await host.makeClock();
  const ahead = async (options = {}) =>
    Number((await host.exec(['date', '+%s'], options)).stdout) - Date.now() / 1000;
  expect(Math.abs(await ahead({ env }))).toBeLessThan(2);
  await set(3600);
  expect(Math.abs((await ahead({ env })) - 3600)).toBeLessThan(2);
  expect(Math.abs(await ahead())).toBeLessThan(2);
  await set(-3600);
  expect(Math.abs((await ahead({ env })) + 3600)).toBeLessThan(2);
});

test('closing ends what runs, and nothing starts after', async () => {
  const machine = scratchMachine();
  const host = testHost(machine);
  // Deaf to orders, with a child that left its process group.
  const service = await host.start(['sh', '-c', "trap '' TERM; setsid sleep 600 & wait; sleep 600"], {
    name: 'deaf',
    log: 'deaf.log',
  });
  expect(await until(() => table.descendants(service.pid).length > 0, 5_000)).toBe(true);
  const running = host.exec(['sleep', '600']);
  const [child] = table.descendants(service.pid);
  await Promise.all([host.close(), host.close()]);
  expect((await running).exitCode).not.toBe(0);
  expect(await service.exited).toMatchObject({ signal: 'SIGKILL' });
  expect(table.startOf(child ?? 0)).toBeUndefined();
  expect(runFolders(machine)).toEqual([]);
  await expect(host.exec(['true'])).rejects.toMatchObject({ code: 'closed' });
});

test('a service that cannot be run is an error that names it', async () => {
  const host = testHost(scratchMachine());
  await expect(host.start(['/no/such/server'], { name: 'x', log: 'x.log' })).rejects.toMatchObject({
    code: 'start-failed',
    message: expect.stringContaining('/no/such/server'),
  });
  expect(host.abilities.has('freeze')).toBe(true);
});

test('a port that was taken in between is tried again', async () => {
  const machine = scratchMachine();
  const squatter = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => squatter.once('listening', resolve));
  const address = squatter.address();
  const taken = typeof address === 'object' && address !== null ? address.port : 0;
  let asked = 0;
  class UnluckyHost extends ProcessHost {
    override async place(name: string, wish: PlaceWish): Promise<Place> {
      const place = await super.place(name, wish);
      return asked++ < 2 ? { ...place, port: taken } : place;
    }
  }
  const host = new UnluckyHost(machine);
  try {
    const server = await testServer(host, machine);
    expect(server.tcp.port).not.toBe(taken);
    expect(asked).toBe(3);
    expect(table.inside(host.folder).length).toBeGreaterThan(0);
  } finally {
    squatter.close();
    await host.close();
  }
});

test('a frozen server says nothing, backends included, and goes on when thawed', async () => {
  const { primary } = await testCluster({ machine: scratchMachine() });
  const client = await primary.connect();
  await primary.service.freeze();
  let answered = false;
  const answer = client.query('SELECT 1 AS one').then(({ rows }) => {
    answered = true;
    return rows;
  });
  expect(await until(() => answered, 150)).toBe(false);
  await primary.service.thaw();
  expect(await answer).toEqual([{ one: 1 }]);
  await expect(primary.service.cutOff()).rejects.toMatchObject({ code: 'not-able' });
});

test('a frozen server can be stopped and killed', async () => {
  const machine = scratchMachine();
  const host = testHost(machine);
  const server = await testServer(host, machine);
  await server.service.freeze();
  await server.stop();
  expect(await server.service.exited).toEqual({ code: 0, signal: null });
  const other = await testServer(host, machine, 'other');
  await other.service.freeze();
  await other.service.kill();
  expect(await other.service.exited).toEqual({ code: null, signal: 'SIGKILL' });
});
