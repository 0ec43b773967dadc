import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkOf } from '../checks/index.ts';
import type { On } from '../cluster/binaries.ts';
import { type Cluster, startCluster } from '../cluster/cluster.ts';
import { ConfigError } from '../design/config-error.ts';
import type { Claim, Design } from '../design/design.ts';
import { type ValidDesign, validateDesign } from '../design/validate.ts';
import type { Breach } from '../evidence/model.ts';
import { type Stage, setStage } from '../scenarios/stage.ts';
import { runTrial } from '../scenarios/trial.ts';

/** Vitest's own defaults are for tests without a server. */
const testTimeoutMs = 120_000;
const startTimeoutMs = 120_000;

export interface PolicySuiteOptions {
  /** Where PostgreSQL comes from. Default `auto`. */
  readonly on?: On;
  /** Default 1. */
  readonly seed?: number;
  /** Default 1: ten tenants in the designs that come with pgattest. */
  readonly scale?: number;
}

/**
 * Makes one test for each claim of a design that the database as it is can answer: access, audit, structure. The
 * cluster starts before the first test and is gone after the last. Counterexamples are not tried: `pgattest run` is.
 */
export function policySuite(design: Design, options: PolicySuiteOptions = {}): void {
  const folders = [design.migrations].flat();
  const [first] = folders;
  if (!folders.every((folder) => folder instanceof URL) || !(first instanceof URL)) {
    throw new ConfigError(
      design.name,
      'migrations: a path that only a loaded file gives a place',
      "use new URL('./migrations/', import.meta.url)",
    );
  }
  const file = fileURLToPath(first);
  const valid = validateDesign(design, file);
  describe(design.name, () => {
    let scene: Scene | undefined;
    beforeAll(async () => {
      scene = await openScene(valid, options);
    }, startTimeoutMs);
    afterAll(async () => {
      await scene?.close();
    });
    for (const claim of design.claims) {
      if (claim.check === undefined) continue;
      test(
        `${claim.id}: ${claim.says}`,
        async () => {
          if (scene === undefined) throw new Error('the cluster did not start');
          await expectHeld(scene, claim);
        },
        testTimeoutMs,
      );
    }
  });
}

interface Scene {
  readonly cluster: Cluster;
  readonly stage: Stage;
  readonly client: pg.Client;
  readonly design: ValidDesign;
  close(): Promise<void>;
}

async function openScene(design: ValidDesign, options: PolicySuiteOptions): Promise<Scene> {
  const cluster = await startCluster({
    on: options.on ?? 'auto',
    settings: design.postgres.settings,
    throwaway: true,
  });
  try {
    const stage = await setStage(cluster, design, {
      seed: options.seed ?? 1,
      scale: options.scale ?? 1,
      now: new Date(),
      signal: new AbortController().signal,
      onEvent: () => {},
    });
    const client = await cluster.primary.connect({ database: stage.database });
    const close = async () => {
      await client.end().catch(() => undefined);
      await cluster.close();
    };
    return { cluster, stage, client, design, close };
  } catch (error) {
    await cluster.close();
    throw error;
  }
}

async function expectHeld(scene: Scene, claim: Claim): Promise<void> {
  const check = claim.check === undefined ? undefined : checkOf(claim.check.kind);
  if (claim.check === undefined || check === undefined) throw new Error(`no check for ${claim.id}`);
  const bench = {
    client: scene.client,
    cluster: scene.cluster,
    template: scene.stage.database,
    design: scene.design,
    catalog: scene.stage.catalog,
    actors: scene.stage.actors,
  };
  const result = await runTrial(bench, check, claim.check, { memory: new Map() });
  if (result.outcome === 'broken') expect.fail(result.breaches.map(describeBreach).join('\n\n'));
  if (result.outcome === 'not-exercised') expect.fail(`not exercised: ${result.unexercised.join('\n')}`);
}

function describeBreach(breach: Breach): string {
  return [
    breach.says,
    `  by        ${breach.object}`,
    ...(breach.row === undefined ? [] : [`  row       ${breach.row}`]),
    `  expected  ${breach.expected}`,
    `  actual    ${breach.actual}`,
    ...(breach.reproduce === undefined ? [] : ['', breach.reproduce]),
  ].join('\n');
}
