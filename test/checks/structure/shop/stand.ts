import { expect } from 'vitest';
import { checkOf } from '../../../../src/checks/index.ts';
import type { CheckCall } from '../../../../src/design/design.ts';
import type { ValidDesign } from '../../../../src/design/validate.ts';
import type { Breach } from '../../../../src/evidence/model.ts';
import { type Proof, prove } from '../../../../src/scenarios/prove.ts';
import { type Bench, runTrial, type TrialResult } from '../../../../src/scenarios/trial.ts';
import { openStand, type Stand } from '../../hostile/bench.ts';
import { shop } from './design.ts';

/** The shop's stand. Work that changes nothing first shares one copy: trials leave nothing in it. */
export async function openShop(): Promise<Stand> {
  const stand = await openStand(shop);
  let held: Promise<void> | undefined;
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const shared = () =>
    new Promise<Bench>((resolve, reject) => {
      held = stand.withCopy((bench) => {
        resolve(bench);
        return released;
      });
      held.catch(reject);
    });
  let bench: Promise<Bench> | undefined;
  return {
    ...stand,
    withCopy: async (work, sql) => {
      if (sql !== undefined) return stand.withCopy(work, sql);
      bench ??= shared();
      return work(await bench);
    },
    close: async () => {
      release();
      await held;
      await stand.close();
    },
  };
}

/** What makes a trial other than the design as it is: SQL run first, and what the design says instead. */
export interface Otherwise {
  readonly sql?: string;
  readonly design?: (design: ValidDesign) => ValidDesign;
}

/** Tries a check once. SQL does not reach a check of isolation `database`, which copies the template. */
export function tryCheck(
  stand: Stand,
  call: CheckCall,
  { sql, design }: Otherwise = {},
): Promise<TrialResult> {
  return stand.withCopy(async (bench) => {
    const check = checkOf(call.kind);
    if (check === undefined) throw new Error(`no check ${call.kind}`);
    const altered = design?.(bench.design) ?? bench.design;
    return runTrial({ ...bench, design: altered }, check, call, { memory: new Map() });
  }, sql);
}

export async function expectHeld(stand: Stand, call: CheckCall, otherwise?: Otherwise): Promise<void> {
  expect(await tryCheck(stand, call, otherwise)).toMatchObject({
    outcome: 'held',
    breaches: [],
    unexercised: [],
  });
}

/** Gives the first breach. */
export async function expectBroken(stand: Stand, call: CheckCall, otherwise?: Otherwise): Promise<Breach> {
  const result = await tryCheck(stand, call, otherwise);
  expect(result.outcome).toBe('broken');
  for (const { says, expected, actual } of result.breaches) {
    expect(says).not.toContain('\n');
    expect(expected).not.toBe(actual);
  }
  const [first] = result.breaches;
  if (first === undefined) throw new Error('broken without a breach');
  return first;
}

/** The check on the database as it is, and with each of its counterexamples; gives how many of them there were. */
export async function expectProved(stand: Stand, check: CheckCall): Promise<number> {
  const proof = await stand.withCopy((bench): Promise<Proof> => {
    const claim = {
      id: 'shop.claim',
      says: 'It holds.',
      source: { file: 'shop.md' },
      controls: [],
      family: 'structure' as const,
      check,
    };
    return prove(bench, claim, new Set(['superuser', 'scratch-database', 'copies', 'faults']));
  });
  expect(proof.entries.at(-1)).toEqual({ type: 'verdict', claim: 'shop.claim', verdict: 'proved' });
  return proof.entries.filter(({ type }) => type === 'counterexample').length;
}
