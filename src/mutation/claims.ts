import { checkOf } from '../checks/index.ts';
import type { Claim } from '../design/design.ts';
import type { ValidDesign } from '../design/validate.ts';
import type { Dependencies } from './dependencies.ts';
import { commands, type Mutant } from './mutant.ts';
import { ident } from './source.ts';

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
  return askedFor(mutant, claims, dependencies).map(({ claim }) => claim);
}

/** A claim that a mutant can touch. */
export interface Asked {
  readonly claim: Claim;
  /** Only by what a changed function answers policies, views and triggers. */
  readonly byAnswer: boolean;
  /** What takes long has its turn after what does not, whatever it has killed. */
  readonly turn: 0 | 1 | 2 | 3;
}

/** The same, with how they are touched. */
export function askedFor(
  mutant: Mutant,
  claims: readonly Claim[],
  dependencies: Dependencies,
): readonly Asked[] {
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
  const before = ranks.size;
  // A story takes a fraction of the time that all actors take.
  const tells = (rank: number, of: readonly string[]) =>
    add(rank, ({ check }) => check?.kind === 'structure.behaviour' && mentions(check, of));
  for (const { names } of triggered)
    tells(
      3,
      names.map((name) => `trigger ${ident(name)}`),
    );
  // What every table runs, the stories of every table would tell.
  for (const { relation } of triggered) tells(triggered.length > alike.told ? 7 : 3, [relation]);
  const isNew = unlike();
  for (const { relation, audit, access } of triggered) {
    const own = touches.triggers.length > 0;
    if (own || (access.length > 0 && isNew('access', alike.access)))
      add(4, (claim) => isAccessOf(claim, relation, access));
    // What an audit trigger refuses, it refuses in audit.recorded too.
    if (!audit || !(own || isNew(dependencies.auditShape(relation), alike.audit))) continue;
    add(4, ({ check }) => check?.kind === 'audit.append-only' && relation === dependencies.trail);
    // Of a trigger that writes the trail, and of its function, nothing tells sooner.
    const writes = access.length === 0 && (own || dependencies.isRunByTrigger(functions));
    add(writes ? 1.5 : 4, ({ check }) => check?.kind === 'audit.recorded' && check.table === relation);
  }
  const through = dependencies.accessThrough(functions);
  for (const reached of through) add(4, (claim) => isAccessOf(claim, reached.relation, reached.commands));
  if (mutant.before.includes('current_setting')) add(4, ({ check }) => check?.kind === 'access.sessions');
  const byAnswer = new Set(functions.length === 0 ? [] : [...ranks.keys()].slice(before));
  // Where all actors read the same of a relation as before, those who read it through others do too.
  const changed = [...touches.access, ...through].filter(
    ({ relation, commands }) =>
      commands.includes('SELECT') && !claims.some((claim) => isAccessOf(claim, relation, ['SELECT'])),
  );
  for (const reached of dependencies.readers(changed.map(({ relation }) => relation))) {
    add(5, (claim) => isAccessOf(claim, reached.relation, reached.commands));
  }
  for (const { relation } of touches.access) {
    add(6, ({ check }) => check?.kind === 'audit.append-only' && relation === dependencies.trail);
    add(7, ({ check }) => check?.kind === 'structure.behaviour' && mentions(check, [relation]));
  }
  for (const reached of touches.later)
    add(8, (claim) => isAccessOf(claim, reached.relation, reached.commands));
  return [...ranks]
    .sort(([a, r], [b, s]) => r - s || costOf(a) - costOf(b))
    .map(([claim, rank]) => ({ claim, byAnswer: byAnswer.has(claim), turn: turnOf(rank) }));
}

function turnOf(rank: number): Asked['turn'] {
  return rank < 1 ? 0 : rank < 4 ? 1 : rank < 8 ? 2 : 3;
}

/** Tables of one kind through which a changed function of triggers is tried: more would tell the same. */
const alike = { access: 2, audit: 1, told: 3 } as const;

/** True for as many of a kind as are wanted. */
function unlike(): (kind: string, wanted: number) => boolean {
  const counts = new Map<string, number>();
  return (kind, wanted) => {
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    return count <= wanted;
  };
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
