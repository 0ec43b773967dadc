import type { Postgres } from '../../../cluster/postgres.ts';
import { statementMs } from '../../../cluster/server.ts';

/** Commits by which a branch of the database's history is told: no number is ever given twice. */
export type Witnesses = readonly { readonly writer: number; readonly number: string }[];

/** The last ones that a server has, oldest first. */
export async function lastCommits(server: Postgres, database: string, count = 10): Promise<Witnesses> {
  const client = await server.connect({ database, statementMs });
  try {
    const { rows } = await client.query<{ writer: number; number: string }>(
      'SELECT writer, number::text FROM pgattest_ledger.entry ORDER BY id DESC LIMIT $1',
      [count],
    );
    return rows.toReversed();
  } finally {
    await client.end();
  }
}

/** How many of them a server has. */
export async function countOf(server: Postgres, database: string, witnesses: Witnesses): Promise<number> {
  const client = await server.connect({ database, statementMs });
  try {
    const { rows } = await client.query<{ found: number }>(
      `SELECT count(*)::int AS found FROM unnest($1::int[], $2::bigint[]) AS w (writer, number)
        WHERE EXISTS (SELECT FROM pgattest_ledger.entry e WHERE e.writer = w.writer AND e.number = w.number)`,
      [witnesses.map(({ writer }) => writer), witnesses.map(({ number }) => number)],
    );
    return rows[0]?.found ?? 0;
  } finally {
    await client.end();
  }
}
