import { statementMs } from '../../cluster/server.ts';
import type { Recovered, Scene, Seen } from '../model.ts';
import { aftermath } from './aftermath.ts';
import { type Breaking, type FailedOver, failOver } from './failover.ts';

type Promoted = Extract<FailedOver, { readonly state: 'promoted' }>;

/**
 * A drill of a failover: the replicas as they are before it, the failover, what there is to see right after it, and then the old primary
 * as a replica. What does not come about is seen, and not thrown.
 */
export async function recoveredByFailover(
  scene: Scene,
  breaking: Breaking,
  after: (outcome: Promoted) => Promise<readonly Seen[]> = async () => [],
): Promise<Recovered> {
  const before = await seeStreaming(scene);
  const outcome = await failOver(scene, breaking);
  const { database } = scene;
  if (outcome.state === 'none') {
    const seen = [...before, notTaken(outcome.why)];
    return { server: scene.cluster.primary, database, serving: true, seen };
  }
  const right = [...before, ...(await after(outcome))];
  const enough = scene.hurried && right.some(({ agrees }) => !agrees);
  const seen = enough ? right : [...right, ...(await aftermath(scene, outcome))];
  return { server: outcome.promoted.server, database, serving: true, seen };
}

const notTaken = (why: string): Seen => ({
  subject: 'controller',
  way: 'a replica takes the place of the primary',
  statement: 'SELECT pg_promote()',
  expected: 'one is promoted',
  actual: why,
  agrees: false,
});

/** Replicas that do not stream are no way back, whatever one of them is found to hold. */
export async function seeStreaming({ cluster, topology }: Scene): Promise<readonly Seen[]> {
  const client = await cluster.primary.connect({ statementMs });
  try {
    const { rows } = await client.query<{ name: string; state: string }>(
      'SELECT application_name AS name, state FROM pg_stat_replication',
    );
    const states = new Map(rows.map(({ name, state }) => [name, state]));
    return topology.replicas.map(({ name }) => ({
      subject: name,
      way: 'before the primary breaks',
      statement: 'SELECT state FROM pg_stat_replication',
      expected: 'streaming',
      actual: states.get(name) ?? 'not there',
      agrees: states.get(name) === 'streaming',
    }));
  } finally {
    await client.end();
  }
}
