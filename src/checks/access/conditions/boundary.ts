import type { CheckContext } from '../../check.ts';
import { type Target, targetOf } from '../target.ts';
import { type BoundaryRow, copiesReferring, copiesWith, valuesOf } from './boundary-rows.ts';
import { type ColumnPlace, mentionedIn } from './columns.ts';
import { type Entry, Ledger } from './ledger.ts';
import { measureExisting } from './measure.ts';
import { livePolicies } from './parts.ts';
import { describeUndecided, type Undecided } from './undecided.ts';

/** What came of an attempt to make a row for a condition that nothing hangs on. */
export interface BoundaryResult {
  readonly undecided: Undecided;
  readonly row: BoundaryRow | null;
  /** Where there is none: why. */
  readonly reason: string | null;
}

/**
 * Makes rows for conditions that no row decides: copies of rows with a column of the condition set to each value that could turn it.
 * They are added group by group, as far as constraints and triggers let them, and the group that helps is cut down to one row. The
 * rows found stay in the transaction, so that one may serve several conditions.
 */
export async function makeBoundaryRows(
  context: CheckContext,
  undecided: readonly Undecided[],
  onResult: (result: BoundaryResult) => void = () => {},
): Promise<readonly BoundaryResult[]> {
  const results: BoundaryResult[] = [];
  // A policy as a whole decides once its conditions do.
  const wholesLast = [...undecided].sort(
    (a, b) => Number(a.entry.condition === null) - Number(b.entry.condition === null),
  );
  for (const each of wholesLast) {
    const result = await makeOne(context, each);
    results.push(result);
    onResult(result);
  }
  return results;
}

async function makeOne(context: CheckContext, undecided: Undecided): Promise<BoundaryResult> {
  const { entry } = undecided;
  const none = (reason: string) => ({ undecided, row: null, reason });
  if (entry.clause === 'WITH CHECK' || entry.clause === 'to' || isInsert(entry)) {
    return none('it judges rows to write, which the access checks make: see `try` of the rules');
  }
  if (entry.failed !== null) return none(describeUndecided(undecided));
  if (await isDecided(context, undecided)) return { undecided, row: null, reason: null };
  const places = mentionedIn(entry.condition ?? entry.text, entry.text, entry.table);
  const around = mentionedIn(entry.text, entry.text, entry.table);
  const known = new Set(context.design.access.map(({ table }) => table));
  const refused = new Map<string, number>();
  let tried = 0;
  // Rows of the table itself that refer to others are judged one by one; then the columns of the condition, then the clause's other ones.
  const rest = around.filter(
    (each) => !places.some(({ table, column }) => table === each.table && column === each.column),
  );
  for (const group of groupsOf(
    context,
    entry.table,
    [...places, ...rest].filter(({ table }) => known.has(table)),
    entry,
  )) {
    for await (const rows of group) {
      tried += rows.length;
      const row = await oneOf(context, undecided, rows, refused);
      if (row !== undefined) return { undecided, row, reason: null };
    }
  }
  if (tried === 0) return none('it names no column whose values are known');
  const why = [...refused].sort(([, a], [, b]) => b - a).slice(0, 2);
  return none(
    `${tried} rows tried, none does${why.map(([message, times]) => `; ${times} refused: ${message}`).join('')}`,
  );
}

/** Groups of rows to try, made one after the other. */
function* groupsOf(
  context: CheckContext,
  own: string,
  places: readonly ColumnPlace[],
  { condition, text }: Entry,
): Generator<AsyncGenerator<readonly BoundaryRow[], void>, void> {
  const stored = ({ table, column }: ColumnPlace) => {
    const target = targetOf(context, table);
    const isTable = ['table', 'partitioned table'].includes(target.relation.kind);
    return isTable ? { target, column: target.stored.find(({ name }) => name === column) } : { target };
  };
  async function* referring(place: ColumnPlace) {
    const { target, column } = stored(place);
    if (column !== undefined) yield await copiesReferring(context, target, column);
  }
  async function* valued(place: ColumnPlace) {
    const { target, column } = stored(place);
    if (column === undefined) return;
    const mentioned = new Set(places.flatMap(({ table, column }) => (table === place.table ? [column] : [])));
    for (const value of await valuesOf(context, target, column, condition ?? text))
      yield await copiesWith(context, target, column.name, value, mentioned);
  }
  for (const place of places) if (place.table === own) yield referring(place);
  for (const place of places) yield valued(place);
}

/** The one of the rows that decides, which is kept. */
async function oneOf(
  context: CheckContext,
  undecided: Undecided,
  rows: readonly BoundaryRow[],
  refused: Map<string, number>,
): Promise<BoundaryRow | undefined> {
  let accepted: readonly BoundaryRow[] = [];
  let decides = false;
  await context.session.undone(async () => {
    accepted = await add(context, rows, refused);
    decides = accepted.length > 0 && (await isDecided(context, undecided));
  });
  if (!decides) return undefined;
  while (accepted.length > 1) {
    const half = accepted.slice(0, Math.ceil(accepted.length / 2));
    let enough = false;
    await context.session.undone(async () => {
      await add(context, half);
      enough = await isDecided(context, undecided);
    });
    accepted = enough ? half : accepted.slice(half.length);
  }
  const [last] = accepted;
  if (last === undefined) return undefined;
  await add(context, [last]);
  return (await isDecided(context, undecided)) ? last : undefined;
}

async function add(
  context: CheckContext,
  rows: readonly BoundaryRow[],
  refused?: Map<string, number>,
): Promise<readonly BoundaryRow[]> {
  const accepted: BoundaryRow[] = [];
  for (const row of rows) {
    const attempt = await context.session.attempt(row.statement, [], true);
    if (attempt.status === 'done') {
      if (attempt.count > 0) accepted.push(row);
      continue;
    }
    const { constraint, message } = attempt.error;
    const why = constraint === undefined ? message : `constraint ${constraint}`;
    refused?.set(why, (refused.get(why) ?? 0) + 1);
  }
  return accepted;
}

/** Whether some row decides it now. */
export async function isDecided(context: CheckContext, { entry, side }: Undecided): Promise<boolean> {
  const target: Target = targetOf(context, entry.table);
  const ledger = new Ledger();
  await measureExisting(context, target, await livePolicies(context, [target]), entry, ledger);
  const found = ledger.entries.find(
    (each) => each.condition === entry.condition && each.inside === entry.inside,
  );
  return found !== undefined && (side === 'true' ? found.byTrue : found.byFalse) > 0;
}

function isInsert({ owner }: Entry): boolean {
  return 'rule' in owner && owner.rule === 'INSERT';
}
