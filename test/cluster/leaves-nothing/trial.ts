import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Reaped } from '../../../src/cluster/reap.ts';
import { pgattest, type Running, start } from '../../cli/command.ts';
import type { Bystander } from './bystander.ts';
import { type Moment, reached } from './moment.ts';
import { leftOf, phaseOf, type Traces, tracesIn } from './traces.ts';

/** Where trials take place. */
export interface Site {
  readonly folder: string;
  readonly bystander: Bystander;
  /** The design with all around its primary, and one of a primary alone. */
  readonly designs: { readonly whole: string; readonly alone: string };
  readonly on: string;
  readonly random: () => number;
}

/** What a trial kills, and how. `pair`: with another of the same name, of another name, or none. */
export interface Plan {
  readonly command: 'up' | 'run' | 'down' | 'clean';
  readonly pair?: 'same' | 'other';
  readonly stopped?: boolean;
}

export interface Hit {
  readonly phase: string;
  /** What there was when it died, by kind, of others too; all of it had gone afterwards. */
  readonly cleaned: {
    readonly processes: number;
    readonly folders: number;
    readonly segments: number;
    readonly docker: number;
  };
  readonly by: string;
}

/** Commands that end what a kill left; all of them look first. */
const nexts = ['clean', 'run', 'up'] as const;

/**
 * Kills a command at a random moment of its life, lets the next one come, and looks. Undefined when it had ended before. Throws
 * when anything is left, or anything else was touched.
 *
 * @param lifeMs how long the command takes when nobody kills it
 */
export async function killAtRandom(
  site: Site,
  plan: Plan,
  moment: Moment,
  lifeMs: number,
): Promise<Hit | undefined> {
  const { folder, bystander, random } = site;
  await prepare(site, plan);
  const victim = start(folder, commandOf(site, plan.command, 'demo'));
  const mate =
    plan.pair === undefined
      ? undefined
      : start(folder, commandOf(site, plan.command, plan.pair === 'same' ? 'demo' : 'mate'));
  let ended = false;
  void victim.ended.then(() => {
    ended = true;
  });
  await reached(moment, victim, folder, lifeMs * 20);
  if (moment.span > 0) await Promise.race([delay(random() * moment.span * lifeMs), victim.ended]);
  if (ended) {
    await mate?.ended;
    await settle(site);
    return undefined;
  }
  // First stopped, so that what is seen is what there is when it dies.
  victim.child.kill('SIGSTOP');
  const before = tracesIn(folder, bystander.folder);
  const phase = phaseOf(plan.command, victim.stderr(), before);
  if (plan.stopped === true) await staysAsItIs(site, victim);
  victim.child.kill('SIGKILL');
  await victim.ended;
  if (mate !== undefined) await mateEnds(mate, plan);
  const by = nexts[Math.floor(random() * nexts.length)] ?? 'clean';
  const next = await pgattest(folder, commandOf(site, by, 'next', 'alone'));
  expect(next, `${phase}, then ${by}`).toMatchObject({ code: 0 });
  await settle(site);
  expect(leftOf(before, tracesIn(folder, bystander.folder)), `${phase}, then ${by}`).toEqual([]);
  await bystander.check();
  return {
    phase: `${phase}${plan.stopped === true ? ' (stopped)' : ''}${plan.pair === undefined ? '' : ` (two, ${plan.pair} name)`}`,
    cleaned: countOf(before, victim),
    by,
  };
}

/** How long a command takes that nobody kills. */
export async function lifeOf(site: Site, plan: Plan): Promise<number> {
  await prepare(site, plan);
  const started = performance.now();
  const done = await pgattest(site.folder, commandOf(site, plan.command, 'demo'));
  expect(done.stderr + done.stdout, done.stderr).toBeDefined();
  expect(done.code, done.stderr).toBe(0);
  const life = performance.now() - started;
  await settle(site);
  return life;
}

/** A cluster to take down, or one that a kill left. */
async function prepare(site: Site, { command }: Plan): Promise<void> {
  if (command === 'down') {
    expect(await pgattest(site.folder, commandOf(site, 'up', 'demo'))).toMatchObject({ code: 0 });
  } else if (command === 'clean') {
    const left = start(site.folder, commandOf(site, 'up', 'demo'));
    await left.line(/^fill/);
    left.child.kill('SIGKILL');
    await left.ended;
  }
}

/** A clean beside a stopped program, which lives, leaves it alone. */
async function staysAsItIs({ folder, bystander, on }: Site, victim: Running): Promise<void> {
  const before = tracesIn(folder, bystander.folder);
  const { code, stdout } = await pgattest(folder, ['clean', '--json']);
  expect(code).toBe(0);
  const { runs, orphans } = JSON.parse(stdout) as { runs: readonly Reaped[]; orphans: readonly string[] };
  const removed = runs.filter((each) => each.status === 'removed').map((each) => each.folder);
  expect(removed.filter((each) => before.folders.includes(each))).toEqual([]);
  expect(orphans.filter((each) => before.docker.includes(each))).toEqual([]);
  const after = tracesIn(folder, bystander.folder);
  expect(after.folders).toEqual(before.folders);
  // Docker goes on with what it was asked for before the program was stopped.
  if (on !== 'docker') expect(after.ports).toEqual(before.ports);
  expect(victim.child.exitCode).toBeNull();
}

/** The other of two does its work, or says that the first was at it. */
async function mateEnds(mate: Running, { command, pair }: Plan): Promise<void> {
  const { code, stderr } = await mate.ended;
  const refused = command === 'up' && pair === 'same' && code === 2 && /another program/.test(stderr);
  expect(refused ? 0 : code, stderr).toBe(0);
}

/** Named clusters that a kill came too late for must be well, and go in order. */
async function settle({ folder }: Site): Promise<void> {
  const status = await pgattest(folder, ['status']);
  expect(status, status.stdout).toMatchObject({ code: 0 });
  expect(await pgattest(folder, ['down', '--all'])).toMatchObject({ code: 0 });
}

function commandOf(
  { designs, on }: Site,
  command: Plan['command'],
  name: string,
  design: keyof Site['designs'] = 'whole',
): readonly string[] {
  switch (command) {
    case 'up':
      return ['up', designs[design], '--name', name, '--on', on];
    case 'run':
      return [
        'run',
        designs[design],
        '--on',
        on,
        '--scenario',
        design === 'whole' ? 'topology' : 'pull-request',
      ];
    case 'down':
      return ['down', name];
    case 'clean':
      return ['clean'];
  }
}

function countOf(before: Traces, victim: Running): Hit['cleaned'] {
  return {
    processes: before.processes.filter((pid) => pid !== victim.child.pid).length,
    folders: before.folders.length,
    segments: before.segments.length,
    docker: before.docker.length,
  };
}
