import type { DeckHeader, DeckTransaction } from '../deck/model.ts';

/** A statement with real parameters, as the workload sends it. */
export interface Probe {
  readonly statement: string;
  readonly kind: 'read' | 'write';
  readonly sql: string;
  /** Text format; null is NULL. */
  readonly values: readonly (string | null)[];
  /** The actor's. */
  readonly settings: Readonly<Record<string, string>>;
  /** What its transaction wrote before it, which it may build on. */
  readonly before: readonly Call[];
}

export interface Call {
  readonly sql: string;
  readonly values: readonly (string | null)[];
}

/** What the workload sends, of each statement. */
export interface Played {
  readonly statement: DeckHeader['statements'][number];
  /** In all the transactions. */
  readonly calls: number;
  /** The first few that are not alike. */
  readonly probes: readonly Probe[];
}

/** The statements of a deck with up to `most` of their calls each; one that no transaction calls has none. */
export function probesOf(
  header: DeckHeader,
  transactions: Iterable<DeckTransaction>,
  most: number,
): readonly Played[] {
  const probes = header.statements.map((): Probe[] => []);
  const calls = header.statements.map(() => 0);
  for (const transaction of transactions) {
    const before: Call[] = [];
    for (const [index, values] of transaction.calls) {
      const statement = header.statements[index];
      const own = probes[index];
      if (statement === undefined || own === undefined) continue;
      calls[index] = (calls[index] ?? 0) + 1;
      const { name, kind, sql } = statement;
      const known = own.some((each) => JSON.stringify(each.values) === JSON.stringify(values));
      if (own.length < most && !known) {
        own.push({ statement: name, kind, sql, values, settings: transaction.settings, before: [...before] });
      }
      if (kind === 'write') before.push({ sql, values });
    }
  }
  return header.statements.map((statement, index) => ({
    statement,
    calls: calls[index] ?? 0,
    probes: probes[index] ?? [],
  }));
}
