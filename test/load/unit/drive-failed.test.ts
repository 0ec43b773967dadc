import { expect, test } from 'vitest';
import { measureGenerated } from '../../../src/load/drive/generators.ts';
import type { K6Ending, K6Result } from '../../../src/load/k6/model.ts';

function ended(ending: K6Ending): K6Result {
  return {
    ending,
    exitCode: 107,
    signal: null,
    elapsedMs: 1,
    processorSeconds: null,
    summary: null,
    errors: [],
    errorCount: 0,
  };
}

const script = ended({ kind: 'script', message: 'line 1: not a deck' });

test.each([
  ['the generator failed: k6: line 1: not a deck', ['/nowhere/1.jsonl'], [script]],
  [
    'a generator of 2 failed: k6: line 1: not a deck',
    ['/nowhere/1.jsonl', '/nowhere/2.jsonl'],
    [ended({ kind: 'aborted' }), script],
  ],
])('a script that fails before there is a recording is what is said: %s', async (says, recordings, k6) => {
  await expect(measureGenerated({ recordings, k6 }, 0)).rejects.toThrow(says);
});

test('a recording that a good run did not leave is missed by its name', async () => {
  const passed = ended({ kind: 'passed' });
  await expect(measureGenerated({ recordings: ['/nowhere/1.jsonl'], k6: [passed] }, 0)).rejects.toThrow(
    '/nowhere/1.jsonl: no such recording',
  );
});
