import { expect, test } from 'vitest';
import { makeCopies } from '../../src/cluster/archive.ts';
import { scratchMachine, testHost } from './support.ts';

// As a server on a machine without pgBackRest runs it.
test('copies are whole or not there, the same again is fine, and another content is an error', async () => {
  const host = testHost(scratchMachine());
  const archive = await makeCopies(host, '60s');
  const store = (segment: string) =>
    host.exec([
      'sh',
      '-c',
      (archive.settings.archive_command ?? '').replaceAll('%p', `it's/${segment}`).replaceAll('%f', segment),
    ]);
  await host.makeFolder("it's");
  await host.writeFile("it's/0001", 'WAL');
  expect(await store('0001')).toMatchObject({ exitCode: 0 });
  expect(await store('0001')).toMatchObject({ exitCode: 0 });
  await host.writeFile("it's/0001", 'other WAL');
  expect(await store('0001')).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('another content'),
  });
  expect((await store('0002')).exitCode).not.toBe(0);
  const { stdout } = await host.exec(['ls', '-A', 'archive']);
  expect(stdout).toBe('0001\n');
  expect(await host.readFile('archive/0001')).toBe('WAL');
  expect(archive.says).toContain('pgBackRest is missing');
});
