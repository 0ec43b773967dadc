import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

test('the example of the documentation is the one that runs', () => {
  const [, shown = ''] = /```ts\n(.*?)```/s.exec(read('../../docs/vitest.md')) ?? [];
  const run = read('./example.test.ts').replace("'./notes/design.ts'", "'./design.ts'");
  expect(shown).toBe(run);
  expect(run.trimEnd().split('\n').length).toBeLessThanOrEqual(22);
});
