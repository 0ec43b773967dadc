import type { Attempt, Session } from '../../../cluster/session.ts';
import type { Condition } from './condition.ts';
import { truth } from './tree.ts';

/** The SQL expressions that a look at rows computes, each once however many conditions have it. */
export class Vector {
  readonly #places: Map<string, number>;
  readonly #known: number;

  /** @param known what an earlier look computed: its bits come first */
  constructor(known?: Vector) {
    this.#places = new Map(known?.all.map((sql, n) => [sql, n]));
    this.#known = this.#places.size;
  }

  place(sql: string): void {
    if (!this.#places.has(sql)) this.#places.set(sql, this.#places.size);
  }

  find(sql: string): number | undefined {
    return this.#places.get(sql);
  }

  get all(): readonly string[] {
    return [...this.#places.keys()];
  }

  /** Those that no earlier look computed. */
  get expressions(): readonly string[] {
    return this.all.slice(this.#known);
  }
}

/** Rows to look at, in SQL. */
export interface Rows {
  readonly from: string;
  /** An array of texts. */
  readonly key: string;
  /** A text that is another one for each row. */
  readonly id: string;
  readonly values: readonly unknown[];
}

/** Rows that are alike in everything that was computed. */
export interface RowClass {
  readonly vector: string;
  readonly rows: number;
  /** Of one of them. */
  readonly key: readonly (string | null)[];
  readonly ids: readonly string[];
}

export interface Look {
  readonly classes: readonly RowClass[];
  /** Expressions that fail when they are computed for each row, with the server's words. */
  readonly failed: ReadonlyMap<string, string>;
}

/** concat takes a hundred arguments. */
const argumentsAtMost = 90;

/**
 * The classes of rows. One expression that fails, as it may where another would have kept it from being computed, is left out and
 * counts as unknown.
 *
 * @param among classes of an earlier look, which `vector` goes on from: only their rows are looked at
 */
export async function lookAtRows(
  session: Session,
  vector: Vector,
  rows: Rows,
  among?: readonly RowClass[],
): Promise<Look> {
  const { expressions } = vector;
  const { from, values } = among === undefined ? rows : membersOf(rows, among);
  const before = among === undefined ? `''` : `${member}.bits`;
  const sqlWithout = (failed: ReadonlyMap<string, string>) =>
    sqlOf(expressions, { ...rows, from }, before, failed);
  const whole = await session.attempt(sqlWithout(new Map()), values);
  if (whole.status === 'done') return { classes: classesOf(whole), failed: new Map() };
  const failed = new Map<string, string>();
  for (const expression of expressions) {
    const one = await session.attempt(`SELECT count(*) FILTER (WHERE (${expression})) FROM ${from}`, values);
    if (one.status === 'error') failed.set(expression, one.error.message);
  }
  const rest = await session.attempt(sqlWithout(failed), values);
  if (rest.status === 'error') {
    return { classes: [], failed: new Map(expressions.map((each) => [each, rest.error.message])) };
  }
  return { classes: classesOf(rest), failed };
}

const member = '"pgattest member"';

function membersOf(
  { from, id, values }: Rows,
  classes: readonly RowClass[],
): { readonly from: string; readonly values: readonly unknown[] } {
  const members = classes.flatMap(({ ids, vector }) => ids.map((each) => ({ id: each, bits: vector })));
  const first = values.length + 1;
  return {
    from: `${from} JOIN unnest($${first}::text[], $${first + 1}::text[]) AS ${member}(id, bits) ON ${member}.id = ${id}`,
    values: [...values, members.map((each) => each.id), members.map((each) => each.bits)],
  };
}

function sqlOf(
  expressions: readonly string[],
  { from, key, id }: Omit<Rows, 'values'>,
  before: string,
  failed: ReadonlyMap<string, string>,
): string {
  const bits = expressions.map((each) =>
    failed.has(each) ? `'-'` : `coalesce(((${each})::pg_catalog.bool::int)::text, '-')`,
  );
  const chunks = [before];
  for (let at = 0; at < bits.length; at += argumentsAtMost) {
    chunks.push(`concat(${bits.slice(at, at + argumentsAtMost).join(', ')})`);
  }
  return `SELECT vector, count(*)::int AS rows, min(key) AS key, array_agg(id) AS ids
    FROM (SELECT ${chunks.join(' || ')} AS vector, ${key} AS key, ${id} AS id FROM ${from} OFFSET 0) AS class
    GROUP BY vector ORDER BY vector`;
}

function classesOf(attempt: Attempt): readonly RowClass[] {
  if (attempt.status === 'error') return [];
  return attempt.rows.map((row) => ({
    vector: String(row.vector),
    rows: Number(row.rows),
    key: (row.key as (string | null)[] | null) ?? [],
    ids: row.ids as string[],
  }));
}

/** What a condition is for a class of rows, as it is or with something forced. */
export class Reading {
  readonly #vector: Vector;
  readonly #bits: string;

  constructor(vector: Vector, bits: string) {
    this.#vector = vector;
    this.#bits = bits;
  }

  /** An expression's value; null for unknown. */
  value(sql: string): boolean | null {
    const bit = this.#bits[this.#vector.find(sql) ?? -1];
    return bit === '1' ? true : bit === '0' ? false : null;
  }

  has(sql: string): boolean {
    return this.#vector.find(sql) !== undefined;
  }

  /** Whether the condition lets the row pass. */
  passes(
    { logic, atoms }: Condition,
    forced?: { readonly atom: number; readonly to: boolean | null },
  ): boolean {
    const of = (index: number) =>
      forced?.atom === index ? forced.to : this.value(atoms[index]?.text ?? 'NULL');
    return truth(logic, of) === true;
  }

  /** Whether what the condition says hangs on one of its atoms, whatever that is. */
  hangsOn(condition: Condition, atom: number): boolean {
    const outcome = this.passes(condition);
    return [true, false, null].some((to) => this.passes(condition, { atom, to }) !== outcome);
  }
}
