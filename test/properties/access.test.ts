import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Cluster, startCluster } from '../../src/cluster/cluster.ts';
import { holdsFor } from './holds-for.ts';
import { drafts } from './model/case.ts';
import { role } from './model/database.ts';
import { judge } from './model/judge.ts';
import { commands, sceneOf } from './model/scene.ts';
import { truthOf } from './model/truth.ts';
import { tryScene } from './model/try-scene.ts';

let cluster: Cluster;
let client: pg.Client;
beforeAll(async () => {
  cluster = await startCluster({ on: 'auto', settings: {}, throwaway: true });
  client = await cluster.primary.connect();
  await client.query(`CREATE ROLE ${role} LOGIN`);
});
afterAll(async () => {
  await client?.end();
  await cluster?.close();
});

/** Of writes, each case tries dozens of rows. */
const cases = { SELECT: 1, DELETE: 1, INSERT: 0.5, UPDATE: 0.5 };

test.each(commands)(
  '%s: the verdict is what trying everything gives',
  async (command) => {
    const tally = await holdsFor(drafts, cases[command], async (draft, count) => {
      const scene = sceneOf(draft, command);
      const answer = truthOf(scene);
      const result = await tryScene(cluster, client, scene);
      count(`${answer.truth}: ${result.outcome}`);
      judge(scene, answer, result);
    });
    process.stderr.write(`${command} ${JSON.stringify(tally)}\n`);
    expect(tally.cases).toBeGreaterThan(0);
  },
  300_000,
);
