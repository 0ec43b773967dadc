import { z } from 'zod';
import type { Replica } from '../../cluster/replica.ts';
import { statementMs } from '../../cluster/server.ts';
import { faults } from '../../faults/index.ts';
import { judge } from '../access/table-check.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../check.ts';
import { around, patience } from './around.ts';
import { requestLogin } from './clients.ts';
import { Heartbeat } from './heartbeat.ts';
import { Notes } from './notes.ts';
import { takeOver } from './promotion.ts';
import { withReplicaToLose } from './rebuilt.ts';

const parameters = z.strictObject({
  kind: z.string(),
  /**
   * The design's own synchronous replicas: what was acknowledged is not lost, and the one that has most is promoted. Otherwise
   * it is the last replica, and the loss is told, and bounded by `losesMs`.
   */
  synchronous: z.boolean().default(false),
  /** Commits that were acknowledged so long before the primary died are there. */
  losesMs: z.int().nonnegative().default(0),
  /** Writes go on so soon after the promotion was asked for. */
  withinMs: z.int().positive().default(30_000),
});
type Parameters = z.infer<typeof parameters>;

/** A primary that stops answering, and a replica that is promoted and takes the writes. */
export const topologyTakeover = defineCheck({
  kind: 'topology.takeover',
  family: 'topology',
  says: 'when the primary stops answering in the midst of writes, a replica can be promoted: it has what was acknowledged, takes writes, and the writer entry of the pooler leads to it',
  parameters,
  needs: ['superuser', 'replicas'],
  isolation: 'cluster',
  tables: () => [],
  run: runTakeover,
  faults: (context, { synchronous, losesMs }) => {
    const last = context.design.topology.replicas - 1;
    return [
      faults['replica-killed'](last),
      faults['slot-lost'](last),
      // Seconds are lost: where a design allows for more that is no breach.
      ...(synchronous || losesMs === 0 ? [faults['commits-unsent']()] : []),
    ];
  },
});

async function* runTakeover(
  context: CheckContext,
  parameters: Parameters,
): AsyncGenerator<Sighting, Judgement, void> {
  const { cluster, topology } = around(context);
  const { synchronous } = parameters;
  if (!context.host.abilities.has('freeze')) return judge([], ['this host cannot freeze a server']);
  if (synchronous && context.design.topology.synchronous === undefined)
    return judge([], ['the design declares no synchronous replica']);
  const candidates = synchronous ? topology.replicas : topology.replicas.slice(-1);
  if (candidates.length === 0) return judge([], ['there is no replica']);
  const notes = new Notes();
  for (const candidate of candidates) yield* readyToTakeOver(context, notes, candidate);
  if (notes.breaches.length > 0) return judge(notes.breaches, []);
  let promoted: Replica | undefined;
  const onChosen = (replica: Replica) => {
    promoted = replica;
  };
  const sightings = await withReplicaToLose(
    context.host,
    cluster.primary,
    () => promoted,
    () => rehearse(context, notes, candidates, onChosen, parameters),
  );
  yield* sightings;
  return judge(notes.breaches, []);
}

async function* readyToTakeOver(
  context: CheckContext,
  notes: Notes,
  { name, server }: Replica,
): AsyncGenerator<Sighting> {
  const there = await server.connect({ statementMs }).then(
    async (client) => client.end().then(() => true),
    () => false,
  );
  yield* notes.see(
    {
      subject: name,
      way: 'is there to take over',
      statement: 'connect',
      expected: 'it answers',
      actual: there ? 'it answers' : 'it does not answer',
    },
    there,
    name,
  );
  if (!there) return;
  const [streams] = await context.session.query(
    "SELECT FROM pg_stat_replication WHERE application_name = $1 AND state = 'streaming'",
    [name],
  );
  yield* notes.see(
    {
      subject: name,
      way: 'streams until the primary stops',
      statement: 'SELECT state FROM pg_stat_replication',
      expected: 'streaming',
      actual: streams === undefined ? 'not there' : 'streaming',
    },
    streams !== undefined,
    name,
  );
}

/** Commits until the primary stops. */
const beats = 200;
const beatsMs = 10_000;

/** Everything that happens while the primary is away: only afterwards may anybody ask it again. */
async function rehearse(
  context: CheckContext,
  notes: Notes,
  candidates: readonly Replica[],
  onChosen: (replica: Replica) => void,
  { synchronous, losesMs, withinMs }: Parameters,
): Promise<readonly Sighting[]> {
  const { cluster } = around(context);
  const login = await requestLogin(context);
  const heartbeat = await Heartbeat.start(cluster.primary);
  const rehearsed = async () => {
    await heartbeat.beats(beats, patience(context, beatsMs));
    return takeOver(context, {
      candidates,
      heartbeat,
      login,
      withinMs: patience(context, withinMs),
      onChosen,
    });
  };
  const { promoted, lost, milliseconds, entryMilliseconds } = await rehearsed().finally(() =>
    heartbeat.end(),
  );
  const acknowledged = heartbeat.acknowledged.length;
  const oldest = lost.length === 0 ? 0 : heartbeat.died - Math.min(...lost);
  const expected = synchronous
    ? 'nothing that was acknowledged is lost'
    : `nothing that was acknowledged more than ${losesMs} ms before is lost`;
  const lasted = heartbeat.died - (heartbeat.acknowledged[0] ?? heartbeat.died);
  // A loss that may be longer than the commits went on cannot be told from one that is too long.
  const unseen =
    synchronous || lasted > losesMs
      ? ''
      : `; they went on for ${lasted.toFixed(0)} ms, and a longer loss could not be seen`;
  const took = (value: number | undefined) =>
    value === undefined ? `not within ${withinMs} ms` : `after ${value.toFixed(0)} ms`;
  const chosen = candidates.length === 1 ? '' : ', which had received most';
  const seen: Sighting[] = [
    ...notes.see(
      {
        subject: 'primary',
        way: 'commits until it stops',
        statement: 'INSERT INTO public.pgattest_takeover',
        expected: `${beats} at least`,
        actual: `${acknowledged} acknowledged`,
      },
      acknowledged >= beats,
      synchronous ? 'synchronous_standby_names' : 'primary',
    ),
    ...notes.see(
      {
        subject: promoted.name,
        way: 'what the primary acknowledged before it stopped',
        statement: 'SELECT beat FROM public.pgattest_takeover',
        expected,
        actual:
          lost.length === 0
            ? `all ${acknowledged} commits are there${unseen}`
            : `${lost.length} of ${acknowledged} commits are lost, the oldest of ${oldest.toFixed(0)} ms before${unseen}`,
      },
      lost.length === 0 || (!synchronous && oldest <= losesMs),
      promoted.name,
    ),
    ...notes.see(
      {
        subject: promoted.name,
        way: `promoted${chosen}, takes a write`,
        statement: 'SELECT pg_promote()',
        expected: `within ${withinMs} ms`,
        actual: took(milliseconds),
      },
      milliseconds !== undefined,
      promoted.name,
    ),
  ];
  const { pooler } = context.design.topology;
  if (pooler === undefined || around(context).topology.pooler === undefined) return seen;
  return [
    ...seen,
    ...notes.see(
      {
        subject: pooler.writer,
        way: 'its clients, once it leads to the promoted server',
        statement: 'SELECT pg_is_in_recovery()',
        expected: `served by it within ${withinMs} ms`,
        actual: took(entryMilliseconds),
      },
      entryMilliseconds !== undefined,
      `entry ${pooler.writer} of the pooler`,
    ),
  ];
}
