import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { type DrillName, drillNames, drills } from '../../recovery/drills/index.ts';
import type { Drill, Recovered } from '../../recovery/model.ts';
import { openScene } from '../../recovery/scene.ts';
import { targetsOf } from '../../recovery/targets.ts';
import { judge } from '../access/table-check.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../check.ts';
import { Notes } from '../topology/notes.ts';
import { assess } from './assess.ts';

const parameters = z.strictObject({
  kind: z.string(),
  drill: z.enum(drillNames),
  /** Durations as PostgreSQL writes them; default the design's targets. */
  rpo: z.string().optional(),
  rto: z.string().optional(),
});
type Parameters = z.infer<typeof parameters>;

const drillOf = (name: DrillName): Drill => drills[name];

/** A disaster under load, the way back, and what the clients' ledger says of it. */
export const recoveryDrill = defineCheck({
  kind: 'recovery.drill',
  family: 'recovery',
  says: 'something breaks under load and is brought back as designed: what clients were told was committed is there, nothing else is, and writes go on in time',
  parameters,
  needs: ['superuser', 'faults'],
  needsFor: ({ drill }) => drillOf(drill).needs,
  isolation: 'own',
  around: (wish, { drill }) => drillOf(drill).topology?.(wish) ?? wish,
  tables: () => [],
  run: runDrill,
  faults: ({ design }, { drill }) => drillOf(drill).counterexamples(design),
});

async function* runDrill(
  context: CheckContext,
  { drill: name, rpo, rto }: Parameters,
): AsyncGenerator<Sighting, Judgement, void> {
  const { cluster, run, design, stopAtFirstBreach: hurried } = context;
  if (cluster === undefined || run === undefined) throw new Error('a drill outside a run');
  const drill = drillOf(name);
  const missing = (drill.abilities ?? []).filter((ability) => !cluster.host.abilities.has(ability));
  if (missing.length > 0) return judge([], [`servers on this host have no ${missing.join(' and no ')}`]);
  const targets = targetsOf(
    {
      ...design.targets,
      ...(rpo === undefined ? {} : { rpo }),
      ...(rto === undefined ? {} : { rto }),
    },
    design.file,
  );
  const scene = await openScene({
    cluster,
    design,
    database: run.database,
    // Several trials of one drill each have a ledger.
    file: run.attachment(`ledger-${name}-${randomBytes(3).toString('hex')}.jsonl`),
    hurried,
    signal: run.signal,
    progress: (says) => run.progress(`${name}: ${says}`),
  });
  let recovered: Recovered | undefined;
  try {
    recovered = await drill.run(scene);
    const { seen, timeline } = await assess(scene, drill, recovered, { targets, again: context.again });
    const notes = new Notes();
    for (const { object, agrees, ...sighting } of seen) {
      yield* notes.see(sighting, agrees, object ?? sighting.subject);
    }
    return { ...judge(notes.breaches, []), ...(timeline === undefined ? {} : { timeline }) };
  } finally {
    await scene.load.stop();
    await recovered?.close?.();
  }
}
