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
import { withReplicaToLose } from './rebuilt.ts';
import { takeOver } from './take-over.ts';
import { withSetting } from './with-setting.ts';

const parameters = z.strictObject({
  kind: z.string(),
  /** The standby is synchronous: what was acknowledged is not lost. Otherwise the loss is told, and bounded by `losesMs`. */
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
  faults: (context) => {
    const last = context.design.topology.replicas - 1;
    return [faults['replica-killed'](last), faults['slot-lost'](last)];
  },
});

async function* runTakeover(
  context: CheckContext,
  parameters: Parameters,
): AsyncGenerator<Sighting, Judgement, void> {
  const { cluster, topology } = around(context);
  if (!context.host.abilities.has('freeze')) return judge([], ['this host cannot freeze a server']);
  const standby = topology.replicas.at(-1);
  if (standby === undefined) return judge([], ['there is no replica']);
  const notes = new Notes();
  const there = await standby.server.connect({ statementMs }).then(
    async (client) => client.end().then(() => true),
    () => false,
  );
  yield* notes.see(
    {
      subject: standby.name,
      way: 'is there to take over',
      statement: 'connect',
      expected: 'it answers',
      actual: there ? 'it answers' : 'it does not answer',
    },
    there,
    standby.name,
  );
  if (!there) return judge(notes.breaches, []);
  const [streams] = await context.session.query(
    "SELECT FROM pg_stat_replication WHERE application_name = $1 AND state = 'streaming'",
    [standby.name],
  );
  yield* notes.see(
    {
      subject: standby.name,
      way: 'streams until the primary stops',
      statement: 'SELECT state FROM pg_stat_replication',
      expected: 'streaming',
      actual: streams === undefined ? 'not there' : 'streaming',
    },
    streams !== undefined,
    standby.name,
  );
  const sightings = await withReplicaToLose(context.host, cluster.primary, standby, () =>
    rehearse(context, notes, standby, parameters),
  );
  yield* sightings;
  return judge(notes.breaches, []);
}

/** Commits until the primary stops. */
const beats = 200;
const beatsMs = 10_000;

/** Everything that happens while the primary is away: only afterwards may anybody ask it again. */
async function rehearse(
  context: CheckContext,
  notes: Notes,
  standby: Replica,
  { synchronous, losesMs, withinMs }: Parameters,
): Promise<readonly Sighting[]> {
  const { cluster } = around(context);
  // Now: with a synchronous standby that is gone it would never be committed.
  const login = await requestLogin(context);
  const heartbeat = await Heartbeat.start(cluster.primary);
  const work = async () => {
    await heartbeat.beats(beats, patience(context, beatsMs));
    return takeOver(context, standby, heartbeat, login, patience(context, withinMs));
  };
  const { lost, milliseconds, entryMilliseconds } = await (synchronous
    ? withSetting(context.session, 'synchronous_standby_names', standby.name, work)
    : work()
  ).finally(() => heartbeat.end());
  const acknowledged = heartbeat.acknowledged.length;
  const oldest = lost.length === 0 ? 0 : heartbeat.died - Math.min(...lost);
  const expected = synchronous
    ? 'nothing that was acknowledged is lost'
    : `nothing that was acknowledged more than ${losesMs} ms before is lost`;
  const took = (value: number | undefined) =>
    value === undefined ? `not within ${withinMs} ms` : `after ${value.toFixed(0)} ms`;
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
        subject: standby.name,
        way: 'what the primary acknowledged before it stopped',
        statement: 'SELECT beat FROM public.pgattest_takeover',
        expected,
        actual:
          lost.length === 0
            ? `all ${acknowledged} commits are there`
            : `${lost.length} of ${acknowledged} commits are lost, the oldest of ${oldest.toFixed(0)} ms before`,
      },
      lost.length === 0 || (!synchronous && oldest <= losesMs),
      standby.name,
    ),
    ...notes.see(
      {
        subject: standby.name,
        way: 'promoted, takes a write',
        statement: 'SELECT pg_promote()',
        expected: `within ${withinMs} ms`,
        actual: took(milliseconds),
      },
      milliseconds !== undefined,
      standby.name,
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
