import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openPools } from '../../../src/data/pools.ts';
import { ConfigError } from '../../../src/design/config-error.ts';
import { type ValidDesign, validateDesign } from '../../../src/design/validate.ts';
import type { StatementCall, Workload } from '../../../src/index.ts';
import { writeCalibrationDeck } from '../../../src/load/deck/calibration-deck.ts';
import { deckHeader, deckTransactions, parametersIn } from '../../../src/load/deck/make-deck.ts';
import { DeckHeader, DeckTransaction } from '../../../src/load/deck/model.ts';
import { writeDeck } from '../../../src/load/deck/write-deck.ts';
import { keepsPrepared } from '../../../src/load/drive/target.ts';
import { smallDesign } from './small-design.ts';

const now = new Date('2026-01-01T00:00:00Z');
const world = { seed: 1, scale: 4, now, pools: await openPools(1) };
const design = validate(smallDesign());

function validate(given: ReturnType<typeof smallDesign>): ValidDesign {
  return validateDesign(given, import.meta.filename);
}

function deckOf(of: ValidDesign, mix: string, transactions: number, seed = 1): readonly DeckTransaction[] {
  return [...deckTransactions(of, { world: { ...world, seed }, mix, transactions })];
}

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'pgattest-deck-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

function linesOf(file: string): readonly unknown[] {
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** The design with one kind of transaction, which makes this call. */
function calling(call: StatementCall): ValidDesign {
  return making(() => ({ actor: { id: '1' }, tenant: '', calls: [call] }));
}

function making(look: Workload['transactions'][string]): ValidDesign {
  return validate(smallDesign({ transactions: { look }, mixes: { read: { look: 1 } } }));
}

test('the same seed gives the same deck, another seed another', () => {
  expect(deckOf(design, 'mixed', 50)).toEqual(deckOf(design, 'mixed', 50));
  expect(deckOf(design, 'mixed', 50)).not.toEqual(deckOf(design, 'mixed', 50, 2));
});

test('a shorter deck is the beginning of a longer one', () => {
  const long = deckOf(design, 'mixed', 60);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 60 }), (length) => {
      expect(deckOf(design, 'mixed', length)).toEqual(long.slice(0, length));
    }),
  );
});

test('a kind is drawn alike in every mix, and kinds come by their weights', () => {
  const looks = deckOf(design, 'mixed', 2000).filter(({ transaction }) => transaction === 'look');
  expect(looks.length).toBeGreaterThan(1400);
  expect(looks.length).toBeLessThan(1600);
  expect(looks).toEqual(deckOf(design, 'read', looks.length));
});

test('parameters and settings are texts, null is null, and what must hold is beside them', () => {
  expect(deckOf(design, 'write', 1)).toEqual([
    {
      transaction: 'rename',
      tenant: 't0',
      settings: {},
      calls: [
        [
          1,
          [expect.stringMatching(/^[0-9a-f-]{36}$/), null, '{"x","2026-01-01T00:00:00.000Z"}'],
          { atLeast: 1 },
        ],
      ],
    },
  ]);
  const [look] = deckOf(design, 'read', 1);
  const owner = look?.settings['app.id'];
  expect(owner).toMatch(/^\d+$/);
  expect(look?.calls[0]?.[2]).toEqual({ rows: 1, own: [0, [owner]] });
});

