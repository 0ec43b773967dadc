import type { Capability } from '../capability.ts';
import type { Limit, Readiness, Tool } from './model.ts';
import { type PurposeName, purposeNames } from './purpose-names.ts';

interface Needs {
  readonly tools: readonly string[];
  readonly limits: readonly string[];
}

const alone: Needs = { tools: [], limits: [] };

/** What each asks for beside a PostgreSQL. */
const needs: Readonly<Record<PurposeName, Needs>> = {
  access: alone,
  audit: alone,
  structure: alone,
  migration: alone,
  topology: { tools: ['pgbouncer'], limits: ['open files', 'ports'] },
  load: { tools: ['k6', 'pgbouncer'], limits: ['cores', 'open files', 'ports'] },
  recovery: { tools: ['pg_basebackup', 'pg_verifybackup', 'pgbackrest'], limits: ['free disk'] },
  containers: { tools: ['docker'], limits: [] },
  pdf: { tools: ['chromium'], limits: [] },
};

/** The tools that give a cluster a capability; what a PostgreSQL gives by itself is not here. */
export const capabilityTools: Partial<Readonly<Record<Capability, readonly string[]>>> = {
  pooler: ['pgbouncer'],
  pgbench: ['pgbench'],
  k6: ['k6'],
  patroni: ['patroni', 'etcd'],
};

/** A PostgreSQL that can be used. */
export function hasServer(tools: readonly Tool[]): boolean {
  return tools.some(({ name, present }) => name.startsWith('postgres (') && present);
}

/** For each purpose whether all is here. */
export function readinessOf(tools: readonly Tool[], limits: readonly Limit[]): readonly Readiness[] {
  const server = hasServer(tools) ? [] : [{ name: 'postgres', why: 'there is no PostgreSQL 15 to use' }];
  return purposeNames.map((purpose) => {
    const lacking = needs[purpose].tools.flatMap((name) => {
      const why = lackOf(name, tools);
      return why === undefined ? [] : [{ name, why }];
    });
    const short = needs[purpose].limits.flatMap((name) => {
      const found = limits.find((each) => each.name === name);
      return found?.enough === false ? [{ name, why: shortage(found) }] : [];
    });
    const missing = [...(purpose === 'pdf' ? [] : server), ...lacking, ...short];
    return { purpose, ready: missing.length === 0, missing };
  });
}

const inImages = new Set(['pgbench', 'pg_basebackup', 'pg_verifybackup', 'pgbouncer', 'pgbackrest']);

/** Why a tool cannot be used by processes of this machine, and whether containers would have it; undefined when it can. */
export function lackOf(name: string, tools: readonly Tool[]): string | undefined {
  const tool = tools.find((each) => each.name === name);
  if (tool?.present === true) return undefined;
  const contained =
    inImages.has(name) && tools.some((each) => each.name === 'postgres (docker)' && each.present);
  return `${tool?.problem ?? 'not looked for'}${contained ? '; --on docker has it' : ''}`;
}

/** `1,024, 10,300 wanted` */
export function shortage({ value, wanted, unit }: Limit): string {
  const have = typeof value === 'number' ? amount(value, unit) : String(value);
  return wanted === null ? have : `${have}, ${amount(wanted, unit)} wanted`;
}

export function amount(value: number, unit: Limit['unit']): string {
  if (unit !== 'bytes') return value >= 2 ** 53 - 1 ? 'no limit' : value.toLocaleString('en');
  // What kernels say for none is near 2^63 or 2^64.
  if (value >= 2 ** 60) return 'no limit';
  const [size, name] =
    value >= 1024 ** 3 ? [1024 ** 3, 'GB'] : value >= 1024 ** 2 ? [1024 ** 2, 'MB'] : [1024, 'kB'];
  return `${(value / size).toFixed(1)} ${name}`;
}
