import { expect, test } from 'vitest';
import { hostContract } from '../cluster/host-contract.ts';
import { runFolders, scratchMachine } from '../cluster/support.ts';
import { containerHost, dockerOf, whatIsLeft, withDocker } from './support.ts';

withDocker('a host of containers', () => {
  hostContract(() => containerHost(scratchMachine()));

  test('leaves nothing when it is closed, running services or not', async () => {
    const machine = scratchMachine();
    const host = await containerHost(machine);
    await host.start(['sleep', '600'], { name: 'sleeper', log: 'sleeper.log' });
    const frozen = await host.start(['sleep', '600'], { name: 'frozen', log: 'frozen.log' });
    await frozen.freeze();
    expect(await whatIsLeft(host.run)).toHaveLength(5);
    await host.close();
    expect(await whatIsLeft(host.run)).toEqual([]);
    expect(runFolders(machine)).toEqual([]);
  });

  test('publishes on the loopback alone, and one that starts again is found at the same port', async () => {
    const host = await containerHost(scratchMachine());
    const place = await host.place('web', { port: 8000 });
    const start = () => host.start(['sleep', '600'], { name: 'web', log: 'web.log', place });
    const first = await start();
    const docker = await dockerOf();
    const inspect = async () =>
      (await docker.getContainer(`pgattest-${host.run}-web`).inspect()).NetworkSettings.Ports;
    expect(await inspect()).toEqual({
      '8000/tcp': [{ HostIp: '127.0.0.1', HostPort: String(first.address?.port) }],
    });
    await first.kill();
    const second = await start();
    expect(second.address).toEqual(first.address);
  });

  test('a service that cannot be run is an error that names it', async () => {
    const host = await containerHost(scratchMachine());
    const start = host.start(['/no/such/server'], { name: 'x', log: 'x.log' });
    await expect(start).rejects.toMatchObject({
      code: 'start-failed',
      message: expect.stringContaining('/no/such/server'),
    });
  });

  test('one that is cut off hears nobody, and is found by its name when it is back', async () => {
    const host = await containerHost(scratchMachine());
    const place = await host.place('target', { port: 5432 });
    const target = await host.start(['sleep', '600'], { name: 'target', log: 't.log', place });
    const found = async () => (await host.exec(['getent', 'hosts', 'target'])).exitCode === 0;
    expect(await found()).toBe(true);
    const docker = await dockerOf();
    const networks = async () =>
      Object.keys(
        (await docker.getContainer(`pgattest-${host.run}-target`).inspect()).NetworkSettings.Networks,
      );
    expect(await networks()).toEqual([`pgattest-${host.run}`]);
    const restore = await target.cutOff();
    expect(await found()).toBe(false);
    // Not even this program reaches it.
    expect(await networks()).toEqual([]);
    await restore();
    expect(await found()).toBe(true);
  });
});
