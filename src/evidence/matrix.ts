import type { Observation, Population } from './model.ts';
import type { ClaimView, Stored } from './view.ts';

/** What the run saw of one actor and one command on one table. A cell that is absent was not looked at. */
export interface MatrixCell {
  readonly state: 'agrees' | 'breach';
  /** Of the first observation that disagrees, else of the first. */
  readonly expected: string;
  readonly actual: string;
  /** seq of the observations behind the cell; the one quoted above comes first. */
  readonly seqs: readonly number[];
  /** The same observations, in the same order. */
  readonly observations: readonly Stored<Observation>[];
}

export interface MatrixRow {
  readonly table: string;
  readonly command: string;
  readonly cells: ReadonlyMap<string, MatrixCell>;
}

export interface AccessMatrix {
  /** Columns: in the order in which they were met, then those that nothing was tried as. */
  readonly actors: readonly string[];
  /** Tables by name, the commands of each in the order SELECT, INSERT, UPDATE, DELETE, others. */
  readonly rows: readonly MatrixRow[];
  /** Tables with rows in them that no access claim looked at. */
  readonly unseen: readonly string[];
}

type Cells = Map<string, Stored<Observation>[]>;

const commands = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE'];

/** Actor by table and command, from the baseline observations of access claims. */
export function accessMatrix(claims: readonly ClaimView[], population: Population | undefined): AccessMatrix {
  const actors = new Set<string>();
  const tables = new Map<string, Map<string, Cells>>();
  for (const claim of claims) {
    if (claim.planned.family !== 'access') continue;
    for (const stored of claim.baseline.observations) {
      const { subject, command, actor } = stored.entry;
      if (actor === undefined || command === undefined) continue;
      actors.add(actor);
      const rows = entryOf(tables, subject, () => new Map<string, Cells>());
      const cells = entryOf(rows, command, (): Cells => new Map());
      entryOf(cells, actor, () => []).push(stored);
    }
  }
  for (const actor of Object.keys(population?.actors ?? {}).sort()) actors.add(actor);
  return {
    actors: [...actors],
    rows: [...tables].sort(byName).flatMap(([table, rows]) => rowsOf(table, rows)),
    unseen: Object.entries(population?.tables ?? {})
      .filter(([table, count]) => count > 0 && !tables.has(table))
      .map(([table]) => table)
      .sort(),
  };
}

function rowsOf(table: string, rows: ReadonlyMap<string, Cells>) {
  return [...rows]
    .sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .map(([command, cells]): MatrixRow => {
      const folded = [...cells].map(([actor, seen]) => [actor, cellOf(seen)] as const);
      return { table, command, cells: new Map(folded) };
    });
}

function cellOf(seen: readonly Stored<Observation>[]): MatrixCell {
  const ordered = [...seen].sort((a, b) => Number(a.entry.agrees) - Number(b.entry.agrees) || a.seq - b.seq);
  const first = ordered[0]?.entry;
  return {
    state: first?.agrees === true ? 'agrees' : 'breach',
    expected: first?.expected ?? '',
    actual: first?.actual ?? '',
    seqs: ordered.map((stored) => stored.seq),
    observations: ordered,
  };
}

function rank(command: string): number {
  const at = commands.indexOf(command);
  return at === -1 ? commands.length : at;
}

function byName(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : 1;
}

function entryOf<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
