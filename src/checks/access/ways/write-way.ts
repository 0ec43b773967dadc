import type { Actor } from '../../../design/design.ts';
import type { CheckContext } from '../../check.ts';
import type { Candidate } from '../candidates.ts';
import { actorRelation, keyArray, type Target } from '../target.ts';
import { hasChildren } from './children.ts';
import type { Novelty } from './novelty.ts';
import { amongKeysOf } from './read-ways.ts';

/** A form of INSERT, UPDATE or DELETE that reaches a table. */
export interface WriteWay {
  /** For the evidence and the breach: `INSERT … RETURNING`. */
  readonly name: string;
  readonly applies: (target: Target) => boolean;
  /** Leaves out what tables that inherit from it hold. */
  readonly only?: true;
  /** What goes before and stays for the one that counts: the cursor of WHERE CURRENT OF. */
  readonly before?: (target: Target, candidate: Candidate) => readonly string[];
  readonly statement: (target: Target, candidate: Candidate) => string;
}

/** One try: a way, a candidate, and what the rules say of it. */
export interface WriteTry {
  readonly way: WriteWay;
  readonly candidate: Candidate;
  readonly allowed: boolean;
}

/** MERGE and ON CONFLICT take no view; ONLY would leave out partitions. */
export const takesRows = ({ relation }: Target): boolean =>
  relation.kind === 'table' || relation.kind === 'partitioned table';

export const isPlainTable = ({ relation }: Target): boolean => relation.kind === 'table';

/**
 * One candidate that is allowed, and of those that are not: one whose row the actor reads, one whose row it does not, and one row that may
 * be changed but not so; of each what no actor tried before. Enough to see whether a way goes past what the plain statement does not.
 */
export async function fewOf(
  context: CheckContext,
  target: Target,
  actor: Actor,
  candidates: readonly Candidate[],
  novelty: Novelty,
): Promise<readonly Candidate[]> {
  const refused = candidates.filter((candidate) => !candidate.allowed);
  const read = await readRows(context, target, actor, refused);
  const slots = {
    allowed: candidates.find((candidate) => candidate.allowed && candidate.changes),
    read: refused.find((one) => read.has(one)),
    unread: refused.find((one) => !read.has(one)),
    into: refused.find(({ vector, changes }) => vector !== '' && changes),
  };
  const picked = Object.entries(slots).flatMap(([slot, candidate]) =>
    candidate !== undefined && novelty.take(actor, `${slot} ${candidate.vector}`) ? [candidate] : [],
  );
  return [...new Set(picked)];
}

/** Candidates whose row is there and the SELECT rule gives to the actor. */
async function readRows(
  context: CheckContext,
  target: Target,
  actor: Actor,
  candidates: readonly Candidate[],
): Promise<ReadonlySet<Candidate>> {
  const rule = target.rules.select;
  if ('never' in rule || candidates.length === 0) return new Set();
  const keys = candidates.map(({ key }) => key);
  const rows = await context.session.query(
    `SELECT ${keyArray(target, '"row"')} AS key FROM ${target.relation.identity} AS "row", ${actorRelation(context, actor)}
     WHERE ${amongKeysOf(target, keys, '"row"')} AND (${rule.where})`,
  );
  const found = new Set(rows.map(({ key }) => JSON.stringify(key)));
  return new Set(candidates.filter(({ key }) => found.has(JSON.stringify(key))));
}

/** A few candidates in every way that the table takes. */
export async function everyWay(
  context: CheckContext,
  target: Target,
  actor: Actor,
  ways: readonly WriteWay[],
  candidates: readonly Candidate[],
  novelty: Novelty,
): Promise<readonly WriteTry[]> {
  const few = await fewOf(context, target, actor, candidates, novelty);
  const parent = await hasChildren(context, target);
  return ways
    .filter((way) => way.applies(target) && !(parent && way.only === true))
    .flatMap((way) => few.map((candidate) => ({ way, candidate, allowed: candidate.allowed })));
}
