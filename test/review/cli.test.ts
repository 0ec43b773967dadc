import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bin, scratch } from '../cli/command.ts';

function run(folder: string, args: readonly string[], input = '') {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, 'review', ...args], {
    cwd: folder,
    env: { ...process.env, TMPDIR: folder },
    input,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

test('exit code 0 when nothing fails, 1 when something does, 2 for bad input', () => {
  const folder = scratch();
  writeFileSync(join(folder, 'good.sql'), 'CREATE TABLE t (a int);');
  expect(run(folder, ['good.sql'])).toMatchObject({ status: 0, stderr: '' });
  const bad = run(folder, ['-', '--format', 'json'], 'SELECT nothing;');
  expect(bad.status).toBe(1);
  expect(JSON.parse(bad.stdout)).toMatchObject({
    schema: 'pgattest.review/1',
    counts: { failedAsWritten: 1 },
  });
  expect(run(folder, ['nowhere.md'])).toMatchObject({
    status: 2,
    stdout: '',
    stderr: 'pgattest: nowhere.md: no such file; give a document, or - for standard input\n',
  });
  expect(run(folder, ['good.sql', '--format', 'xml']).status).toBe(2);
});