test('what is written is what the model says, for this account alone, and is counted', async () => {
  const file = path.join(folder(), 'deck.jsonl');
  const more = [{ name: 'extra', kind: 'read', sql: 'SELECT 1' }] as const;
  const written = await writeDeck(file, design, {
    world,
    mix: 'mixed',
    transactions: 40,
    more,
    role: 'somebody',
    change: (each) => ({ ...each, calls: [...each.calls, [2, []]] }),
  });
  const [header, ...rest] = linesOf(file);
  expect(DeckHeader.parse(header)).toMatchObject({ design: 'small', mix: 'mixed', role: 'somebody' });
  expect(DeckHeader.parse(header).statements.map(({ name }) => name)).toEqual([
    'note.by-id',
    'note.rename',
    'extra',
  ]);
  const transactions = rest.map((line) => DeckTransaction.parse(line));
  const looks = transactions.filter(({ transaction }) => transaction === 'look').length;
  expect(written).toMatchObject({ file, transactions: 40, reads: looks + 40, writes: 40 - looks });
  expect([...written.tenants.values()].reduce((a, b) => a + b, 0)).toBe(40);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('settings last as the design says', () => {
  const { settingsLast } = deckHeader(design, { world, mix: 'read', transactions: 1 });
  expect(settingsLast).toBe('transaction');
  const plain = validate(smallDesign({}, { request: { ...smallDesign().request, settingsLast: 'session' } }));
  expect(deckHeader(plain, { world, mix: 'read', transactions: 1 }).settingsLast).toBe('session');
});

describe('a workload that does not fit itself is refused, with file and place', () => {
  test.each<readonly [string, ValidDesign, RegExp]>([
    [
      'a statement that is not there',
      calling({ statement: 'nope', values: [] }),
      /look, number 0: no statement nope;/,
    ],
    [
      'one that every object has',
      calling({ statement: 'constructor', values: [] }),
      /no statement constructor/,
    ],
    [
      'too few values',
      calling({ statement: 'note.rename', values: ['a'] }),
      /note\.rename has 3 parameters, and 1 values are given/,
    ],
    [
      'too many values',
      calling({ statement: 'note.by-id', values: ['a', 'b'] }),
      /note\.by-id has 1 parameters, and 2 values are given/,
    ],
    [
      'a value that is no text',
      calling({ statement: 'note.by-id', values: [new Date(Number.NaN)] }),
      /note\.by-id, \$1: a date outside/,
    ],
    ['a NUL', calling({ statement: 'note.by-id', values: ['a\0b'] }), /note\.by-id, \$1: .*NUL/],
    [
      'a transaction that throws',
      making((draw) => {
        if (draw.number === 0) throw new Error('nothing\nto draw');
        return { actor: {}, tenant: '', calls: [] };
      }),
      /transactions\.look, number 0: nothing to draw;/,
    ],
    [
      'a transaction without calls',
      making(() => ({ actor: {}, tenant: '', calls: [] })),
      /look, number 0: it calls no statement/,
    ],
    [
      'settings that cannot be made',
      validate(
        smallDesign(
          {},
          {
            request: {
              ...smallDesign().request,
              session: () => {
                throw new Error('who is that');
              },
            },
          },
        ),
      ),
      /look, number 0: who is that/,
    ],
    [
      'a mix of what is not there',
      validate(smallDesign({ mixes: { read: { other: 1 } } })),
      /transactions\.other, number 0: there is none of that name/,
    ],
    ['a mix of nothing', validate(smallDesign({ mixes: { read: {} } })), /workload\.mixes\.read is empty/],
  ])('%s', (_, bad, says) => {
    const drawn = () => deckOf(bad, 'read', 1);
    expect(drawn).toThrow(ConfigError);
    expect(drawn).toThrow(says);
    expect(drawn).toThrow(import.meta.filename);
  });

  test.each(['none', 'constructor', '__proto__'])('there is no mix %s', (mix) => {
    const says = new RegExp(`workload\\.mixes: no ${mix}; use one of read, write, mixed`);
    expect(() => deckHeader(design, { world, mix, transactions: 1 })).toThrow(says);
    expect(() => deckOf(design, mix, 1)).toThrow(says);
  });

  test('no workload', () => {
    const { workload: _, ...without } = smallDesign();
    expect(() => deckOf(validate(without), 'read', 1)).toThrow(/: no workload; .*docs\/workloads\.md/);
  });
});

test.each<readonly [number, string]>([
  [0, 'SELECT 1'],
  [2, 'SELECT $1, $2'],
  [12, 'SELECT $3, $12, $1'],
  [1, "SELECT '$2', $1"],
  [1, "SELECT 'it''s $2', $1"],
  [1, String.raw`SELECT E'it\'s $2', $1`],
  [2, String.raw`SELECT '\', $2, '$3'`],
  [1, 'SELECT "a$2b""$3" FROM t WHERE x = $1'],
  [1, 'SELECT $1 -- and $2\n'],
  [2, 'SELECT $1 -- it is\n, $2'],
  [1, 'SELECT $1 /* not $2\n nor $3 */'],
  [1, 'SELECT $$ $2 $$, $1'],
  [1, 'SELECT $body$ $2 $$ $3 $body$, $1'],
  [2, 'SELECT $1||$$x$$||$2'],
  [0, 'SELECT a$1 FROM t'],
])('%i parameters in %s', (count, sql) => {
  expect(parametersIn(sql)).toBe(count);
});

test.each([
  ['no-op', 'SELECT'],
  ['select-one', 'SELECT 1'],
] as const)('a deck for calibration asks %s, as deep as it is told', async (statement, sql) => {
  const file = await writeCalibrationDeck(path.join(folder(), 'deck.jsonl'), statement, 7);
  const [header, transaction, ...rest] = linesOf(file);
  expect(rest).toEqual([]);
  expect(DeckHeader.parse(header).statements).toEqual([{ name: statement, kind: 'read', sql }]);
  expect(DeckTransaction.parse(transaction).calls).toEqual(
    Array.from({ length: 7 }, () => [0, [], { rows: 1 }]),
  );
});

test.each([
  ['1.18.0', false],
  ['1.20.1', false],
  ['1.21.0', true],
  ['1.21', true],
  ['1.24.1', true],
  ['2.0.0', true],
  ['', false],
])('PgBouncer %s keeps prepared statements in transaction mode: %s', (version, keeps) => {
  expect(keepsPrepared(version)).toBe(keeps);
});
