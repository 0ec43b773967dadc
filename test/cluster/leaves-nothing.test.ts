import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { randomOf } from '../../src/load/capacity/random.ts';
import { pgattest, scratch } from '../cli/command.ts';
import { writeSmall } from '../cli/small.ts';
import { writeTiny } from '../cli/tiny.ts';
import { startBystander } from './leaves-nothing/bystander.ts';
import { moments } from './leaves-nothing/moment.ts';
import { type Hit, killAtRandom, lifeOf, type Plan, type Site } from './leaves-nothing/trial.ts';

/** How many, where and from which seed: continuous integration asks for many, the ordinary tests for a few. */
const kills = Number(process.env.PGATTEST_KILLS ?? 3);
const on = process.env.PGATTEST_KILLS_ON ?? 'auto';
const seed = Number(process.env.PGATTEST_KILLS_SEED ?? 1);

const plans: readonly Plan[] = [
  { command: 'up' },
  { command: 'down' },
  { command: 'run' },
  { command: 'up', pair: 'same' },
  { command: 'up', stopped: true },
  { command: 'clean' },
  { command: 'up', pair: 'other' },
  { command: 'down', pair: 'same' },
  { command: 'run', pair: 'other' },
  { command: 'run', stopped: true },
];

/** /proc tells what is there; elsewhere this test would have to believe what it is to check. */
test.runIf(process.platform === 'linux')(
  `${kills} kills at random moments leave nothing, and hit nobody else`,
  async () => {
    const folder = scratch();
    const bystander = await startBystander(folder);
    onTestFinished(() => bystander.end());
    // When the test fails in the middle: while the folder still tells what there is.
    onTestFinished(async () => {
      for (const command of [['down', '--all'], ['clean']]) await pgattest(folder, command);
    });
    const random = randomOf(seed);
    const site: Site = { folder, bystander, designs: designs(folder), on, random };
    const lives = new Map<Plan['command'], number>();
    const next = new Map<Plan['command'], number>();
    const hits: Hit[] = [];
    for (let turn = 0; hits.length < kills; turn++) {
      const plan = plans[turn % plans.length] ?? { command: 'up' };
      if (!lives.has(plan.command)) lives.set(plan.command, await lifeOf(site, plan));
      const turns = (next.get(plan.command) ?? -1) + 1;
      next.set(plan.command, turns);
      const phases = moments[plan.command];
      const moment = phases[turns % phases.length] ?? { span: 1 };
      const hit = await killAtRandom(site, plan, moment, lives.get(plan.command) ?? 0);
      if (hit === undefined) continue;
      hits.push(hit);
      if (kills > 10) process.stderr.write(`${hits.length}  ${hit.phase}\n`);
    }
    expect(hits).toHaveLength(kills);
    console.log(figures(hits));
  },
  kills * 90_000 + 180_000,
);

function designs(folder: string): Site['designs'] {
  const alone = join(folder, 'alone');
  mkdirSync(alone);
  return { whole: writeSmall(folder), alone: writeTiny(alone) };
}

function figures(hits: readonly Hit[]): string {
  const sum = (of: (hit: Hit) => number) => hits.reduce((total, hit) => total + of(hit), 0);
  const phases = new Map<string, number>();
  for (const { phase } of hits) phases.set(phase, (phases.get(phase) ?? 0) + 1);
  return [
    `${hits.length} kills on ${on}, seed ${seed}; there at the kill and gone afterwards: ${sum((hit) => hit.cleaned.processes)} processes, ` +
      `${sum((hit) => hit.cleaned.folders)} folders, ${sum((hit) => hit.cleaned.segments)} pieces of shared memory, ${sum((hit) => hit.cleaned.docker)} containers, networks and volumes; left: none`,
    ...[...phases]
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([phase, count]) => `${String(count).padStart(4)}  ${phase}`),
  ].join('\n');
}
