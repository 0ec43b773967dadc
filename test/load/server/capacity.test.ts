import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import { loadDesign, packageRoot } from '../../../src/design/load.ts';
import { type Driven, measureCapacity, type Trial } from '../../../src/load/capacity/index.ts';
import { allowedProcessors } from '../../../src/load/capacity/processors.ts';
import {
  type MeasureCapacityOptions,
  measureDesignCapacity,
} from '../../../src/scenarios/measure-capacity.ts';

const onLinux = process.platform === 'linux';
const all = onLinux ? ((await allowedProcessors('self')) ?? []) : [];

async function options(more: Partial<MeasureCapacityOptions> = {}): Promise<MeasureCapacityOptions> {
  return {
    loaded: await loadDesign('saas-gcp', packageRoot),
    on: 'auto',
    seed: 1,
    scale: 1,
    mixes: ['mixed', 'write'],
    cores: [1],
    clients: [2],
    seconds: 2,
    repeats: 1,
    signal: new AbortController().signal,
    onEvent: () => {},
    onPoint: () => {},
    ...more,
  };
}

describe.skipIf(!onLinux)('processes', () => {
  test('are held to the cores of a trial, their children too, and get back what they had', async () => {
    const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; wait'], { stdio: ['ignore', 'pipe', 'ignore'] });
    onTestFinished(() => void parent.kill());
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const child = Number(line.toString());
    onTestFinished(() => void process.kill(child));
    const seen: unknown[] = [];
    const drive = async ({ cores }: Trial): Promise<Driven> => {
      for (const pid of [parent.pid ?? 0, child]) seen.push((await allowedProcessors(pid))?.length === cores);
      return { reads: 1, writes: 0, seconds: 1, processorSeconds: 0 };
    };
    const grid = { cores: [1, all.length], clients: [1], mixes: ['a', 'b'], seconds: 1 };
    const points = await measureCapacity(drive, grid, { processes: { server: [parent.pid ?? 0] } });
    expect(points).toHaveLength(4);
    expect(seen).toEqual(new Array(8).fill(true));
    expect(await allowedProcessors(child)).toEqual(all);
  });

  test('that are not to be seen are an error, and no trial', async () => {
    const measuring = measureCapacity(
      () => expect.unreachable(),
      { cores: [1], clients: [1], seconds: 1 },
      {
        // Above the highest that Linux gives.
        processes: { server: [2 ** 22 + 1] },
      },
    );
    await expect(measuring).rejects.toThrow('is not to be seen from here');
  });
});

describe('what cannot be measured is said before a cluster starts', () => {
  const onEvent = () => expect.unreachable();

  test('a mix that there is not', async () => {
    await expect(measureDesignCapacity(await options({ mixes: ['odd'], onEvent }))).rejects.toThrow(
      'workload.mixes: no odd',
    );
  });

  test('a design without workload, or without rates', async () => {
    const { loaded } = await options();
    const { workload: _, ...idle } = loaded.design;
    const without = { ...loaded, design: idle };
    await expect(measureDesignCapacity(await options({ loaded: without, onEvent }))).rejects.toThrow(
      'no workload',
    );
    const aimless = { ...loaded, design: { ...loaded.design, targets: {} } };
    await expect(measureDesignCapacity(await options({ loaded: aimless, onEvent }))).rejects.toThrow(
      'targets: no rates',
    );
  });
});

test.skipIf(!onLinux)(
  'too few trials give costs of reads and writes, and a projection that is not fit for use',
  async () => {
    const told: number[] = [];
    const { points, capacity, projection } = await measureDesignCapacity(
      await options({ onPoint: (_, done) => told.push(done) }),
    );
    expect(told).toEqual([1, 2]);
    expect(points.map(({ readShare }) => Math.round(readShare * 100)).sort((a, b) => a - b)).toEqual([0, 83]);
    for (const { busy, cores, throughput } of points) {
      expect(throughput).toBeGreaterThan(0);
      // Held to so many cores it cannot have used more; processor time is counted in hundredths of a second.
      expect(busy.server).toBeGreaterThan(0);
      expect(busy.server).toBeLessThan(cores * 1.1);
      expect(busy.generator).toBeGreaterThan(0);
    }
    expect(capacity.costs.server).toMatchObject({ apart: true });
    expect(projection).toMatchObject({ kind: 'projection', standing: 'unfit' });
  },
  900_000,
);
