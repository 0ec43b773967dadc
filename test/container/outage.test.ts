import { expect, onTestFinished, test } from 'vitest';
import { type Ended, expectNothingLeft, pgattest, scratch, start } from '../cli/command.ts';
import { writeSmall } from '../cli/small.ts';
import { leftIn } from './left.ts';
import { Relay } from './relay.ts';
import { withDocker } from './support.ts';

/** One line that says it, and an exit code. */
function expectSaid({ code, stdout, stderr }: Ended): void {
  const complaints = stderr.split('\n').filter((line) => /^pgattest: |^\s+at /.test(line));
  expect(complaints, stderr).toEqual([expect.stringMatching(/Docker does not answer/)]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
}

/** Once Docker is back. */
async function expectCleaned(folder: string, env: Relay['env']): Promise<void> {
  expect(await pgattest(folder, ['clean'], env)).toMatchObject({ code: 0 });
  expect(await leftIn(folder)).toEqual([]);
  expectNothingLeft(folder);
}

withDocker('Docker stopped in the middle', () => {
  test.each([
    { command: 'up', phase: 'the network', at: /^POST \S*\/networks\/create/ },
    { command: 'up', phase: 'the primary', at: /^POST \S*\/containers\/create\S*primary/ },
    { command: 'up', phase: 'the pooler', at: /^POST \S*\/containers\/create\S*pooler/ },
    { command: 'run', phase: 'a replica', at: /^POST \S*\/containers\/create\S*replica-2/ },
    { command: 'run', phase: 'the end', at: /^DELETE \S*\/containers\// },
  ])('of $command at $phase ends it, and what is left goes when Docker is back', async ({ command, at }) => {
    const folder = scratch();
    const relay = await Relay.open(folder);
    if (relay === null) return;
    onTestFinished(async () => void (await pgattest(folder, ['clean'], relay.env)));
    const more = command === 'up' ? [] : ['--scenario', 'topology'];
    relay.cut(at);
    const ended = await pgattest(
      folder,
      [command, writeSmall(folder), '--on', 'docker', '--quiet', ...more],
      relay.env,
    );
    expectSaid(ended);
    // It cannot be known whether anything is there: so it is not forgotten.
    const clean = await pgattest(folder, ['clean'], relay.env);
    expect(clean).toMatchObject({ code: 0, stdout: expect.stringMatching(/kept .*Docker does not answer/) });
    await relay.restore();
    await expectCleaned(folder, relay.env);
  });

  test('of up that needs it no more changes nothing', async () => {
    const folder = scratch();
    const relay = await Relay.open(folder);
    if (relay === null) return;
    onTestFinished(async () => void (await pgattest(folder, ['down', '--all'], relay.env)));
    const up = start(folder, ['up', writeSmall(folder), '--on', 'docker'], relay.env);
    await up.line(/^keep/);
    relay.cut();
    expect(await up.ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/^admin/m) });
    await relay.restore();
    expect(await pgattest(folder, ['status'], relay.env)).toMatchObject({ code: 0 });
    expect(await pgattest(folder, ['down', '--all'], relay.env)).toMatchObject({ code: 0 });
    await expectCleaned(folder, relay.env);
  });

  test('of down ends it, and the next down finishes the work', async () => {
    const folder = scratch();
    const relay = await Relay.open(folder);
    if (relay === null) return;
    const { env } = relay;
    const up = ['up', writeSmall(folder), '--name', 'demo', '--on', 'docker', '--quiet'];
    onTestFinished(async () => void (await pgattest(folder, ['down', '--all'], env)));
    expect(await pgattest(folder, up, env)).toMatchObject({ code: 0 });
    relay.cut();
    expectSaid(await pgattest(folder, ['down', 'demo'], env));
    const status = await pgattest(folder, ['status'], env);
    expect(status).toMatchObject({ code: 3, stdout: expect.stringMatching(/Docker does not answer/) });

    await relay.restore();
    relay.cut(/^DELETE \S*\/volumes\//);
    expectSaid(await pgattest(folder, ['down', 'demo'], env));
    await relay.restore();
    expect(await pgattest(folder, ['down', 'demo'], env)).toMatchObject({ code: 0 });
    await expectCleaned(folder, env);
  });

  test('a daemon that hangs holds up nobody for long', async () => {
    const folder = scratch();
    const relay = await Relay.open(folder);
    if (relay === null) return;
    relay.hang();
    const before = performance.now();
    expect(await pgattest(folder, ['clean'], relay.env)).toMatchObject({ code: 0 });
    expect(performance.now() - before).toBeLessThan(10_000);
    expectSaid(await pgattest(folder, ['up', writeSmall(folder), '--on', 'docker', '--quiet'], relay.env));
    expect(performance.now() - before).toBeLessThan(40_000);
  });
});
