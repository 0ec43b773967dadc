import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { type Cluster, startCluster } from '../../../src/cluster/cluster.ts';
import { type Connection, initialize, type PgbenchOptions } from '../../../src/load/pgbench/index.ts';

export interface Bench {
  readonly cluster: Cluster;
  readonly connection: Connection;
  readonly program: string;
}

/** A server with pgbench's tables in a database of their own. */
export async function startBench(): Promise<Bench> {
  const cluster = await startCluster({ on: 'auto', settings: {}, throwaway: true });
  const { primary } = cluster;
  const program = path.join(primary.binaries.bin, 'pgbench');
  await primary.createDatabase('bench');
  const connection = {
    host: primary.socketFolder,
    port: primary.place.port,
    user: 'postgres',
    database: 'bench',
  };
  const made = await initialize({ program, connection });
  if (made.status === 'aborted') throw new Error(made.problem.message);
  return { cluster, connection, program };
}

export function scratch(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'pgattest-bench-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** pgbench as a shell starts it, for limits of the shell. */
export function shellProgram(program: string, before: string): string {
  const file = path.join(scratch(), 'pgbench');
  writeFileSync(file, `#!/bin/sh\n${before}\nexec ${program} "$@"\n`);
  chmodSync(file, 0o755);
  return file;
}

export const short = { seconds: 2, clients: 2, threads: 2 } satisfies PgbenchOptions;

export function recordingLines(file: string): readonly Record<string, unknown>[] {
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** All clients lock the same row: serialization failures. */
export const contended = `BEGIN ISOLATION LEVEL REPEATABLE READ;
UPDATE pgbench_branches SET bbalance = bbalance + 1 WHERE bid = 1;
SELECT pg_sleep(0.001);
COMMIT;
`;
