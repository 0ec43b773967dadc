import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
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

test('what was due is counted over the time in which it was, however long the last answers take', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'pgattest-drive-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const recording = path.join(folder, 'recording.jsonl');
  const lines = [
    { schema: 'pgattest.recording/1', generator: 'k6', startedAt: '2026-01-01T00:00:00Z', model: 'open' },
    { end: { seconds: 14.5, dropped: 0, complete: true } },
  ];
  writeFileSync(recording, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const summary = {
    iterations: 700,
    droppedIterations: 280,
    interruptedIterations: 20,
    checksFailed: 0,
    seconds: 14.5,
    usersMax: 20,
    thresholds: [],
    metrics: {},
  };
  const k6 = [{ ...ended({ kind: 'passed' }), summary }];
  const { end } = await measureGenerated({ recordings: [recording], k6 }, 0, 10);
  expect(end).toMatchObject({ seconds: 10, scheduled: 1000, dropped: 280, complete: true });
});
