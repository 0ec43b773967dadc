import { z } from 'zod';
import type { Policy } from '../../../catalog/catalog.ts';
import type { Breach } from '../../../evidence/model.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../../check.ts';
import { judge } from '../table-check.ts';
import { type Target, targetOf } from '../target.ts';
import { coverageFaults } from './faults.ts';
import { type Entry, Ledger, wholeKey } from './ledger.ts';
import { measure } from './measure.ts';
import { livePolicies } from './parts.ts';
import {
  type Declaration,
  declaration,
  describePlace,
  describeUndecided,
  describeWanted,
  staleOf,
  type Undecided,
  undecidedOf,
} from './undecided.ts';

const parameters = z.strictObject({ kind: z.string(), declared: z.array(declaration).optional() });
type Parameters = z.infer<typeof parameters>;

/** The data puts every condition to the test: a policy that nothing hangs on could say anything. */
export const accessCoverage = defineCheck<Parameters>({
  kind: 'access.coverage',
  family: 'access',
  says: 'each policy, and each condition of a policy or a rule, decides some row for some actor alone, one way and the other',
  parameters,
  needs: ['superuser'],
  tables: () => [],
  run: runCoverage,
  faults: coverageFaults,
});

async function* runCoverage(
  context: CheckContext,
  { declared = [] }: Parameters,
): AsyncGenerator<Sighting, Judgement, void> {
  const targets = context.design.access.map(({ table }) => targetOf(context, table));
  const policies = await livePolicies(context, targets);
  const known = await context.remember('coverage', async () => ({
    policies,
    undecided: undefined as readonly string[] | undefined,
  }));
  if (context.stopAtFirstBreach && known.undecided !== undefined) {
    const before = new Set(known.undecided);
    const others = changed(targets, known.policies, policies);
    return judge(await lost(context, others, policies, declared, before), known.undecided);
  }
  const ledger = new Ledger();
  for (const target of targets) await measure(context, target, policies, ledger);
  const undecided = undecidedOf(ledger.entries, declared);
  yield* sightingsOf(context, ledger.entries, undecided);
  const left = undecided.filter((each) => each.declared === undefined);
  known.undecided ??= left.map(describeUndecided);
  const says = left.map((each) => `${describeUndecided(each)}; would do: ${describeWanted(each)}`);
  const stale = staleOf(undecided, declared).map(
    ({ table, policy, rule, condition = 'all of it' }) =>
      `declared as beyond any data, and decided or not there: ${policy ?? rule} on ${table}, ${condition}`,
  );
  return judge([], [...says, ...stale]);
}

/**
 * What was decided before and is not now, with a counterexample in. Rules are what they were; what is inside subqueries is asked
 * only where all else still decides.
 */
async function lost(
  context: CheckContext,
  targets: readonly Target[],
  policies: readonly Policy[],
  declared: readonly Declaration[],
  before: ReadonlySet<string>,
): Promise<readonly Breach[]> {
  for (const inside of [false, true]) {
    const ledger = new Ledger();
    for (const target of targets) await measure(context, target, policies, ledger, { rules: false, inside });
    const found = undecidedOf(ledger.entries, declared).filter(
      (each) => each.declared === undefined && !before.has(describeUndecided(each)),
    );
    if (found.length > 0) return found.map(breachOf);
  }
  return [];
}

/** Tables whose own policies are others now. */
function changed(
  targets: readonly Target[],
  before: readonly Policy[],
  now: readonly Policy[],
): readonly Target[] {
  const of = (policies: readonly Policy[], table: string) =>
    JSON.stringify(policies.filter(({ relation }) => relation === table));
  return targets.filter(({ relation }) => of(before, relation.identity) !== of(now, relation.identity));
}

/** One line for each clause of a policy or a rule. */
function sightingsOf(
  context: CheckContext,
  entries: readonly Entry[],
  undecided: readonly Undecided[],
): readonly Sighting[] {
  const places = new Map<string, Entry[]>();
  for (const entry of entries) {
    const key = wholeKey(entry);
    places.set(key, [...(places.get(key) ?? []), entry]);
  }
  return [...places.values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined) return [];
    const open = undecided.filter(({ entry }) => own.includes(entry));
    const excused = open.filter(({ declared }) => declared !== undefined);
    const bare = open.length - excused.length;
    const asked = own.reduce((sum, { canBeFalse }) => sum + (canBeFalse ? 2 : 1), 0);
    const allows = own.find(({ condition }) => condition === null);
    return [
      {
        subject: first.table,
        ...('rule' in first.owner ? { command: first.owner.rule } : {}),
        way: 'coverage',
        role: 'policy' in first.owner ? context.design.request.role : 'superuser',
        statement: describePlace(first),
        expected: `${asked} sides of ${own.length} conditions decide some row`,
        actual: [
          `${asked - open.length} decide`,
          ...(excused.length > 0 ? [`${excused.length} declared`] : []),
          ...(bare > 0 ? [`${bare} do not`] : []),
          ...(allows === undefined ? [] : [`alone it allows ${allows.byTrue} and refuses ${allows.byFalse}`]),
        ].join(', '),
        agrees: bare === 0,
      },
    ];
  });
}

function breachOf(undecided: Undecided): Breach {
  const { entry } = undecided;
  return {
    says: describeUndecided(undecided),
    object: describePlace(entry),
    expected: describeWanted(undecided),
    actual: 'none',
  };
}
