import { statementMs } from '../../../cluster/server.ts';
import { until } from '../../../cluster/until.ts';
import type { Backup } from '../../backup/model.ts';
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
 *
 * @param backup it has ended by then: some tools know of whole seconds only
 */
export async function takeMoment(
  { cluster, database, timeline, signal }: Scene,
  backup: Backup,
): Promise<Moment> {
  const client = await cluster.primary.connect({ database, statementMs });
  try {
    let moment: Moment | undefined;
    await until(
      async () => {
        const acknowledgedBy = timeline.now();
        const { rows } = await client.query<{ at: string; past: boolean }>(
          'SELECT now.at::text AS at, now.at > $1 AS past FROM (SELECT clock_timestamp() AS at) AS now',
          [backup.at],
        );
        const sentAfter = timeline.now();
        if (rows[0]?.past === true) moment = { at: rows[0].at, cut: { acknowledgedBy, sentAfter } };
        return moment !== undefined;
      },
      10_000,
      signal,
    );
    if (moment === undefined)
      throw new Error(`the server's clock is not past ${backup.at.toISOString()}, when a backup ended`);
    return moment;
  } finally {
    await client.end();
  }
}
