import type { Session } from '../../cluster/session.ts';
import { formulaSql, type Predicate, parsePredicate } from './predicate.ts';

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

/**
 * The distinct classes of rows of a relation, how many rows are in each, and the key of one of them.
 *
 * @param key SQL of an array of texts: the key of a row
 */
export async function classesOf(
  session: Session,
  predicates: readonly Predicate[],
  from: string,
  key = 'NULL::text[]',
): Promise<readonly RowClass[]> {
  const rows = await session.query(
    `SELECT vector, count(*)::int AS rows, min(key) AS key
     FROM (SELECT ${vectorSql(predicates)} AS vector, ${key} AS key FROM ${from} OFFSET 0) AS class
     GROUP BY vector ORDER BY vector`,
  );
  return rows.map((row) => ({
    vector: String(row.vector),
    rows: Number(row.rows),
    key: (row.key as (string | null)[] | null) ?? [],
  }));
}

export interface RowClass {
  readonly vector: string;
  readonly rows: number;
  readonly key: readonly (string | null)[];
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
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 160 ? `${line.slice(0, 157)}…` : line;
}
