import { checkOf } from '../checks/index.ts';
import type { DesignOutlook, DoctorFacts } from '../cluster/doctor/model.ts';
import { capabilityTools, hasServer, lackOf, shortage } from '../cluster/doctor/purposes.ts';
import { filesFor, portsFor } from '../cluster/limits.ts';
import type { Claim } from '../design/design.ts';
import { loadDesign } from '../design/load.ts';
import type { ValidDesign } from '../design/validate.ts';

/** Kinds that really open as many clients as they say. */
const pooledClients = new Set(['topology.pooled-clients', 'load.pooled-clients']);

/** Loads a design, before anything is looked at: a wrong name is said at once. Throws ConfigError. */
export async function forDesign(name: string): Promise<(facts: DoctorFacts) => DesignOutlook> {
  const { design } = await loadDesign(name, process.cwd());
  return (facts) => outlookOf(design, facts);
}

/** Which claims of a design would stay unproved on a machine, and for want of what. */
function outlookOf(design: ValidDesign, facts: DoctorFacts): DesignOutlook {
  const checked = design.claims.filter(({ check }) => check !== undefined);
  return {
    name: design.name,
    claims: design.claims.length,
    withoutCheck: design.claims.length - checked.length,
    hindered: checked.flatMap((claim) => {
      const needs = lacking(claim, facts);
      return needs.length === 0 ? [] : [{ claim: claim.id, needs: [...needs] }];
    }),
    notes: [...loadNotes(checked, facts)],
  };
}

/** Whether a rate is held is found out, not foretold; what a miss would mean is known. */
function loadNotes(checked: readonly Claim[], { limits }: DoctorFacts): readonly string[] {
  const rates = checked.filter(({ check }) => check?.kind === 'load.throughput').map(({ id }) => id);
  const cores = limits.find(({ name }) => name === 'cores')?.value;
  if (rates.length === 0 || typeof cores !== 'number') return [];
  return [
    `${rates.join(', ')}: server, pooler and generator share ${cores} cores; a rate that they do not reach stays unproved, with the cores that it would take`,
  ];
}

function lacking({ check }: Claim, facts: DoctorFacts): readonly string[] {
  if (check === undefined) return [];
  if (!hasServer(facts.tools)) return ['postgres: there is no PostgreSQL 15 to use'];
  const wanted = (checkOf(check.kind)?.needs ?? []).flatMap((need) => capabilityTools[need] ?? []);
  const tools = wanted.flatMap((name) => {
    const why = lackOf(name, facts.tools);
    return why === undefined ? [] : [`${name} ${why}`];
  });
  return [...tools, ...(pooledClients.has(check.kind) ? tooMany(check.clients, facts) : [])];
}

/** Clients that are really opened take files and ports of the machine. */
function tooMany(clients: unknown, { limits }: DoctorFacts): readonly string[] {
  if (typeof clients !== 'number') return [];
  const wanted: Readonly<Record<string, number>> = {
    'open files': filesFor(clients),
    ports: portsFor(clients),
  };
  return limits.flatMap((limit) => {
    const least = wanted[limit.name];
    if (least === undefined || typeof limit.value !== 'number' || limit.value >= least) return [];
    return [`${limit.name}: ${shortage({ ...limit, wanted: least })} for ${clients} clients`];
  });
}
