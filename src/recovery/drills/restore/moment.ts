import { statementMs } from '../../../cluster/server.ts';
import type { Cut, Scene } from '../../model.ts';

/** A moment to go back to: on the server's clock, as text with microseconds, and what of the ledger is on either side of it. */
export interface Moment {
  readonly at: string;
  readonly cut: Cut;
}

/**
 * Takes the server's clock, between two looks at this program's. A commit acknowledged before the first look had its time stamped
 * before, and so had every commit that lies before it in the WAL: recovery stops at the first commit record that is later than its
 * target. One sent after the second look is stamped later than the target.
 */
export async function takeMoment({ cluster, database, timeline }: Scene): Promise<Moment> {
  const client = await cluster.primary.connect({ database, statementMs });
  try {
    const acknowledgedBy = timeline.now();
    const { rows } = await client.query<{ at: string }>('SELECT clock_timestamp()::text AS at');
    const sentAfter = timeline.now();
    return { at: rows[0]?.at ?? '', cut: { acknowledgedBy, sentAfter } };
  } finally {
    await client.end();
  }
}
