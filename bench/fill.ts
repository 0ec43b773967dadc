/**
 * How fast the default design is filled, against COPY of the same rows ready-made: `npx jiti bench/fill.ts [scale]`.
 * What the second takes, PostgreSQL takes; the difference is what making the rows costs.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { data } from '../fixtures/saas/data.ts';
import { startCluster } from '../src/cluster/cluster.ts';
import { migrate } from '../src/cluster/migrate.ts';
import type { World } from '../src/data/cell.ts';
import { copyStatement } from '../src/data/copy-rows.ts';
import { fill } from '../src/data/fill.ts';
import { openPools } from '../src/data/pools.ts';
import { chunks } from '../src/data/rows.ts';
import type { DataPlan } from '../src/design/data-plan.ts';

export interface FillRates {
  readonly rows: number;
  readonly bytes: number;
  /** The whole fill: load, statements after it, ANALYZE, foreign keys. */
  readonly fillMs: number;
  /** Its load alone. */
  readonly loadMs: number;
  /** COPY of the same rows from files. */
  readonly copyMs: number;
  /** Making the rows, with no server. */
  readonly makeMs: number;
}

const migrations = fileURLToPath(new URL('../fixtures/saas/migrations', import.meta.url));

/** Times the fill of a plan, and of the same rows from files, on fresh databases of a throwaway cluster. */
export async function benchFill(plan: DataPlan, scale: number, seed = 1): Promise<FillRates> {
  const folder = await mkdtemp(path.join(tmpdir(), 'pgattest-bench-'));
  const cluster = await startCluster({ on: 'auto', settings: {}, throwaway: true });
  const database = async (name: string): Promise<pg.Client> => {
    await cluster.primary.createDatabase(name);
    const client = await cluster.primary.connect({ database: name });
    await migrate(client, migrations);
    return client;
  };
  try {
    const now = new Date();
    const filled = await database('filled');
    let loadMs = 0;
    let begin = performance.now();
    const counts = await fill(filled, plan, { seed, scale, now }, () => {
      loadMs = performance.now() - begin;
    });
    const fillMs = performance.now() - begin;

    const world: World = { seed, scale, now, pools: await openPools(seed) };
    begin = performance.now();
    let bytes = 0;
    for (const table of plan.tables) {
      for (const { text } of chunks(world, table, 0, table.rows(scale))) bytes += text.length;
    }
    const makeMs = performance.now() - begin;
    const files = await writeFiles(folder, plan, world);

    const copied = await database('copied');
    await copied.query('BEGIN; SET LOCAL session_replication_role = replica');
    begin = performance.now();
    for (const [i, table] of plan.tables.entries()) {
      await pipeline(createReadStream(files[i] as string), copied.query(copyFrom(copyStatement(table))));
    }
    const copyMs = performance.now() - begin;
    await copied.query('COMMIT');
    await Promise.all([filled.end(), copied.end()]);
    const rows = Object.values(counts).reduce((sum, count) => sum + count, 0);
    return { rows, bytes, fillMs, loadMs, copyMs, makeMs };
  } finally {
    await cluster.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeFiles(folder: string, plan: DataPlan, world: World): Promise<string[]> {
  const files: string[] = [];
  for (const table of plan.tables) {
    const file = path.join(folder, table.table);
    const texts = Array.from(chunks(world, table, 0, table.rows(world.scale)), ({ text }) => text);
    await pipeline(Readable.from(texts), createWriteStream(file));
    files.push(file);
  }
  return files;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const rates = await benchFill(data, Number(process.argv[2] ?? 1));
  const perSecond = (ms: number): string =>
    `${Math.round((rates.rows / ms) * 1000).toLocaleString('en')} rows/s`;
  const line = (name: string, ms: number): string =>
    `${name.padEnd(28)} ${Math.round(ms)} ms, ${perSecond(ms)}\n`;
  process.stdout.write(
    `${rates.rows.toLocaleString('en')} rows, ${(rates.bytes / 1e6).toFixed(1)} MB\n` +
      line('fill', rates.fillMs) +
      line('  its load', rates.loadMs) +
      line('COPY of the same, ready-made', rates.copyMs) +
      line('making the rows alone', rates.makeMs),
  );
}
