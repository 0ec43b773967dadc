import { UnloadableValue, valueText } from '../../data/copy-text.ts';
import { ConfigError } from '../../design/config-error.ts';
import type { ValidDesign } from '../../design/validate.ts';
import type { StatementCall, Workload } from '../../design/workload.ts';
import { sqlPieces } from '../pgbench/sql-pieces.ts';
import { drawOf, type World } from '../workload/draw.ts';
import { type DeckCall, type DeckHeader, type DeckTransaction, deckSchema } from './model.ts';

export interface DeckOptions {
  /** That of the fill: what is drawn must be what is there. */
  readonly world: World;
  /** One of the workload's mixes. */
  readonly mix: string;
  readonly transactions: number;
  /** The role to take on in each transaction, where the login is another. */
  readonly role?: string;
  /** Statements beside those of the workload, for `change` to call: they come after them, in this order. */
  readonly more?: readonly { readonly name: string; readonly kind: 'read' | 'write'; readonly sql: string }[];
  /** Alters each transaction. */
  readonly change?: (transaction: DeckTransaction) => DeckTransaction;
}

/** The design's workload, or ConfigError. */
export function workloadOf(design: ValidDesign): Workload {
  if (design.workload !== undefined) return design.workload;
  throw new ConfigError(
    design.file,
    'no workload',
    'declare what the application asks; see docs/workloads.md',
  );
}

/** The first line of a deck. Throws ConfigError where there is no such mix. */
export function deckHeader(design: ValidDesign, { mix, role, more = [] }: DeckOptions): DeckHeader {
  const { statements } = workloadOf(design);
  weightsOf(design, mix);
  return {
    schema: deckSchema,
    design: design.name,
    mix,
    statements: [
      ...Object.entries(statements).map(([name, { kind, sql }]) => ({ name, kind, sql })),
      ...more,
    ],
    role: role ?? null,
    settingsLast: design.request.settingsLast ?? 'transaction',
  };
}

/** Kinds of transactions of a mix with their weights. Throws ConfigError where there is no such mix, or nothing in it. */
export function weightsOf(design: ValidDesign, mix: string): readonly (readonly [string, number])[] {
  const { mixes } = workloadOf(design);
  const found = ownOf(mixes, mix);
  if (found === undefined) {
    throw new ConfigError(
      design.file,
      `workload.mixes: no ${mix}`,
      `use one of ${Object.keys(mixes).join(', ')}`,
    );
  }
  const weights = Object.entries(found);
  if (weights.length > 0) return weights;
  throw new ConfigError(design.file, `workload.mixes.${mix} is empty`, 'give it transactions');
}

/** The entry of that name; what every object inherits, such as `constructor`, is none. */
function ownOf<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/**
 * The transactions of a mix, one after the other: each a pure function of (seed, mix, its number), so that decks of any length
 * begin alike. Throws ConfigError for a workload that does not fit its own statements.
 */
export function* deckTransactions(
  design: ValidDesign,
  { world, mix, transactions, change = (each) => each }: DeckOptions,
): Generator<DeckTransaction, void, void> {
  const workload = workloadOf(design);
  const kinds = weightsOf(design, mix);
  const index = new Map(Object.keys(workload.statements).map((name, at) => [name, at]));
  const seen = new Map<string, number>();
  for (let number = 0; number < transactions; number++) {
    const kind = weighted(kinds, drawOf(world, `mix ${mix}`, number).random());
    // Numbers of their own, so that a kind is drawn alike whatever comes between.
    const own = seen.get(kind) ?? 0;
    seen.set(kind, own + 1);
    yield change(one(design, workload, index, world, kind, own));
  }
}

function one(
  design: ValidDesign,
  workload: Workload,
  index: ReadonlyMap<string, number>,
  world: World,
  kind: string,
  number: number,
): DeckTransaction {
  const bad = (what: string, cause?: unknown) =>
    new ConfigError(
      design.file,
      `workload.transactions.${kind}, number ${number}: ${what}`,
      'correct it',
      cause === undefined ? {} : { cause },
    );
  // What is the design's own may throw anything.
  const asked = <T>(make: () => T): T => {
    try {
      return make();
    } catch (error) {
      throw bad(error instanceof Error ? error.message : String(error), error);
    }
  };
  const make = ownOf(workload.transactions, kind);
  if (make === undefined) throw bad('there is none of that name');
  const plan = asked(() => make(drawOf(world, kind, number)));
  if (plan.calls.length === 0) throw bad('it calls no statement');
  const settings = asked(() =>
    design.request.session({ name: kind, says: `actor of ${kind}`, attributes: plan.actor }),
  );
  const calls = plan.calls.map((call): DeckCall => {
    const at = index.get(call.statement);
    if (at === undefined) throw bad(`no statement ${call.statement}`);
    const wanted = parametersIn(workload.statements[call.statement]?.sql ?? '');
    if (wanted !== call.values.length) {
      throw bad(`${call.statement} has ${wanted} parameters, and ${call.values.length} values are given`);
    }
    const values = call.values.map((value, n) => {
      if (value === null) return null;
      try {
        return textOf(value);
      } catch (error) {
        throw bad(`${call.statement}, $${n + 1}: ${(error as Error).message}`, error);
      }
    });
    const expected = expectation(call);
    return expected === undefined ? [at, values] : [at, values, expected];
  });
  return { transaction: kind, tenant: plan.tenant, settings: { ...settings }, calls };
}

function textOf(value: Parameters<typeof valueText>[0]): string {
  const text = valueText(value);
  if (text.includes('\0')) throw new UnloadableValue('a text with a NUL character cannot be sent');
  return text;
}

function expectation({ rows, own }: StatementCall): NonNullable<DeckCall[2]> | undefined {
  if (rows === undefined && own === undefined) return undefined;
  return {
    ...(typeof rows === 'number' ? { rows } : {}),
    ...(typeof rows === 'object' ? { atLeast: rows.atLeast } : {}),
    ...(own === undefined ? {} : { own: [own.column, [...own.values]] as [number, string[]] }),
  };
}

/** The highest $n outside texts and comments; what is in a text is not a parameter. */
export function parametersIn(sql: string): number {
  return sqlPieces(sql).reduce(
    (highest, { kind, text }) => (kind === 'parameter' ? Math.max(highest, Number(text.slice(1))) : highest),
    0,
  );
}

function weighted(kinds: readonly (readonly [string, number])[], at: number): string {
  const total = kinds.reduce((sum, [, weight]) => sum + weight, 0);
  let left = at * total;
  for (const [kind, weight] of kinds) {
    left -= weight;
    if (left < 0) return kind;
  }
  return kinds.at(-1)?.[0] ?? '';
}
