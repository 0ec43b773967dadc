import type { PatroniNode } from '../../../cluster/patroni/node.ts';
import type { Patroni } from '../../../cluster/patroni/patroni.ts';
import type { Postgres } from '../../../cluster/postgres.ts';
import { isStreaming } from '../../../cluster/replication.ts';
import { statementMs } from '../../../cluster/server.ts';
import { until } from '../../../cluster/until.ts';
import type { Scene, Seen } from '../../model.ts';

export interface Roles {
  readonly old: string;
  readonly leader: string;
  readonly server: Postgres;
}

const rejoinMs = 45_000;

/** Gives the dead machine back: only its agent is started, and looked at until it follows the new leader. */
export async function rejoined(
  { timeline, signal, progress }: Scene,
  patroni: Patroni,
  { old, leader, server }: Roles,
): Promise<readonly Seen[]> {
  progress(`${old} is given back and finds ${leader} in the lead`);
  const node = patroni.node(old);
  await node.start();
  const follows = new Map<string, boolean>();
  let looks = 0;
  let writable = 0;
  const client = await server.connect({ statementMs });
  const others = patroni.nodes.map(({ name }) => name).filter((name) => name !== leader);
  try {
    await until(
      async () => {
        const takesWrites = await writes(node);
        if (takesWrites !== undefined) looks++;
        if (takesWrites === true) writable++;
        for (const name of others) follows.set(name, await isStreaming(client, name));
        return others.every((name) => follows.get(name) === true) && takesWrites !== undefined;
      },
      rejoinMs,
      signal,
    );
  } finally {
    await client.end();
  }
  if (follows.get(old) === true)
    timeline.mark('rejoined', `${old} streams from ${leader}, ${await how(node)}`);
  const streams = others.map(
    (name): Seen => ({
      subject: name,
      way: name === old ? 'the old leader, once its machine is back, by itself' : 'the other replica',
      statement: 'SELECT state FROM pg_stat_replication',
      expected: `streams from ${leader} within ${rejoinMs / 1000} s`,
      actual: follows.get(name) === true ? `streams from ${leader}` : 'does not stream',
      agrees: follows.get(name) === true,
    }),
  );
  return [
    ...streams,
    {
      subject: old,
      way: 'as often as it let anybody in while it came back',
      statement: 'SELECT pg_is_in_recovery()',
      expected: 'it takes no writes: one leader at a time',
      actual: `${writable} of ${looks} times it would have`,
      // That nobody was let in shows nothing.
      agrees: looks > 0 && writable === 0,
      tried: looks,
    },
  ];
}

/** Whether a node's server takes writes; undefined where it lets nobody in. */
async function writes(node: PatroniNode): Promise<boolean | undefined> {
  try {
    const client = await (await node.server())?.connect({ statementMs });
    if (client === undefined) return undefined;
    try {
      const { rows } = await client.query<{ writes: boolean }>('SELECT NOT pg_is_in_recovery() AS writes');
      return rows[0]?.writes;
    } finally {
      await client.end();
    }
  } catch {
    return undefined;
  }
}

/** The agent rewinds only what went on beyond the fork. */
async function how(node: PatroniNode): Promise<string> {
  const rewound = /pg_rewind exit code=0/.test(await node.log());
  return rewound ? 'after pg_rewind' : 'without pg_rewind: it had nothing beyond the fork';
}
