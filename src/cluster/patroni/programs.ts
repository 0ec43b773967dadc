import path from 'node:path';
import type { Binaries } from '../binaries.ts';
import { findFile } from '../doctor/ask.ts';
import type { Machine } from '../machine.ts';
import { isRunnable } from '../server-version.ts';

/** Absolute paths. */
export interface PatroniPrograms {
  readonly patroni: string;
  readonly patronictl: string;
  readonly etcd: string;
}

/** What Patroni runs beside `postgres`: it copies, looks, rewinds and promotes with them. */
const beside = ['pg_ctl', 'pg_isready', 'pg_controldata', 'pg_basebackup', 'pg_rewind'] as const;

/** Patroni, its store and the tools of PostgreSQL that it takes; undefined where one is missing. None of them is run. */
export function findPatroni({ bin }: Pick<Binaries, 'bin'>, machine: Machine): PatroniPrograms | undefined {
  const [patroni, patronictl, etcd] = ['patroni', 'patronictl', 'etcd'].map((name) =>
    findFile([name], machine),
  );
  if (patroni === undefined || patronictl === undefined || etcd === undefined) return undefined;
  if (!beside.every((name) => isRunnable(path.join(bin, name)))) return undefined;
  return { patroni, patronictl, etcd };
}
