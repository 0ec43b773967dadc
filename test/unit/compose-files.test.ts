import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';

test('what docker-compose.yml reads is what the design and the code say', { timeout: 120_000 }, async () => {
  const script = fileURLToPath(new URL('../../scripts/compose.js', import.meta.url));
  const { exitCode, stderr } = await execa(process.execPath, [script, '--check'], { reject: false });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
});
