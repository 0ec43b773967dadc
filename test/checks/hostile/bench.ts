import type pg from 'pg';
import { readCatalog } from '../../../src/catalog/index.ts';
import { checkOf } from '../../../src/checks/index.ts';
import { type Cluster, startCluster } from '../../../src/cluster/cluster.ts';
import type { Claim, Design } from '../../../src/design/design.ts';
import { type ValidDesign, validateDesign } from '../../../src/design/validate.ts';
import { type Proof, prove } from '../../../src/scenarios/prove.ts';
import { type Stage, setStage } from '../../../src/scenarios/stage.ts';
import { type Bench, runTrial, type TrialResult } from '../../../src/scenarios/trial.ts';

/** A cluster with a design's database on it, which tests take copies of. */
export interface Stand {
  readonly cluster: Cluster;
  readonly design: ValidDesign;
  readonly stage: Stage;
  /** A bench on a copy of the database, changed by `sql` first; both are gone after `work`. */
  withCopy<T>(work: (bench: Bench) => Promise<T>, sql?: string): Promise<T>;
  close(): Promise<void>;
}

export async function openStand(design: Design): Promise<Stand> {
  const valid = validateDesign(design, import.meta.filename);
  const cluster = await startCluster({ on: 'auto', settings: design.postgres.settings, throwaway: true });
  try {
    const signal = new AbortController().signal;
    const stage = await setStage(cluster, valid, {
      seed: 1,
      scale: 1,
      now: new Date(),
      signal,
      onEvent: () => {},
    });
    let copies = 0;
    const withCopy: Stand['withCopy'] = async (work, sql) => {
      const name = `copy_${++copies}`;
      await cluster.primary.createDatabase(name, stage.database);
      const client = await cluster.primary.connect({ database: name });
      try {
        if (sql !== undefined) await client.query(sql);
        return await work(await benchOf(client, cluster, valid, stage));
      } finally {
        await client.end();
        await cluster.primary.dropDatabase(name);
      }
    };
    return { cluster, design: valid, stage, withCopy, close: () => cluster.close() };
  } catch (error) {
    await cluster.close();
    throw error;
  }
}

/** The catalogue is read again: a breach that was made by a migration is in it. */
async function benchOf(
  client: pg.Client,
  cluster: Cluster,
  design: ValidDesign,
  stage: Stage,
): Promise<Bench> {
  const catalog = await readCatalog(async (sql, values = []) => (await client.query(sql, [...values])).rows, {
    schemas: design.schemas,
  });
  return { client, cluster, template: stage.database, design, catalog, actors: stage.actors };
}

/** Tries a claim on the database as it is. */
export async function tryClaim(bench: Bench, id: string): Promise<TrialResult> {
  const claim = claimOf(bench, id);
  const check = claim.check === undefined ? undefined : checkOf(claim.check.kind);
  if (claim.check === undefined || check === undefined) throw new Error(`claim ${id} has no check`);
  return runTrial(bench, check, claim.check, { memory: new Map() });
}

/** Tries a claim on the database as it is, and with each of its counterexamples. */
export function proveClaim(bench: Bench, id: string): Promise<Proof> {
  return prove(bench, claimOf(bench, id), new Set(['superuser', 'scratch-database', 'copies', 'faults']));
}

function claimOf(bench: Bench, id: string): Claim {
  const claim = bench.design.claims.find((each) => each.id === id);
  if (claim === undefined) throw new Error(`no claim ${id}`);
  return claim;
}
