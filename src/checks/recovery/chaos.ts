import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Cluster } from '../../cluster/cluster.ts';
import type { Fault } from '../../faults/fault.ts';
import { faults } from '../../faults/index.ts';
import { randomOf } from '../../load/capacity/random.ts';
import { play } from '../../recovery/chaos/play.ts';
import { possible, type Reach, scheduleOf } from '../../recovery/chaos/schedule.ts';
import { parseSteps, type Step, saySteps } from '../../recovery/chaos/step.ts';
import { seeStreaming } from '../../recovery/controller/recovered.ts';
import { failoverFaults, fewReplicas } from '../../recovery/drills/failover-terms.ts';
import { openScene } from '../../recovery/scene.ts';
import { targetsOf } from '../../recovery/targets.ts';
import { judge } from '../access/table-check.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../check.ts';
import { Notes } from '../topology/notes.ts';
import { assessChaos } from './chaos-assess.ts';

const parameters = z.strictObject({
  kind: z.string(),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1),
  minutes: z
    .number()
    .positive()
    .max(24 * 60),
  /** Instead of those that the seed decides: `kill-and-fail-over@500,crash-and-restart@800`. */
  steps: z.string().optional(),
  /** Durations as PostgreSQL writes them; default the design's targets. */
  rpo: z.string().optional(),
  rto: z.string().optional(),
});
type Parameters = z.infer<typeof parameters>;

/** With a counterexample in nobody can wait until minutes are lost. */
const triedLossMs = 2_000;

/** One disaster after another, as a seed decides, and what the clients' ledger says in the end. */
export const recoveryChaos = defineCheck({
  kind: 'recovery.chaos',
  family: 'recovery',
  says: 'faults follow one another under load, as a seed decides: after each the cluster goes on, and after all what clients were told was committed is there, and nothing else',
  parameters,
  needs: ['superuser', 'faults'],
  isolation: 'own',
  around: fewReplicas,
  tables: () => [],
  run: runChaos,
  faults: ({ design }) => counterexamples(design.topology.replicas, failoverFaults(design)),
});

/** With any of them `certain` must come out broken. */
function counterexamples(replicas: number, ofFailover: readonly Fault[]): readonly Fault[] {
  if (replicas > 0) return [...ofFailover, faults['failover-paused']()];
  return [
    faults['primary-setting'](
      'shared_preload_libraries',
      'pgattest_missing',
      'a setting that is read at the start alone keeps the server from starting again',
    ),
  ];
}

/** What a counterexample is tried with: a seed may hold no failover at all. */
const certain = ({ replicas }: Reach): readonly Step[] =>
  parseSteps(replicas > 0 ? 'kill-and-fail-over@200' : 'crash-and-restart@200');

async function* runChaos(
  context: CheckContext,
  { seed, minutes, steps: given, rpo, rto }: Parameters,
): AsyncGenerator<Sighting, Judgement, void> {
  const { cluster, run, design, stopAtFirstBreach: hurried } = context;
  if (cluster === undefined || run === undefined) throw new Error('chaos outside a run');
  const reach = reachOf(cluster);
  const steps = hurried
    ? certain(reach)
    : given === undefined
      ? scheduleOf(randomOf(seed), minutes * 60_000, reach)
      : parseSteps(given);
  const cannot = [...new Set(steps.map(({ action }) => action))].filter(
    (action) => !possible(reach).includes(action),
  );
  if (cannot.length > 0) return judge([], [`nothing here for ${cannot.join(', ')}`]);
  const promised = targetsOf(
    { ...design.targets, ...(rpo === undefined ? {} : { rpo }), ...(rto === undefined ? {} : { rto }) },
    design.file,
  );
  const targets = hurried ? { ...promised, rpo: Math.min(promised.rpo ?? 0, triedLossMs) } : promised;
  const name = `ledger-chaos-${randomBytes(3).toString('hex')}`;
  const scene = await openScene({
    cluster,
    design,
    database: run.database,
    file: run.attachment(`${name}.jsonl`),
    hurried,
    signal: run.signal,
    progress: (says) => run.progress(`chaos: ${says}`),
  });
  const notes = new Notes();
  try {
    yield* notes.see(seenSchedule(steps, hurried || given !== undefined ? undefined : seed), true, 'chaos');
    const before = await seeStreaming(scene);
    for (const { object, agrees, ...sighting } of before)
      yield* notes.see(sighting, agrees, object ?? sighting.subject);
    // A cluster that is broken already shows nothing more of what it would do.
    if (notes.breaches.length > 0) return judge(notes.breaches, []);
    const played = await play(scene, steps, run.attachment(`${name}.steps.jsonl`));
    const { seen, timeline } = await assessChaos(scene, played, { targets, again: context.again });
    for (const { object, agrees, ...sighting } of seen)
      yield* notes.see(sighting, agrees, object ?? sighting.subject);
    return { ...judge(notes.breaches, []), timeline };
  } finally {
    await scene.load.stop();
  }
}

function reachOf({ host, topology }: Cluster): Reach {
  return {
    replicas: topology?.replicas.length ?? 0,
    pooler: topology?.pooler !== undefined,
    archive: topology?.ground.archive !== undefined,
    freeze: host.abilities.has('freeze'),
    cutOff: host.abilities.has('cut-off'),
  };
}

/** Whoever makes the sequence shorter reads it from here. */
export const scheduleWay = 'its steps';

const seenSchedule = (steps: readonly Step[], seed: number | undefined) => ({
  subject: 'chaos',
  way: scheduleWay,
  statement: saySteps(steps),
  expected: 'each leaves a cluster that goes on',
  actual: `${steps.length} ${steps.length === 1 ? 'step' : 'steps'}${seed === undefined ? '' : ` of seed ${seed}`}`,
});
