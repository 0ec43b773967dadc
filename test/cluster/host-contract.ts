import { expect, test } from 'vitest';
import type { Host } from '../../src/cluster/host.ts';
import { until } from '../../src/cluster/until.ts';

/** What every host does, whatever runs on it. `open` gives one that is closed after the test. */
export function hostContract(open: () => Host | Promise<Host>): void {
  test('a command ends with a result, whatever happens to it', async () => {
    const host = await open();
    expect(await host.exec(['sh', '-c', 'cat; echo bad >&2; exit 3'], { stdin: 'hello' })).toEqual({
      exitCode: 3,
      stdout: 'hello',
      stderr: 'bad\n',
    });
    expect(await host.exec(['no-such-command'])).toMatchObject({ exitCode: 127 });
    expect(await host.exec(['sleep', '600'], { timeoutMs: 20 })).toMatchObject({ exitCode: 124 });
    const reason = new Error('stop');
    await expect(host.exec(['sleep', '600'], { signal: AbortSignal.timeout(20) })).rejects.toThrow(/timeout/);
    await expect(host.exec(['true'], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  test('a long input and a long output pass whole', async () => {
    const text = 'ü\n'.repeat(300_000);
    const { stdout } = await (await open()).exec(['cat'], { stdin: text });
    expect(stdout.length).toBe(text.length);
    expect(stdout === text).toBe(true);
  });

  test('files and folders belong to the server, below its folder, whatever their names', async () => {
    const host = await open();
    const folder = `it's "a" b$c\u00fc`;
    await host.makeFolder(folder);
    await host.writeFile(`${folder}/b`, 'text ü', 0o640);
    expect(await host.readFile(`${folder}/b`)).toBe('text ü');
    expect((await host.exec(['cat', `${folder}/b`])).stdout).toBe('text ü');
    expect((await host.exec(['stat', '-c', '%a', `${folder}/b`])).stdout).toBe('640\n');
    await expect(host.writeFile('../owner.json', '')).rejects.toMatchObject({ code: 'no-permission' });
    await host.remove(folder);
    await expect(host.readFile(`${folder}/b`)).rejects.toThrow();
  });

  test('a service tells what it says, how it ends, and stands still while it is frozen', async () => {
    const host = await open();
    const script = `trap 'echo told; exit 7' TERM; n=0; while :; do n=$((n + 1)); echo "$n" > n; sleep 0.01; done`;
    const service = await host.start(['sh', '-c', `cd ${host.folder}; ${script}`], {
      name: 'counter',
      log: 'counter.log',
    });
    const count = async () => Number(await host.readFile('n').catch(() => '0'));
    expect(await until(async () => (await count()) > 3, 10_000)).toBe(true);
    await service.freeze();
    const [first, second] = [await count(), await count()];
    expect(second).toBe(first);
    await service.thaw();
    expect(await until(async () => (await count()) > second, 10_000)).toBe(true);
    service.signal('SIGTERM');
    expect(await service.exited).toEqual({ code: 7, signal: null });
    expect(await service.log()).toBe('told\n');
    expect(await host.logs()).toEqual([{ name: 'counter', text: 'told\n' }]);
  });

  test('one that is killed has no time for last words, and what it said before stays', async () => {
    const host = await open();
    const said = 'echo here; exec sleep 600';
    const service = await host.start(['sh', '-c', said], { name: 'victim', log: 'victim.log' });
    expect(await until(async () => (await service.log()) === 'here\n', 10_000)).toBe(true);
    await service.kill();
    await service.kill();
    expect((await service.exited).code).not.toBe(0);
    expect(await service.log()).toBe('here\n');
    const again = await host.start(['sh', '-c', said], { name: 'victim', log: 'victim-2.log' });
    expect(await until(async () => (await again.log()) === 'here\n', 10_000)).toBe(true);
    expect(await host.logs()).toEqual([{ name: 'victim', text: 'here\nhere\n' }]);
  });

  test('a folder of limited size is full when it is, for commands and services, and takes more once room is made', async (context) => {
    const host = await open();
    if (!host.abilities.has('small-disk')) return context.skip('needs the right to mount');
    await host.limitFolder("small's", 2 ** 20);
    const fill = ['sh', '-c', `cat /dev/zero > "${host.folder}/small's/ballast"; echo "$?"`];
    const service = await host.start(fill, { name: 'filler', log: 'filler.log' });
    await service.exited;
    const said = await service.log();
    expect(said).toContain('No space left on device\n');
    expect(said.split('\n')).toContain('1');
    await expect(host.writeFile("small's/more", 'x')).rejects.toMatchObject({ code: 'no-space' });
    await host.remove("small's/ballast");
    await host.writeFile("small's/more", 'x');
    expect((await host.exec(['stat', '-c', '%a', "small's"])).stdout).toBe('700\n');
    expect((await host.exec(['df', '-PB1', "small's"])).stdout).toMatch(/ 1048576 /);
  });

  test('a closed host does nothing any more', async () => {
    const host = await open();
    await Promise.all([host.close(), host.close()]);
    await expect(host.exec(['true'])).rejects.toMatchObject({ code: 'closed' });
  });
}
