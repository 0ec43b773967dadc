import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import type { CheckContext, Judgement, Sighting } from '../../../src/checks/check.ts';
import { recoveryChaos } from '../../../src/checks/recovery/chaos.ts';
import { startCluster } from '../../../src/cluster/cluster.ts';
import { Session } from '../../../src/cluster/session.ts';
import type { Fault } from '../../../src/faults/fault.ts';
import { designedTopology } from '../../../src/scenarios/wished-topology.ts';
import { design } from './rehearsal.ts';

const database = 'notes';
const limitMs = 240_000;

interface Tried {
  readonly judgement: Judgement;
  readonly seen: readonly Sighting[];
  /** The lines of the history. */
  readonly history: readonly Record<string, unknown>[];
}

/** One trial of chaos, on a cluster of its own. Leaves nothing. */
async function tried(steps: string, fault?: Fault): Promise<Tried> {
  const call = { kind: 'recovery.chaos', seed: 1, minutes: 1, steps };
  const wish = designedTopology(design);
  const cluster = await startCluster({
    on: 'auto',
    settings: design.postgres.settings,
    throwaway: false,
    topology: { wish: recoveryChaos.around?.(wish, call) ?? wish, database },
  });
  const folder = mkdtempSync(path.join(tmpdir(), 'pgattest-chaos-'));
  const kept: string[] = [];
  try {
    await cluster.primary.createDatabase(database);
    const client = await cluster.primary.connect({ database });
    await client.query(`CREATE ROLE ${pg.escapeIdentifier(design.request.role)}`);
    await fault?.inject({ session: new Session(client), cluster });
    await client.end();
    const context = {
      design,
      cluster,
      stopAtFirstBreach: fault !== undefined,
      run: {
        database,
        signal: new AbortController().signal,
        progress: () => {},
        attachment: (file: string) => {
          kept.push(path.join(folder, file));
          return path.join(folder, file);
        },
      },
    } as unknown as CheckContext;
    const seen: Sighting[] = [];
    const running = recoveryChaos.run(context, call);
    for (;;) {
      const { done, value } = await running.next();
      if (done !== true) {
        seen.push(value as Sighting);
        continue;
      }
      const file = kept.find((each) => each.endsWith('.steps.jsonl'));
      const history = file === undefined ? [] : readFileSync(file, 'utf8').trim().split('\n');
      return { judgement: value as Judgement, seen, history: history.map((line) => JSON.parse(line)) };
    }
  } finally {
    await cluster.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const counterexample = (kind: string): Fault => {
  const found = recoveryChaos
    .faults({ design } as CheckContext, { kind: 'recovery.chaos', seed: 1, minutes: 1 })
    .find((fault) => fault.kind === kind);
  if (found === undefined) throw new Error(`chaos has no counterexample ${kind}`);
  return found;
};

describe('chaos', { timeout: limitMs }, () => {
  test('goes on after each step, over two failovers, and loses nothing', async () => {
    const steps =
      'kill-and-fail-over@200,restart-replica@100+200#1,restart-pooler@100+100,crash-and-restart@100,freeze-and-thaw@100+300,close-archive@100+300,kill-and-fail-over@200';
    const { judgement, seen, history } = await tried(steps);
    expect(seen.filter(({ agrees }) => !agrees)).toEqual([]);
    expect(judgement.outcome).toBe('held');
    expect(history.filter(({ good }) => good !== undefined).length).toBe(7);
    const primaries = history.flatMap(({ on }) => (on === undefined ? [] : [on]));
    expect(primaries[0]).toBe('primary');
    expect(primaries.at(-1)).toMatch(/^replica_/);
    expect(judgement.timeline?.marks.filter(({ name }) => name === 'kill-and-fail-over').length).toBe(2);
  });

  test.each([
    ['commits-unsent', /lost/],
    ['failover-paused', /promote nobody/],
  ])('notices %s', async (kind, says) => {
    const { judgement } = await tried('restart-pooler@100', counterexample(kind));
    expect(judgement.outcome).toBe('broken');
    expect(judgement.breaches.map((breach) => breach.says).join('; ')).toMatch(says);
  });
});
