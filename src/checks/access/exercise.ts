import type { Row } from '../../cluster/session.ts';
import { oneLine } from '../one-line.ts';
import { formulaSql, type Predicate, parsePredicate } from './predicate.ts';
import { digestSql, type RowSet, rowSetOf, union } from './row-set.ts';

/**
 * Which atoms of a condition decided a row alone, and which way: an atom is exercised when some row is allowed because
 * it is true and some row is refused because it is false, all else being equal (as in MC/DC test coverage).
 */
export class Exercise {
  readonly #predicates: readonly Predicate[];
  readonly #allowing = new Set<string>();
  readonly #refusing = new Set<string>();

  constructor(predicates: readonly Predicate[]) {
    this.#predicates = predicates;
  }

  /**
   * Notes the class of a row that was seen: a string of 0 and 1, one for each atom of all predicates.
   *
   * @param identified false for the actor without any attribute: it is refused by every comparison with an attribute, so
   *   that it says nothing of conditions on rows
   */
  note(vector: string, identified = true): void {
    const bits = [...vector].map((bit) => bit === '1');
    const whole = this.#predicates.length;
    for (let p = 0, offset = 0; p < whole; p++) {
      const predicate = this.#predicates[p];
      if (predicate === undefined) continue;
      const own = bits.slice(offset, offset + predicate.atoms.length);
      offset += predicate.atoms.length;
      for (const [index, value] of own.entries()) {
        const flipped = own.map((bit, i) => (i === index ? !bit : bit));
        if (holds(predicate, own) === holds(predicate, flipped)) continue;
        if (!value && !identified && isAboutRow(predicate.atoms[index] ?? '')) continue;
        (value ? this.#allowing : this.#refusing).add(`${p}.${index}`);
      }
    }
  }

  /** Sentences for the atoms that no row put to the test. */
  missing(): string[] {
    return this.#predicates.flatMap((predicate, p) =>
      predicate.atoms.flatMap((atom, index) => {
        const id = `${p}.${index}`;
        const constant = /^(true|false)$/i.test(atom);
        if (constant) return [];
        const sides = [
          ...(this.#allowing.has(id) ? [] : ['allowed because of it']),
          ...(this.#refusing.has(id) ? [] : ['refused because of it']),
        ];
        return sides.length === 0 ? [] : [`no row is ${sides.join(', and none ')}: ${shorten(atom)}`];
      }),
    );
  }
}

/** Whether an atom looks at the row, and not at the actor alone. */
function isAboutRow(atom: string): boolean {
  const { columns } = parsePredicate(atom);
  return ['row', 'old', 'new'].some((alias) => columns.has(alias));
}

/** SQL for the class of a row: one character for each atom, NULL counting as false. */
export function vectorSql(predicates: readonly Pick<Predicate, 'atoms'>[]): string {
  const bits = predicates.flatMap((predicate) =>
    predicate.atoms.map((atom) => `(coalesce((${atom}), false))::int`),
  );
  return bits.length === 0 ? `''` : `concat(${bits.join(', ')})`;
}

/** The condition itself over a vector computed by `vectorSql`, so that no atom is computed twice. */
export function overVector(predicate: Predicate, vector: string, offset = 0): string {
  return formulaSql(predicate.formula, (index) => `substr(${vector}, ${offset + index + 1}, 1) = '1'`);
}

export interface ClassesQuery {
  /** The relation, with what the atoms refer to. */
  readonly from: string;
  /** SQL of an array of texts: the key of a row. Default: none. */
  readonly key?: string;
  /** SQL of what a digest of the rows is made over; see contentSql. */
  readonly content: string;
}

/** SQL for the distinct classes of rows of a relation: the rows of each as a set, and the key of one of them. One pass over the table. */
export function classesSql(
  predicates: readonly Predicate[],
  { from, key = 'NULL::text[]', content }: ClassesQuery,
): string {
  return `SELECT vector, count(*)::int AS rows, ${digestSql('content')} AS digest, min(key) AS key
     FROM (SELECT ${vectorSql(predicates)} AS vector, ${key} AS key, ${content} AS content FROM ${from} OFFSET 0) AS class
     GROUP BY vector ORDER BY vector`;
}

/** Reads what `classesSql` selects. */
export function rowClassesOf(rows: readonly Row[]): readonly RowClass[] {
  return rows.map((row) => ({
    vector: String(row.vector),
    rows: rowSetOf(row),
    key: (row.key as (string | null)[] | null) ?? [],
  }));
}

export interface RowClass {
  readonly vector: string;
  readonly rows: RowSet;
  readonly key: readonly (string | null)[];
}

/** The rows for which a condition holds, of classes by its atoms alone. */
export function rowsWhere(predicate: Predicate, classes: readonly RowClass[], wanted = true): RowSet {
  const judged = (vector: string) =>
    holds(
      predicate,
      [...vector].map((bit) => bit === '1'),
    );
  return union(classes.filter(({ vector }) => judged(vector) === wanted).map(({ rows }) => rows));
}

/** True when the class would be judged otherwise if one of its atoms were the other way. */
export function isDecidedByOne(predicate: Predicate, vector: string): boolean {
  const bits = [...vector].map((bit) => bit === '1');
  const judged = holds(predicate, bits);
  return bits.some((bit, index) => holds(predicate, bits.with(index, !bit)) !== judged);
}

function holds(predicate: Predicate, bits: readonly boolean[]): boolean {
  const evaluate = (formula: Predicate['formula']): boolean => {
    if (formula.kind === 'atom') return bits[formula.index] ?? false;
    return formula.kind === 'and' ? formula.parts.every(evaluate) : formula.parts.some(evaluate);
  };
  return evaluate(predicate.formula);
}

function shorten(text: string): string {
  const line = oneLine(text);
  return line.length > 160 ? `${line.slice(0, 157)}…` : line;
}
