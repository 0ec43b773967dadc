import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Book, type LedgerBreak, type LedgerCut } from '../../../src/recovery/ledger/book.ts';
import { tenantOf } from '../../../src/recovery/ledger/lines.ts';
import { type LedgerHeader, type LedgerLine, ledgerSchema } from '../../../src/recovery/ledger/model.ts';
import { Tally } from '../../../src/recovery/ledger/verdict.ts';
import { judge, type Made, type Row } from './naive.ts';

const writers = 3;
const tenants = 2;
const header: LedgerHeader = {
  schema: ledgerSchema,
  startedAt: '2026-01-01T00:00:00.000Z',
  writers,
  tenants,
};

/** Commits of one writer, one after the other, and which of them the database shall hold, how often and how whole. */
const step = fc.record({
  wait: fc.integer({ min: 0, max: 50 }),
  takes: fc.integer({ min: 1, max: 50 }),
  state: fc.constantFrom('a', 'a', 'a', 'f', 'i', 'none'),
  copies: fc.constantFrom(0, 1, 1, 1, 2),
  whole: fc.constantFrom(true, true, true, false),
});
const histories = fc.array(fc.array(step, { maxLength: 12 }), { minLength: writers, maxLength: writers });
const stranger = fc.record({
  writer: fc.integer({ min: 0, max: writers + 1 }),
  number: fc.constantFrom(-1, 0, 100, 2 ** 40),
  whole: fc.boolean(),
});
const times = fc.tuple(fc.integer({ min: 0, max: 600 }), fc.integer({ min: 0, max: 200 }));

const scene = fc
  .record({
    histories,
    strangers: fc.uniqueArray(stranger, {
      maxLength: 2,
      selector: ({ writer, number }) => `${writer}:${number}`,
    }),
    cut: fc.option(times, { nil: undefined }),
    resumes: fc.option(fc.integer({ min: 0, max: 200 }), { nil: undefined }),
    breaks: fc.array(times, { maxLength: 2 }),
    shuffled: fc.boolean(),
    seed: fc.infiniteStream(fc.nat(1000)),
  })
  .map(({ histories: all, strangers, cut, resumes, breaks, shuffled, seed }) => {
    const made: Made[] = [];
    const rows: Omit<Row, 'id'>[] = [];
    for (const [writer, steps] of all.entries()) {
      let now = 0;
      for (const [index, each] of steps.entries()) {
        const number = index + 1;
        const sent = now + each.wait;
        now = sent + each.takes;
        const tenant = tenantOf(writer, number, tenants);
        made.push({ writer, number, tenant, sent, state: each.state as Made['state'], at: now });
        for (let copy = 0; copy < each.copies; copy++)
          rows.push({ writer, number, tenant, whole: each.whole });
      }
    }
    for (const { writer, number, whole } of strangers) rows.push({ writer, number, tenant: 0, whole });
    const keyed = rows.map((row) => ({ row, key: shuffled ? (seed.next().value ?? 0) : 0 }));
    const placed = keyed.toSorted((a, b) => a.key - b.key).map(({ row }, id) => ({ ...row, id }));
    return {
      made,
      rows: placed,
      cut: cut && cutOf(cut, resumes),
      breaks: breaks.map(([from, length]): LedgerBreak => ({ from, to: from + length })),
    };
  });

function cutOf([acknowledgedBy, later]: readonly [number, number], resumes: number | undefined): LedgerCut {
  const sentAfter = acknowledgedBy + later;
  return { acknowledgedBy, sentAfter, ...(resumes === undefined ? {} : { resumedAt: sentAfter + resumes }) };
}

/** As the file has them: in the order of time, of one moment what was known before what is sent. */
function linesOf(made: readonly Made[]): readonly LedgerLine[] {
  const lines = made.flatMap((each): LedgerLine[] => {
    const sent: LedgerLine = ['s', each.writer, each.number, each.sent * 1000];
    if (each.state === 'none') return [sent];
    if (each.state === 'a') return [sent, ['a', each.writer, each.number, each.at * 1000]];
    return [sent, [each.state, each.writer, each.number, each.at * 1000, 'why']];
  });
  return lines.toSorted((a, b) => a[3] - b[3] || a[2] - b[2]);
}

test('a ledger and a database are judged as the definitions have it', { timeout: 60_000 }, () => {
  const seen = { lost: 0, phantom: 0, duplicate: 0, reordered: 0, torn: 0, excused: 0 };
  fc.assert(
    fc.property(scene, ({ made, rows, cut, breaks }) => {
      const book = new Book(header, { ...(cut === undefined ? {} : { cut }), breaks });
      for (const line of linesOf(made)) book.line(line);
      for (const row of rows) book.entry(row);
      const tally = new Tally(book);
      if (tally.timed) for (const line of linesOf(made)) tally.line(line);
      const outcome = tally.outcome();
      const expected = judge(made, rows, cut, breaks);
      expect(outcome.found).toBe(expected.found);
      expect(outcome.lost.earliest).toBe(expected.earliest);
      for (const kind of ['lost', 'phantom', 'duplicate', 'reordered', 'torn'] as const) {
        const names = outcome[kind].first.map(({ writer, number }) => `${writer}:${number}`);
        expect(names.toSorted(), kind).toEqual([...expected[kind]].sort());
        if (kind !== 'phantom') expect(outcome[kind].count, kind).toBe(expected[kind].length);
        seen[kind] += names.length;
        for (const each of outcome[kind].first) {
          const commit = made.find((one) => one.writer === each.writer && one.number === each.number);
          expect(each.sent).toBe(commit?.sent);
          expect(each.acknowledged).toBe(commit?.state === 'a' ? commit.at : undefined);
        }
      }
      if (judge(made, rows, cut, []).reordered.length > expected.reordered.length) seen.excused++;
      const states = made.map(({ state }) => state);
      expect(outcome.counts).toEqual({
        sent: made.length,
        acknowledged: states.filter((state) => state === 'a').length,
        failed: states.filter((state) => state === 'f').length,
        indeterminate: states.filter((state) => state === 'i' || state === 'none').length,
      });
      const lost = outcome.perTenant.reduce((sum, tenant) => sum + tenant.lost, 0);
      const found = outcome.perTenant.reduce((sum, tenant) => sum + tenant.found, 0);
      expect([lost, found]).toEqual([outcome.lost.count, outcome.found]);
    }),
    { numRuns: 400 },
  );
  // What never came up was not tried.
  expect(Object.values(seen).every((count) => count > 20)).toBe(true);
});

test('a hundred are listed, all are counted', () => {
  const book = new Book(header);
  for (let number = 1; number <= 5000; number++) {
    book.line(['s', 1, number, number]);
    book.line(['a', 1, number, number]);
  }
  const { lost, perTenant } = new Tally(book).outcome();
  expect([lost.count, lost.first.length]).toEqual([5000, 100]);
  expect(perTenant.map((each) => each.lost)).toEqual([2500, 2500]);
});
