import pg from 'pg';
import type { World } from '../../data/cell.ts';
import type { ValidDesign } from '../../design/validate.ts';
import { deckHeader, deckTransactions } from '../../load/deck/make-deck.ts';

/** One call of a statement of the workload, with whose settings. */
export interface NamedCall {
  readonly statement: string;
  readonly sql: string;
  readonly values: readonly (string | null)[];
  readonly settings: Readonly<Record<string, string>>;
}

/** Transactions that are looked through, and calls of each statement that are taken of them. */
const looked = 400;
const taken = 60;

/** Calls of statements as the transactions of all mixes make them, in a world of rows. */
export function callsOf(
  design: ValidDesign,
  world: World,
  statements: readonly string[],
): readonly NamedCall[] {
  const wanted = new Set(statements);
  const counts = new Map<string, number>();
  const calls: NamedCall[] = [];
  for (const mix of Object.keys(design.workload?.mixes ?? {})) {
    const options = { world, mix, transactions: looked };
    const header = deckHeader(design, options);
    for (const { settings, calls: made } of deckTransactions(design, options)) {
      for (const [at, values] of made) {
        const { name = '', sql = '' } = header.statements[at] ?? {};
        const count = counts.get(name) ?? 0;
        if (!wanted.has(name) || count >= taken) continue;
        counts.set(name, count + 1);
        calls.push({ statement: name, sql, values, settings });
      }
    }
  }
  return calls;
}

/** Each call is made so often, and its fastest time counts: what else the machine does makes a call slower, never faster. */
const rounds = 12;

/**
 * The median over its calls of each statement's fastest time in milliseconds, from asking to the answer, each call as the role in a
 * transaction that is rolled back.
 */
export async function timeCalls(
  client: pg.Client,
  role: string,
  calls: readonly NamedCall[],
): Promise<ReadonlyMap<string, number>> {
  const times = new Map<string, number[]>();
  for (const { statement, sql, values, settings } of calls) {
    await client.query('BEGIN');
    try {
      await client.query(`SET LOCAL ROLE ${pg.escapeIdentifier(role)}`);
      for (const [name, value] of Object.entries(settings)) {
        await client.query('SELECT set_config($1, $2, true)', [name, value]);
      }
      let fastest = Number.POSITIVE_INFINITY;
      for (let round = 0; round < rounds; round++) {
        const began = performance.now();
        await client.query({ name: `load ${statement}`.slice(0, 63), text: sql, values: [...values] });
        fastest = Math.min(fastest, performance.now() - began);
      }
      times.set(statement, [...(times.get(statement) ?? []), fastest]);
    } finally {
      await client.query('ROLLBACK');
    }
  }
  return new Map([...times].map(([statement, all]) => [statement, medianOf(all)]));
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
