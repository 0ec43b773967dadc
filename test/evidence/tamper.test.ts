import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asFile, everyReport, filesOf, keepRun, linesOfRun, verify } from './support.ts';

let root = '';
let folder = '';
let files: ReadonlyMap<string, Buffer> = new Map();
let lines: readonly string[] = [];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'evidence-'));
  ({ folder } = await keepRun(root));
  files = await filesOf(folder);
  lines = await linesOfRun(folder);
});

afterAll(() => rm(root, { recursive: true, force: true }));

/** How the run verifies with other bytes in one file; the file is as it was afterwards. */
async function statusWith(name: string, bytes: Uint8Array | string): Promise<string> {
  try {
    await writeFile(join(folder, name), bytes);
    return (await verify(folder)).status;
  } finally {
    await writeFile(join(folder, name), files.get(name) ?? '');
  }
}

const evidence = () => files.get('evidence.jsonl') ?? Buffer.alloc(0);
/** Somewhere in something of any length, the ends more often than the rest. */
const somewhere = fc.oneof(
  { weight: 8, arbitrary: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }) },
  { weight: 1, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.constant(1 - Number.EPSILON) },
);
const at = (where: number, length: number) => Math.floor(where * length);

describe('nobody changes a finished run unnoticed', () => {
  it('the run is intact to begin with, and has every file', async () => {
    const own = ['plan.json', 'evidence.jsonl', 'manifest.json'];
    const reports = everyReport.map((report) => report.file);
    expect([...files.keys()]).toEqual([...own, ...reports].sort());
    expect((await verify(folder)).status).toBe('intact');
  });

  it('one byte of any file', { timeout: 60_000 }, async () => {
    const file = fc.integer({ min: 0, max: files.size - 1 });
    await fc.assert(
      fc.asyncProperty(file, somewhere, fc.integer({ min: 1, max: 255 }), async (index, where, flip) => {
        const [name = '', bytes = Buffer.alloc(0)] = [...files][index] ?? [];
        const changed = Buffer.from(bytes);
        const place = at(where, changed.length);
        changed[place] = (changed[place] ?? 0) ^ flip;
        expect(await statusWith(name, changed)).toBe('broken');
      }),
      { numRuns: 250 },
    );
  });

  it('one byte more or less, anywhere', { timeout: 60_000 }, async () => {
    const file = fc.integer({ min: 0, max: files.size - 1 });
    const inserted = fc.option(fc.constantFrom(...Buffer.from(' \n\t{}",0\0')));
    await fc.assert(
      fc.asyncProperty(file, somewhere, inserted, async (index, where, byte) => {
        const [name = '', bytes = Buffer.alloc(0)] = [...files][index] ?? [];
        const place = at(where, bytes.length);
        const rest = bytes.subarray(byte === null ? place + 1 : place);
        const changed = Buffer.concat([
          bytes.subarray(0, place),
          Buffer.from(byte === null ? [] : [byte]),
          rest,
        ]);
        expect(await statusWith(name, changed)).toBe('broken');
      }),
      { numRuns: 100 },
    );
  });

  it('any cut of evidence.jsonl', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(somewhere, async (where) => {
        const length = at(where, evidence().length);
        expect(await statusWith('evidence.jsonl', evidence().subarray(0, length))).toBe('broken');
      }),
      { numRuns: 100 },
    );
  });

  it('every line removed, and every cut at the end of a line', { timeout: 60_000 }, async () => {
    for (const index of lines.keys()) {
      expect(await statusWith('evidence.jsonl', asFile(lines.toSpliced(index, 1)))).toBe('broken');
      expect(await statusWith('evidence.jsonl', asFile(lines.slice(0, index)))).toBe('broken');
    }
  });

  it('any line a second time, any two lines swapped', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(somewhere, somewhere, async (one, other) => {
        const [a, b] = [at(one, lines.length), at(other, lines.length)];
        const [lineA = '', lineB = ''] = [lines[a], lines[b]];
        expect(await statusWith('evidence.jsonl', asFile(lines.toSpliced(b, 0, lineA)))).toBe('broken');
        if (a === b) return;
        const swapped = lines.with(a, lineB).with(b, lineA);
        expect(await statusWith('evidence.jsonl', asFile(swapped))).toBe('broken');
      }),
      { numRuns: 60 },
    );
  });
});
