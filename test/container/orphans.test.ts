import { randomInt } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { ContainerHost } from '../../src/cluster/container/host.ts';
import { folderLabel, machineLabel, runLabel } from '../../src/cluster/container/labels.ts';
import { removeOrphans } from '../../src/cluster/container/orphans.ts';
import { removeRun } from '../../src/cluster/container/removal.ts';
import type { Machine } from '../../src/cluster/machine.ts';
import { pgattest, scratch } from '../cli/command.ts';
import { runFolders, scratchMachine } from '../cluster/support.ts';
import { containerHost, dockerOf, whatIsLeft, withDocker } from './support.ts';

/** A machine that is no other, so that nothing else is an orphan of it. */
function strangeMachine(): Machine {
  return { ...scratchMachine(), identity: `test-${randomInt(36 ** 6).toString(36)}` };
}

function removeFolder({ tmp, uid }: Machine, { run }: ContainerHost): void {
  rmSync(join(tmp, `pgattest-${uid}`, run), { recursive: true });
}

withDocker('what belongs to a run whose folder is gone', () => {
  test('goes; what has its folder and what is another machine’s stay', async () => {
    const docker = await dockerOf();
    const [machine, other] = [strangeMachine(), strangeMachine()];
    const hosts = {
      orphan: await containerHost(machine),
      live: await containerHost(machine),
      others: await containerHost(other),
    };
    removeFolder(machine, hosts.orphan);
    removeFolder(other, hosts.others);
    expect([...(await removeOrphans(docker, machine))].sort()).toEqual([
      `container pgattest-${hosts.orphan.run}-keeper`,
      `network pgattest-${hosts.orphan.run}`,
      `volume pgattest-${hosts.orphan.run}`,
    ]);
    expect(await whatIsLeft(hosts.orphan.run)).toEqual([]);
    expect(await whatIsLeft(hosts.live.run)).toHaveLength(3);
    expect(await whatIsLeft(hosts.others.run)).toHaveLength(3);
    expect(runFolders(machine)).toEqual([hosts.live.run]);
    expect(await removeOrphans(docker, machine)).toEqual([]);
    await hosts.live.close();
    await hosts.others.close();
    expect(await whatIsLeft(hosts.others.run)).toEqual([]);
  });

  test('stays when it cannot be seen whether the folder is gone', async () => {
    const docker = await dockerOf();
    const machine = strangeMachine();
    const run = machine.identity;
    onTestFinished(async () => void (await removeRun(docker, run)));
    // A path through a file, which fails for root too, as another account's folder does for others.
    const folder = join(import.meta.filename, run);
    await docker.createVolume({
      Name: `pgattest-${run}`,
      Labels: { [runLabel]: run, [machineLabel]: machine.identity, [folderLabel]: folder },
    });
    expect(await removeOrphans(docker, machine)).toEqual([]);
    expect(await whatIsLeft(run)).toHaveLength(1);
  });

  test('goes with pgattest clean, which says so', async () => {
    const machine = scratchMachine();
    const host = await containerHost(machine);
    removeFolder(machine, host);
    const { code, stdout } = await pgattest(scratch(), ['clean']);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringContaining(`removed volume pgattest-${host.run}, of a run whose folder is gone`),
    });
    expect(await whatIsLeft(host.run)).toEqual([]);
  });
});

test('without a daemon clean has nothing to ask, and does not wait', async () => {
  const folder = scratch();
  for (const DOCKER_HOST of [`unix://${folder}/none.sock`, 'tcp://127.0.0.1:9', 'nonsense']) {
    expect(await pgattest(folder, ['clean'], { DOCKER_HOST })).toEqual({
      code: 0,
      stdout: 'nothing to clean\n',
      stderr: '',
    });
  }
});
