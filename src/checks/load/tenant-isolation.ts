import { z } from 'zod';
import type { Breach } from '../../evidence/model.ts';
import { faults } from '../../faults/index.ts';
import { type DeckTransaction, usualLength } from '../../load/deck/model.ts';
import type { Driven, LoadBench } from '../../load/drive/bench.ts';
import { judge } from '../access/table-check.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../check.ts';
import { poolerOf } from '../topology/around.ts';
import { benchOf, loadContext } from './bench.ts';
import { keep } from './keep.ts';
import { round } from './words.ts';

const parameters = z.strictObject({
  kind: z.string(),
  /** A mix of the design's workload whose statements say whose rows they must give. Small transactions make many. */
  mix: z.string(),
  /** So many at least. */
  transactions: z.int().positive().default(1_000_000),
});
type Parameters = z.infer<typeof parameters>;

/** Many more than the pooler has connections, so that each serves them all in turn. */
const clients = 100;
const firstSeconds = 5;
/** However slow the machine. */
const longestSeconds = 420;

/**
 * Many clients over few connections: every row that an actor gets is its own, and who has made no settings finds none. Every other
 * transaction is of nobody: what it would meet is what the one before left on the connection.
 */
export const loadTenantIsolation = defineCheck({
  kind: 'load.tenant-isolation',
  family: 'load',
  says: 'under load through the pooler no transaction meets a row or a setting of another tenant',
  parameters,
  needs: ['superuser', 'faults', 'pooler', 'k6'],
  isolation: 'cluster',
  tables: () => [],
  run: runIsolation,
  faults: () => [faults['settings-outlive']()],
});

const probe = {
  name: 'setting of nobody',
  kind: 'read',
  sql: "SELECT coalesce(current_setting($1, true), '')",
} as const;

async function* runIsolation(
  given: CheckContext,
  { mix, transactions }: Parameters,
): AsyncGenerator<Sighting, Judgement, void> {
  const context = loadContext(given);
  const { workload } = context.design;
  const bench = await benchOf(context);
  try {
    const at = Object.keys(workload?.statements ?? {}).length;
    let number = 0;
    const everyOther = (each: DeckTransaction) => {
      const turn = number++;
      return turn % 2 === 0 ? piece(each, turn / 2) : nobody(each, at);
    };
    const deck = await bench.deck(mix, usualLength, { more: [probe], change: everyOther });
    const drive = driver(bench, deck.file, mix);
    const first = await drive(firstSeconds);
    if (context.stopAtFirstBreach) return yield* judged(mix, [first], 0);
    const rate = Math.max(1, countOf(first) / firstSeconds);
    const seconds = Math.ceil(((transactions - countOf(first)) / rate) * 1.1);
    const rest = await drive(Math.max(1, Math.min(seconds, longestSeconds)));
    await keep(context, `${mix}-tenant-isolation`, rest);
    return yield* judged(mix, [first, rest], transactions);
  } finally {
    // A server connection that still carries settings must not be met by the next trial.
    if (context.design.request.settingsLast === 'session') await poolerOf(context).restart();
  }
}

function driver(bench: LoadBench, deck: string, mix: string): (seconds: number) => Promise<Driven> {
  return async (seconds) =>
    bench.drive({
      deck,
      target: await bench.entry(),
      clients,
      seconds,
      warmUp: 0,
      says: `${mix}, every other transaction of nobody, ${clients} clients, ${seconds} s`,
    });
}

/** Transactions of which one stays whole; it is their number that matters, and what one read shows of whose rows they are. */
const wholeOne = 4;

/** One in four as it is, of the others one read that says whose rows it must give, each in its turn. */
function piece(each: DeckTransaction, turn: number): DeckTransaction {
  const telling = each.calls.filter(([, , expected]) => expected?.own !== undefined);
  const call = telling[turn % Math.max(1, telling.length)];
  return turn % wholeOne === 0 || call === undefined ? each : { ...each, calls: [call] };
}

/** The same settings asked for and not made. Who makes none is nobody already. */
function nobody(each: DeckTransaction, at: number): DeckTransaction {
  const { settings, tenant } = each;
  if (Object.keys(settings).length === 0) return each;
  return {
    transaction: 'nobody',
    tenant,
    settings: {},
    calls: Object.keys(settings).map((name) => [at, [name], { rows: 1, own: [0, ['']] }]),
  };
}

function countOf({ measured }: Driven): number {
  return measured.statements
    .filter(({ kind }) => kind === 'transaction')
    .reduce((sum, { answered }) => sum + answered, 0);
}

async function* judged(
  mix: string,
  driven: readonly Driven[],
  wanted: number,
): AsyncGenerator<Sighting, Judgement, void> {
  const breaches: Breach[] = [];
  const all = driven.flatMap(({ measured }) => measured.statements);
  const count = driven.reduce((sum, each) => sum + countOf(each), 0);
  for (const name of [...new Set(all.map(({ statement }) => statement))]) {
    const of = all.filter(({ statement, kind }) => statement === name && kind !== 'transaction');
    if (of.length === 0) continue;
    const answered = of.reduce((sum, each) => sum + each.answered, 0);
    const wrong = of.reduce((sum, each) => sum + each.wrong, 0);
    const expected = 'no row and no setting of another tenant';
    const actual = `${round(answered)} answers, ${wrong === 0 ? 'none' : round(wrong)} of them wrong`;
    yield {
      subject: `mix ${mix}`,
      way: `${clients} clients through the pooler`,
      statement: name,
      expected,
      actual,
      agrees: wrong === 0,
    };
    if (wrong > 0) breaches.push({ says: `${name}: ${actual}`, object: 'request.session', expected, actual });
  }
  const errors = all.reduce((sum, each) => sum + Object.values(each.errors).reduce((a, b) => a + b, 0), 0);
  const unexercised = [
    ...(count < wanted ? [`${round(count)} of ${round(wanted)} transactions in ${longestSeconds} s`] : []),
    ...(errors > 0 ? [`${round(errors)} statements failed`] : []),
    ...driven.flatMap(({ measured: { end } }) =>
      end?.complete === true ? [] : [end?.reason ?? 'the generator was cut off'],
    ),
  ];
  yield {
    subject: `mix ${mix}`,
    way: 'transactions in all',
    statement: 'one connection after the other',
    expected: `${round(wanted)} at least`,
    actual: `${round(count)}, ${round(errors)} failed statements`,
    agrees: count >= wanted,
    tried: count,
  };
  return judge(breaches, unexercised);
}
