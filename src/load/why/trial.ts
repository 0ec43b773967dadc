import { compare } from './compare.ts';
import type { FixEffect } from './model.ts';
import { isSlower } from './pairs.ts';
import type { PlanNode } from './plan.ts';
import type { Probe } from './probe.ts';
import { ProbeError, type Rig, type Way } from './rig.ts';

export interface TrialOptions {
  readonly pairs: number;
  readonly signal: AbortSignal;
  /** Share of each statement in the time of everything. */
  readonly shares: ReadonlyMap<string, number>;
  readonly probes: ReadonlyMap<string, readonly Probe[]>;
}

export type Trial =
  | { readonly status: 'tried'; readonly effect: readonly FixEffect[]; readonly used: readonly string[] }
  | { readonly status: 'untried'; readonly why: string };

/** A change that takes longer is tried less often, so that making an index on a large table does not take all day. */
const slowChangeMs = 3_000;
const slowest = 60_000;

/**
 * Tries a change on statements, in transactions that are rolled back: before against after, in pairs. What the server refuses is
 * said, not thrown.
 */
export async function tryChange(
  rig: Rig,
  way: Way,
  statements: readonly string[],
  { pairs, signal, shares, probes }: TrialOptions,
): Promise<Trial> {
  if (!rig.writes)
    return {
      status: 'untried',
      why: 'objects may not be changed here, not even in a transaction that is rolled back',
    };
  const effect: FixEffect[] = [];
  const used = new Set<string>();
  try {
    const began = performance.now();
    await rig.undone(async (session) => {
      for (const sql of way.change ?? []) await session.script(sql);
    });
    const took = performance.now() - began;
    if (took > slowest) return { status: 'untried', why: `it takes ${Math.round(took / 1000)} s to make` };
    const rounds = took > slowChangeMs ? Math.min(pairs, 3) : pairs;
    for (const statement of statements) {
      const own = probes.get(statement) ?? [];
      if (own.length === 0) continue;
      const { ratio, a, b } = await compare(rig, own, {}, way, { pairs: rounds, signal });
      for (const index of indexesOf(b.explained.root))
        if (!indexesOf(a.explained.root).includes(index)) used.add(index);
      const { sameRows, ...speedup } = ratio;
      if (!sameRows) return { status: 'untried', why: `with it ${statement} gives other rows` };
      effect.push({
        statement,
        speedup,
        saves: (shares.get(statement) ?? 0) * (1 - 1 / speedup.ratio),
      });
    }
  } catch (error) {
    if (!(error instanceof ProbeError) && !isServerError(error)) throw error;
    return { status: 'untried', why: `the server refused it: ${(error as Error).message}` };
  }
  return { status: 'tried', effect: effect.sort((one, other) => other.saves - one.saves), used: [...used] };
}

/** Whether a trial made at least one statement faster beyond noise, and all of them together by more than the fix costs. */
export function helped(effect: readonly FixEffect[], onceShare = 0): boolean {
  return (
    effect.some(({ speedup }) => isSlower(speedup)) &&
    effect.reduce((sum, { saves }) => sum + saves, 0) > onceShare
  );
}

function isServerError(error: unknown): boolean {
  return /^[0-9A-Z]{5}$/.test(String((error as { readonly code?: unknown }).code ?? ''));
}

function indexesOf({ index, children }: PlanNode): readonly string[] {
  return [...(index === undefined ? [] : [index]), ...children.flatMap(indexesOf)];
}
