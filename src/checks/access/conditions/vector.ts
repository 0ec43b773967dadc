import type { Attempt, Session } from '../../../cluster/session.ts';
import type { Atom, Condition, Inner } from './condition.ts';
import { truth } from './tree.ts';

/** The SQL expressions that a look at rows computes, each once however many conditions have it. */
export class Vector {
  readonly #places = new Map<string, number>();

  place(sql: string): void {
    if (!this.#places.has(sql)) this.#places.set(sql, this.#places.size);
  }

  /** A condition's atoms, and what they would be with one of the conditions that are wanted inside them forced. */
  add(condition: Condition, wanted: (atom: Atom, inner: Inner) => boolean): void {
    for (const atom of condition.atoms) {
      this.place(atom.text);
      for (const inner of atom.inner.filter((each) => wanted(atom, each))) {
        this.place(inner.ifTrue);
        this.place(inner.ifFalse);
      }
    }
  }

  find(sql: string): number | undefined {
    return this.#places.get(sql);
  }

  get expressions(): readonly string[] {
    return [...this.#places.keys()];
  }
}

/** Rows that are alike in everything that was computed. */
export interface RowClass {
  readonly vector: string;
  readonly rows: number;
  /** Of one of them. */
  readonly key: readonly (string | null)[];
}

export interface Look {
  readonly classes: readonly RowClass[];
  /** Expressions that fail when they are computed for each row, with the server's words. */
  readonly failed: ReadonlyMap<string, string>;
}

/** concat takes a hundred arguments. */
const argumentsAtMost = 90;

/**
 * The classes of the rows of a relation. One expression that fails, as it may where another would have kept it from being
 * computed, is left out and counts as unknown.
 *
 * @param key SQL of an array of texts
 */
export async function lookAtRows(
  session: Session,
  vector: Vector,
  from: string,
  key: string,
  values: readonly unknown[] = [],
): Promise<Look> {
  const { expressions } = vector;
  const whole = await session.attempt(sqlOf(expressions, from, key, new Map()), values);
  if (whole.status === 'done') return { classes: classesOf(whole), failed: new Map() };
  const failed = new Map<string, string>();
  for (const expression of expressions) {
    const one = await session.attempt(`SELECT count(*) FILTER (WHERE (${expression})) FROM ${from}`, values);
    if (one.status === 'error') failed.set(expression, one.error.message);
  }
  const rest = await session.attempt(sqlOf(expressions, from, key, failed), values);
  if (rest.status === 'error') {
    return { classes: [], failed: new Map(expressions.map((each) => [each, rest.error.message])) };
  }
  return { classes: classesOf(rest), failed };
}

function sqlOf(
  expressions: readonly string[],
  from: string,
  key: string,
  failed: ReadonlyMap<string, string>,
): string {
  const bits = expressions.map((each) =>
    failed.has(each) ? `'-'` : `coalesce(((${each})::pg_catalog.bool::int)::text, '-')`,
  );
  const chunks: string[] = [];
  for (let at = 0; at < bits.length; at += argumentsAtMost) {
    chunks.push(`concat(${bits.slice(at, at + argumentsAtMost).join(', ')})`);
  }
  return `SELECT vector, count(*)::int AS rows, min(key) AS key
    FROM (SELECT ${chunks.join(' || ') || `''`} AS vector, ${key} AS key FROM ${from} OFFSET 0) AS class
    GROUP BY vector ORDER BY vector`;
}

function classesOf(attempt: Attempt): readonly RowClass[] {
  if (attempt.status === 'error') return [];
  return attempt.rows.map((row) => ({
    vector: String(row.vector),
    rows: Number(row.rows),
    key: (row.key as (string | null)[] | null) ?? [],
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
}
