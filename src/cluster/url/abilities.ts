import { type Capability, capabilities } from '../capability.ts';
import type { DatabaseAddress } from './address.ts';
import type { Look } from './look.ts';

/** What may be done on a server of the user's, and why the rest may not. */
export interface Abilities {
  readonly able: ReadonlySet<Capability>;
  readonly lacking: Readonly<Partial<Record<Capability, string>>>;
}

/** What a server by itself may be able to. */
type OfDatabases = 'superuser' | 'scratch-database' | 'faults' | 'copies';

/** A copy of more than this takes minutes and room that nobody gave. */
const largestCopy = 4 * 1024 ** 3;

/** @param crowd sessions of others in the database */
export function abilitiesOf(
  look: Look,
  { database }: DatabaseAddress,
  { writes, crowd }: { readonly writes: boolean; readonly crowd: number },
): Abilities {
  const allow = look.replica ? `the primary, with --allow-writes ${database}` : `--allow-writes ${database}`;
  const around = 'a server of yours is looked at alone, without what stands around it';
  const copies = whyNoCopies(look, { database, crowd });
  // Whole, so that a new capability is thought of here.
  const beside: Readonly<Record<Exclude<Capability, OfDatabases>, string>> = {
    replicas: around,
    pooler: around,
    archive: around,
    tls: around,
    pgbench: around,
    k6: around,
    'cpu-accounting': around,
    'own-clusters': around,
    patroni: around,
  };
  const lacking: Partial<Record<Capability, string>> = {
    ...(look.superuser ? {} : { superuser: noSuperuser(look) }),
    ...(writes ? {} : { 'scratch-database': allow, faults: allow, copies: allow }),
    ...(writes && copies !== undefined ? { copies } : {}),
    ...beside,
  };
  const all = Object.keys(capabilities) as Capability[];
  return { able: new Set(all.filter((name) => lacking[name] === undefined)), lacking };
}

function noSuperuser({ role, standIns }: Look): string {
  const member = standIns.length === 0 ? '' : `, only a member of ${standIns.join(', ')}`;
  return `${role} is none${member}`;
}

function whyNoCopies(
  { role, createDatabase, elsewhere, size }: Look,
  { database, crowd }: { readonly database: string; readonly crowd: number },
): string | undefined {
  if (!createDatabase) return `${role} may not create databases`;
  if (elsewhere === undefined) return `no database beside ${database}, such as postgres, is open to ${role}`;
  if (crowd > 0) return `others are connected to ${database}, and what is copied must be left alone`;
  if (size > largestCopy)
    return `${database} has ${Math.round(size / 1024 ** 2)} MB, and at most 4096 MB are copied`;
  return undefined;
}
