import { checkOf } from '../checks/index.ts';
import type { Claim } from '../design/design.ts';
import type { ValidDesign } from '../design/validate.ts';
import type { Dependencies } from './dependencies.ts';
import { commands, type Mutant } from './mutant.ts';

/** Kinds of claims that look at access or audit, or at what brings it about. */
const structural = new Set([
  'structure.behaviour',
  'structure.definer-functions',
  'structure.function',
  'structure.policies',
  'structure.request-role',
  'structure.row-security',
  'structure.trigger',
  'structure.view',
]);

/** Claims that mutation runs: of access and audit, and structural ones about it, as far as one transaction is enough. */
export function claimsInScope(design: ValidDesign): readonly Claim[] {
  return design.claims.filter(({ check }) => {
    const found = check === undefined ? undefined : checkOf(check.kind);
    if (check === undefined || found === undefined || found.isolation === 'database') return false;
    return found.family === 'access' || found.family === 'audit' || structural.has(check.kind);
  });
}

/**
 * The claims that a mutant can touch, those first that are most likely to notice it: structural ones about that kind of thing,
 * access of the same table and command, behaviour that names it, audit of the table, then whatever depends on it.
 */
export function claimsFor(
  mutant: Mutant,
  claims: readonly Claim[],
  dependencies: Dependencies,
): readonly Claim[] {
  const ranks = new Map<Claim, number>();
  const add = (rank: number, wanted: (claim: Claim) => boolean) => {
    for (const claim of claims) if (!ranks.has(claim) && wanted(claim)) ranks.set(claim, rank);
  };
  const { touches } = mutant;
  add(0, ({ check }) => touches.kinds.includes(check?.kind ?? '') && isAbout(check, mutant));
  for (const reached of touches.access)
    add(1, (claim) => isAccessOf(claim, reached.relation, reached.commands));
  const named = namedBy(mutant, dependencies);
  if (touches.functions.length > 0 || touches.triggers.length > 0) {
    add(2, ({ check }) => check?.kind === 'structure.behaviour' && mentions(check, named));
  }
  const functions = touches.functions;
  const triggered = [...touches.triggers, ...dependencies.triggersThrough(functions)];
  for (const { relation, audit, access } of triggered) {
    add(3, (claim) => isAccessOf(claim, relation, access));
    // What an audit trigger refuses, it refuses in audit.recorded too.
    if (!audit) continue;
    add(3, ({ check }) => check?.kind === 'audit.append-only' && relation === dependencies.trail);
    add(4, ({ check }) => check?.kind === 'audit.recorded' && check.table === relation);
  }
  const through = dependencies.accessThrough(functions);
  for (const reached of through) add(4, (claim) => isAccessOf(claim, reached.relation, reached.commands));
  const changed = [...touches.access, ...through].filter((each) => each.commands.includes('SELECT'));
  for (const reached of dependencies.readers(changed.map(({ relation }) => relation))) {
    add(5, (claim) => isAccessOf(claim, reached.relation, reached.commands));
  }
  for (const { relation } of touches.access) {
    add(6, ({ check }) => check?.kind === 'audit.append-only' && relation === dependencies.trail);
    add(7, ({ check }) => check?.kind === 'structure.behaviour' && mentions(check, [relation]));
  }
  for (const { relation } of triggered.filter(({ access }) => access.length > 0))
    add(7, ({ check }) => check?.kind === 'structure.behaviour' && mentions(check, [relation]));
  return [...ranks].sort(([a, r], [b, s]) => r - s || costOf(a) - costOf(b)).map(([claim]) => claim);
}

/** Kinds by how long they take, the shortest first. */
const byCost = [
  'access.select',
  'access.delete',
  'access.insert',
  'access.update',
  'audit.append-only',
  'audit.recorded',
];

function costOf({ check }: Claim): number {
  return byCost.indexOf(check?.kind ?? '');
}

/** Structural claims about one table or function are run for that one. */
function isAbout(check: Claim['check'], { group, object }: Mutant): boolean {
  if (check === undefined) return false;
  if (typeof check.table === 'string') return check.table === group;
  if (typeof check.view === 'string') return check.view === group;
  return typeof check.function !== 'string' || object.includes(check.function.replace(/\(.*$/s, ''));
}

function isAccessOf({ check }: Claim, relation: string, wanted: readonly string[]): boolean {
  if (check === undefined || check.table !== relation) return false;
  return commands.some(
    (command) => wanted.includes(command) && check.kind === `access.${command.toLowerCase()}`,
  );
}

/** Names that a behaviour claim about the mutant's object would hold: of what runs a function, too. */
function namedBy({ touches }: Mutant, dependencies: Dependencies): readonly string[] {
  return [
    ...[...dependencies.callers(touches.functions)].map((identity) => identity.replace(/\(.*$/s, '')),
    ...touches.triggers.map(({ relation }) => relation),
  ];
}

function mentions(check: Claim['check'], names: readonly string[]): boolean {
  const text = JSON.stringify(check);
  return names.some((name) => text.includes(JSON.stringify(name).slice(1, -1)));
}
