/**
 * The known defects of saas, put back one at a time, before the checks of pgattest and before pgrls:
 * `npx jiti bench/comparison/pgrls.ts <path of pgrls> [<ids of defects>]`. Prints a line for each finding that the repaired
 * design does not have; whether it is for the right reason is for a person to say (docs/comparison.md).
 */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { type Cluster, startCluster } from '../../src/cluster/cluster.ts';
import { migrate } from '../../src/cluster/migrate.ts';
import { loadDesign, packageRoot } from '../../src/design/load.ts';
import { findIn } from '../../src/findings/index.ts';
import { nameOf } from '../../src/findings/subject.ts';

const schemas = ['auth', 'app', 'analytics', 'audit', 'public'];

/** Findings by what tells them apart. */
type Found = ReadonlyMap<string, string>;

export async function compare(pgrls: string, only: readonly string[]): Promise<void> {
  const { design } = await loadDesign('saas-gcp', packageRoot);
  const settings = { max_locks_per_transaction: 256 };
  const cluster = await startCluster({ on: 'auto', settings, throwaway: true });
  try {
    await cluster.primary.createDatabase('repaired');
    const client = await cluster.primary.connect({ database: 'repaired' });
    for (const folder of design.migrations) await migrate(client, folder);
    const own = await ownFindings(client);
    await client.end();
    const others = await pgrlsFindings(pgrls, cluster, 'repaired');
    say('repaired', 'pgattest', `${own.size} findings ${bySeverity(own)}`);
    say('repaired', 'pgrls', `${others.size} findings ${bySeverity(others)}`);
    for (const { id, says, sql } of design.defects ?? []) {
      if (sql === undefined || (only.length > 0 && !only.includes(id))) continue;
      say(id, 'defect', says);
      await withDefect(cluster, readFileSync(sql, 'utf8'), async (broken) => {
        for (const [key, text] of await ownFindings(broken)) if (!own.has(key)) say(id, 'pgattest', text);
        const found = await pgrlsFindings(pgrls, cluster, 'broken');
        for (const [key, text] of found) if (!others.has(key)) say(id, 'pgrls', text);
      });
    }
  } finally {
    await cluster.close();
  }
}

async function withDefect(
  cluster: Cluster,
  sql: string,
  work: (client: pg.Client) => Promise<void>,
): Promise<void> {
  await cluster.primary.createDatabase('broken', 'repaired');
  const client = await cluster.primary.connect({ database: 'broken' });
  try {
    await client.query(sql);
    await work(client);
  } finally {
    await client.end();
    await cluster.primary.dropDatabase('broken');
  }
}

async function ownFindings(client: pg.Client): Promise<Found> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY');
  const { findings } = await findIn(async (sql, values) => (await client.query(sql, values)).rows, {
    of: 'database',
  });
  await client.query('ROLLBACK');
  return new Map(
    findings.map(({ id, severity, subject, says }) => [
      `${id} ${nameOf(subject)} ${says}`,
      `${severity} ${id}: ${says}`,
    ]),
  );
}

/** Its JSON names the rule, the severity, the place and the message; the last two may hold numbers that vary. */
async function pgrlsFindings(pgrls: string, cluster: Cluster, database: string): Promise<Found> {
  const { socketFolder, place } = cluster.primary;
  const url = `postgresql:///${database}?host=${encodeURIComponent(socketFolder)}&port=${place.port}&user=postgres`;
  const args = ['lint', '--database-url', url, '--schemas', schemas.join(','), '--format', 'json'];
  const text = await new Promise<string>((resolve, reject) => {
    // It exits with 1 when it has findings.
    execFile(pgrls, args, { maxBuffer: 64 * 1024 ** 2 }, (error, stdout, stderr) =>
      stdout.startsWith('{') || stdout.startsWith('[') ? resolve(stdout) : reject(error ?? new Error(stderr)),
    );
  });
  const parsed = JSON.parse(text) as { violations?: readonly Violation[]; findings?: readonly Violation[] };
  const list = Array.isArray(parsed)
    ? (parsed as readonly Violation[])
    : (parsed.violations ?? parsed.findings ?? []);
  return new Map(
    list.map((each) => {
      const { rule_id, rule = rule_id, severity, message } = each;
      return [
        `${rule} ${JSON.stringify(each.location ?? null)} ${message}`,
        `${severity} ${rule}: ${message}`,
      ];
    }),
  );
}

interface Violation {
  readonly rule?: string;
  readonly rule_id?: string;
  readonly severity: string;
  readonly message: string;
  readonly location?: unknown;
}

function bySeverity(found: Found): string {
  const counts = new Map<string, number>();
  for (const text of found.values()) {
    const severity = text.split(' ')[0] ?? '';
    counts.set(severity, (counts.get(severity) ?? 0) + 1);
  }
  return `(${[...counts].map(([severity, count]) => `${count} ${severity}`).join(', ')})`;
}

function say(...parts: readonly string[]): void {
  process.stdout.write(`${parts.map((part) => part.replace(/\s+/g, ' ')).join('\t')}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , pgrls, only = ''] = process.argv;
  if (pgrls === undefined) throw new Error('which pgrls? pip install pgrls into a venv, and give its path');
  await compare(pgrls, only === '' ? [] : only.split(','));
}
