import { z } from 'zod';
import { globOf } from '../../../design/glob.ts';
import { oneLine } from '../../one-line.ts';
import { ident } from '../target.ts';
import type { Entry, Place } from './ledger.ts';

/** What no data can put to the test, and why. `*` in a table, policy or condition stands for anything. */
export const declaration = z
  .strictObject({
    table: z.string(),
    policy: z.string().optional(),
    rule: z.enum(['SELECT', 'INSERT', 'UPDATE', 'DELETE']).optional(),
    clause: z.enum(['USING', 'WITH CHECK', 'where', 'to']).optional(),
    /** Absent: the policy or the rule as a whole, with everything in it. */
    condition: z.string().min(1).optional(),
    /** The side that nothing decides; absent: both. */
    never: z.enum(['true', 'false']).optional(),
    reason: z.string().min(1),
  })
  .refine(({ policy, rule }) => (policy === undefined) !== (rule === undefined), {
    message: 'needs either policy or rule',
  });
export type Declaration = z.infer<typeof declaration>;

/** One side of a condition that no row and actor decided. */
export interface Undecided {
  readonly entry: Entry;
  readonly side: 'true' | 'false';
  readonly declared: Declaration | undefined;
}

/** What was not decided, with what the design declares of it. */
export function undecidedOf(
  entries: readonly Entry[],
  declared: readonly Declaration[],
): readonly Undecided[] {
  return entries.flatMap((entry) =>
    sidesOf(entry).map((side) => ({
      entry,
      side,
      declared: declared.find((each) => fits(each, entry, side)),
    })),
  );
}

/** Declarations of what is decided after all, or is not there. */
export function staleOf(
  undecided: readonly Undecided[],
  declared: readonly Declaration[],
): readonly Declaration[] {
  const used = new Set(undecided.map((each) => each.declared));
  return declared.filter((each) => !used.has(each));
}

function sidesOf({ byTrue, byFalse, canBeFalse, failed }: Entry): readonly ('true' | 'false')[] {
  return [
    ...(byTrue === 0 || failed !== null ? (['true'] as const) : []),
    ...(canBeFalse && byFalse === 0 ? (['false'] as const) : []),
  ];
}

function fits(declared: Declaration, entry: Entry, side: 'true' | 'false'): boolean {
  const { table, owner, clause, condition } = entry;
  const own =
    'policy' in owner
      ? declared.policy !== undefined && globOf(declared.policy).test(owner.policy)
      : owner.rule === declared.rule;
  if (!own || !globOf(declared.table).test(table)) return false;
  if (declared.clause !== undefined && declared.clause !== clause) return false;
  if (declared.never !== undefined && declared.never !== side) return false;
  return declared.condition === undefined || globOf(declared.condition).test(oneLine(condition ?? ''));
}

/** `policy tasks_select on app.tasks, USING` */
export function describePlace({ table, owner, clause }: Place): string {
  return 'policy' in owner
    ? `policy ${ident(owner.policy)} on ${table}, ${clause}`
    : `rule for ${owner.rule} on ${table}, ${clause}`;
}

/** What is not decided, in one sentence. */
export function describeUndecided({ entry, side }: Undecided): string {
  const { condition, inside, failed } = entry;
  const place = describePlace(entry);
  if (failed !== null)
    return `${place}: cannot be computed by itself: ${shorten(condition ?? '')} (${failed})`;
  const outcome = side === 'true' ? 'allowed' : 'refused';
  if (condition === null) return `${place}: no row is ${outcome} because of it alone`;
  const where = inside === null ? '' : `, inside ${shorten(inside, 60)}`;
  return `${place}: nothing hangs on it being ${side}: ${shorten(condition)}${where}`;
}

/** The row that would decide it. */
export function describeWanted({ entry, side }: Undecided): string {
  const { table, condition, beside } = entry;
  const shown = beside.slice(0, besideAtMost).map((each) => shorten(each, 60));
  const more = beside.length > shown.length ? [`${beside.length - shown.length} more as they let it`] : [];
  const what = condition === null ? 'that it alone judges so' : `with it ${side}`;
  return `a row of ${table} and an actor ${[what, ...shown, ...more].join(', and ')}`;
}

/** How much is said of what else must hold. */
const besideAtMost = 3;

function shorten(text: string, length = 160): string {
  const line = oneLine(text);
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
}
