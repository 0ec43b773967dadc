import { beforeEach, describe, expect, test } from 'vitest';
import { findBinaries } from '../../../src/cluster/binaries.ts';
import { thisMachine } from '../../../src/cluster/machine.ts';
import { patroniOf } from '../../../src/cluster/patroni/patroni.ts';
import { findPatroni } from '../../../src/cluster/patroni/programs.ts';
import { faults } from '../../../src/faults/index.ts';
import { wrongs } from './ledger-stand.ts';
import { drillCluster, play } from './patroni-stand.ts';

beforeEach(async ({ skip }) => {
  const machine = thisMachine();
  if (findPatroni(await findBinaries('auto', machine), machine) === undefined)
    skip('Patroni or etcd is not installed');
});

describe('when the machine of the leader dies', () => {
  test('Patroni promotes a replica that has every commit, clients follow, and the old leader comes back to follow', async () => {
    const { timeline, recovered, goodMs, comparison } = await play(await drillCluster());
    for (const { name, says, at } of timeline.marks) console.log(at.toFixed(0), name, says);
    console.log('good', goodMs, comparison.counts);
    expect(recovered.seen.filter(({ agrees }) => !agrees)).toEqual([]);
    expect(recovered.seen.map(({ subject }) => subject)).toEqual(
      expect.arrayContaining(['leader', 'node_1', 'node_2']),
    );
    expect(timeline.marks.map(({ name }) => name)).toEqual([
      'fault',
      'detected',
      'decided',
      'promoted',
      'rerouted',
      'rejoined',
    ]);
    expect(goodMs).toBeDefined();
    expect(comparison.counts.acknowledged).toBeGreaterThan(100);
    expect(wrongs(comparison)).toEqual({});
  });
});
