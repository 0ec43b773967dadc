import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import type { Postgres } from './postgres.ts';
import type { Replica } from './replica.ts';

/** Milliseconds from the acknowledgement of a commit until a replica shows it. */
export interface Lag {
  readonly replica: string;
  /** Commits that the replica showed. */
  readonly commits: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
  /** Commits that it did not show in time. */
  readonly missing: number;
  /** `<1 ms 80 %, <2 ms 15 %, …`; what is less than one in a hundred is given as a count. */
  readonly histogram: string;
}

export interface LagOptions {
  /** How long commits are made. */
  readonly milliseconds: number;
  /** How long the last ones are waited for. */
  readonly patienceMs: number;
}

const table = 'public.pgattest_heartbeat';
const edges = [0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000] as const;

/**
 * A heartbeat in a database of its own: the primary commits a growing number, each replica is asked for it without a pause. Both
 * are read off one monotonic clock, that of this process, so no clocks are compared. A replica that shows n shows all before.
 */
export async function measureLag(
  primary: Postgres,
  replicas: readonly Replica[],
  { milliseconds, patienceMs }: LagOptions,
): Promise<readonly Lag[]> {
  const writer = await primary.connect();
  const readers: { readonly name: string; readonly client: pg.Client }[] = [];
  try {
    await writer.query(`CREATE TABLE IF NOT EXISTS ${table} (beat int NOT NULL)`);
    await writer.query(`TRUNCATE ${table}`);
    await writer.query(`INSERT INTO ${table} VALUES (0)`);
    for (const { name, server } of replicas) readers.push({ name, client: await server.connect() });
    const acknowledged: number[] = [performance.now()];
    let writing = true;
    const all = Promise.all(
      readers.map(({ name, client }) => watch(name, client, acknowledged, () => writing, patienceMs)),
    );
    // One that fails meanwhile has nobody to tell until the writing is over.
    all.catch(() => {
      writing = false;
    });
    const end = performance.now() + milliseconds;
    while (writing && performance.now() < end) {
      await writer.query(`UPDATE ${table} SET beat = ${acknowledged.length}`);
      acknowledged.push(performance.now());
      await delay(5);
    }
    writing = false;
    return await all;
  } finally {
    await writer.query(`DROP TABLE IF EXISTS ${table}`).catch(() => undefined);
    await Promise.allSettled([writer.end(), ...readers.map(({ client }) => client.end())]);
  }
}

async function watch(
  replica: string,
  client: pg.Client,
  acknowledged: readonly number[],
  writing: () => boolean,
  patienceMs: number,
): Promise<Lag> {
  const lags: number[] = [];
  // The first beat was there before the watch: nothing is known of how long it took.
  let shown = 0;
  let stopped: number | undefined;
  for (;;) {
    const beat = await beatOf(client);
    const now = performance.now();
    for (; shown < beat; shown++) lags.push(Math.max(0, now - (acknowledged[shown + 1] ?? now)));
    if (writing()) continue;
    stopped ??= now;
    if (shown === acknowledged.length - 1 || now - stopped > patienceMs) break;
  }
  const sorted = lags.toSorted((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return {
    replica,
    commits: lags.length,
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
    max: sorted.at(-1) ?? 0,
    missing: acknowledged.length - 1 - shown,
    histogram: histogramOf(sorted),
  };
}

/** 0 while the replica has not seen the table itself. */
async function beatOf(client: pg.Client): Promise<number> {
  try {
    const { rows } = await client.query<{ beat: number }>(`SELECT beat FROM ${table}`);
    return rows[0]?.beat ?? 0;
  } catch (error) {
    if ((error as { code?: string }).code === '42P01') return 0;
    throw error;
  }
}

function histogramOf(sorted: readonly number[]): string {
  const bins = [...edges, Number.POSITIVE_INFINITY].map((edge, n) => ({
    name: edge === Number.POSITIVE_INFINITY ? `from ${edges.at(-1)} ms` : `<${edge} ms`,
    count: sorted.filter((value) => value < edge && value >= (edges[n - 1] ?? 0)).length,
  }));
  const share = (count: number) =>
    100 * count < sorted.length ? `${count}×` : `${Math.round((100 * count) / sorted.length)} %`;
  return bins
    .filter(({ count }) => count > 0)
    .map(({ name, count }) => `${name} ${share(count)}`)
    .join(', ');
}
