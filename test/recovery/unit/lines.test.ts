import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { headerLine, ledgerLine, parseLine } from '../../../src/recovery/ledger/lines.ts';
import { ledgerSchema } from '../../../src/recovery/ledger/model.ts';
import { readLedger, summaryOf } from '../../../src/recovery/ledger/read.ts';

const header = headerLine({
  schema: ledgerSchema,
  startedAt: '2026-01-01T00:00:00.000Z',
  writers: 2,
  tenants: 3,
});

function ledgerOf(text: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'pgattest-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'ledger.jsonl');
  writeFileSync(file, text);
  return file;
}

test('what is written is read', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('s', 'a', 'f', 'i'),
      fc.nat(),
      fc.nat(),
      fc.nat(1e9),
      fc.string({ unit: 'grapheme' }),
      (state, writer, number, microseconds, said) => {
        const why = state === 'f' || state === 'i' ? said : undefined;
        const line = ledgerLine(state, writer, number, microseconds / 1000, why);
        expect(line.indexOf('\n')).toBe(line.length - 1);
        const parts = [state, writer, number, microseconds];
        expect(parseLine(line.trimEnd())).toEqual(why === undefined ? parts : [...parts, why]);
      },
    ),
  );
});

test('a ledger that was cut off anywhere is read up to there', async () => {
  const lines = [
    ledgerLine('s', 0, 1, 1.5),
    ledgerLine('a', 0, 1, 2.5),
    ledgerLine('i', 1, 1, 3, 'lost\n“é”'),
  ];
  const whole = header + lines.join('');
  const bytes = Buffer.from(whole);
  for (let length = Buffer.byteLength(header); length <= bytes.length; length++) {
    const text = bytes.subarray(0, length);
    let read = 0;
    const folder = ledgerOf('');
    writeFileSync(folder, text);
    await readLedger(folder, { line: () => read++ });
    expect(read).toBe(text.toString('latin1').split('\n').length - 2);
  }
});

test.each([
  ['', 'line 0: no header'],
  ['{"schema":"pgattest.ledger/2"}\n', 'line 1: no header of pgattest.ledger/1'],
  ['nonsense\n', 'line 1: no header'],
  [`${header}["s",0,1,5]\n["x",0,1,5]\n`, 'line 3: no line of a ledger'],
  [`${header}["s",0,1,-5]\n`, 'line 2: no line of a ledger'],
  [`${header}["f",0,1,5]\n`, 'line 2: no line of a ledger'],
])('what is no ledger is refused: %j', async (text, says) => {
  await expect(readLedger(ledgerOf(text), { line: () => {} })).rejects.toThrow(says);
});

test('a ledger is summed up', async () => {
  const lines = [
    ledgerLine('s', 0, 1, 10),
    ledgerLine('s', 1, 1, 20),
    ledgerLine('a', 0, 1, 30),
    ledgerLine('s', 0, 2, 40),
    ledgerLine('f', 1, 1, 110, 'no'),
    ledgerLine('s', 1, 2, 120),
    ledgerLine('a', 1, 2, 290),
  ];
  expect(await summaryOf(ledgerOf(header + lines.join('')))).toMatchObject({
    header: { writers: 2, tenants: 3 },
    counts: { sent: 4, acknowledged: 2, failed: 1, indeterminate: 1 },
    lastAcknowledged: 290,
    acknowledged: [
      [100, 10],
      [200, 0],
      [300, 10],
    ],
    failed: [
      [100, 0],
      [200, 10],
      [300, 0],
    ],
  });
});
