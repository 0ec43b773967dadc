/**
 * False alarms: each design, written otherwise in every place where it can be and meaning the same, must have its claims of access and
 * audit hold as before. `npx jiti bench/rewrites.ts [design …] [--way reorder] [--only glob]`: all ways at once, or one of them.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readCatalog } from '../src/catalog/index.ts';
import { aboutData } from '../src/checks/about-data.ts';
import { checkOf } from '../src/checks/index.ts';
import type { Cluster } from '../src/cluster/cluster.ts';
import type { Claim } from '../src/design/design.ts';
import { globOf } from '../src/design/glob.ts';
import { loadDesign } from '../src/design/load.ts';
import { catalogSchemas } from '../src/design/schemas.ts';
import type { ValidDesign } from '../src/design/validate.ts';
import { withBench } from '../src/scenarios/bench.ts';
import { onOwnCluster } from '../src/scenarios/own-cluster.ts';
import type { Stage } from '../src/scenarios/stage.ts';
import { runTrial } from '../src/scenarios/trial.ts';
import { shareOut } from '../src/scenarios/workers.ts';
import { rewriteDatabase, slowWays, ways } from './rewrites/index.ts';
import type { Way } from './rewrites/rewrite.ts';

export interface RewriteResult {
  /** By way, how many places were written otherwise. */
  readonly rewrites: Readonly<Record<string, number>>;
  readonly claims: number;
  /** Claims that no longer hold, and why: false alarms. */
  readonly refuted: readonly string[];
  /** Claims that do not hold without the rewrites either. */
  readonly already: readonly string[];
  /** Claims that hold, but something is left untried. */
  readonly unexercised: readonly string[];
  readonly milliseconds: number;
}

const signal = new AbortController().signal;
const designs = ['khs', 'saas-gcp', 'saas-aws', 'fsm', 'olympus', 'aems'];

/** One design, written otherwise in all of these ways, on a server of its own. */
export async function benchRewrites(
  design: ValidDesign,
  wanted: readonly Way[] = ways,
  only = '*',
): Promise<RewriteResult> {
  const options = { design, on: 'auto', seed: 1, scale: 1, signal, onEvent: () => {} } as const;
  return onOwnCluster(options, (cluster, stage) => judge(cluster, stage, design, wanted, only));
}

async function judge(
  cluster: Cluster,
  stage: Stage,
  design: ValidDesign,
  wanted: readonly Way[],
  only: string,
): Promise<RewriteResult> {
  const started = performance.now();
  const plain = { ...stage, database: 'plain' };
  await cluster.primary.createDatabase(plain.database, stage.database);
  const { rewrites, catalog } = await rewriteStage(cluster, stage, design, wanted);
  const rewritten = { ...stage, catalog };
  // Coverage speaks of each policy as it is written: of one that was split in two, a half need not decide any row.
  const claims = design.claims.filter(
    ({ id, check }) =>
      /^(access|audit)\./.test(check?.kind ?? '') &&
      !aboutData.includes(check?.kind ?? '') &&
      globOf(only).test(id),
  );
  const failed: Claim[] = [];
  const refuted: string[] = [];
  const unexercised: string[] = [];
  const already: string[] = [];
  await shareOut(cluster, rewritten, claims, signal, async (claim, database) => {
    const place = { cluster, database, stage: rewritten, design, signal };
    const result = await withBench(place, (bench) => runClaim(bench, claim));
    if (result.outcome === 'broken') {
      failed.push(claim);
      refuted.push(`${claim.id}: ${result.breaches[0]?.says} (${result.breaches[0]?.actual})`);
    } else if (result.outcome === 'not-exercised') unexercised.push(`${claim.id}: ${result.reason}`);
  });
  // What does not hold as it is written now is no false alarm of a rewrite.
  await shareOut(cluster, plain, failed, signal, async (claim, database) => {
    const place = { cluster, database, stage: plain, design, signal };
    const result = await withBench(place, (bench) => runClaim(bench, claim));
    if (result.outcome === 'broken') already.push(claim.id);
  });
  return {
    rewrites,
    claims: claims.length,
    refuted: refuted.filter((each) => !already.some((id) => each.startsWith(`${id}:`))),
    already,
    unexercised,
    milliseconds: performance.now() - started,
  };
}

async function rewriteStage(
  cluster: Cluster,
  { database }: Stage,
  design: ValidDesign,
  wanted: readonly Way[],
) {
  const client = await cluster.primary.connect({ database });
  try {
    const query = async (sql: string, values: readonly unknown[] = []) =>
      (await client.query(sql, [...values])).rows;
    const rewrites: Record<string, number> = {};
    for (const way of wanted) rewrites[way.name] = (await rewriteDatabase(query, design, way)).length;
    return { rewrites, catalog: await readCatalog(query, { schemas: catalogSchemas(design) }) };
  } finally {
    await client.end();
  }
}

function runClaim(bench: Parameters<typeof runTrial>[0], { id, check: call }: Claim) {
  const check = call === undefined ? undefined : checkOf(call.kind);
  if (call === undefined || check === undefined) throw new Error(`claim ${id} has no check`);
  return runTrial(bench, check, call, { memory: new Map() });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values, positionals } = parseArgs({
    options: { way: { type: 'string' }, only: { type: 'string' } },
    allowPositionals: true,
  });
  const wanted =
    values.way === undefined ? ways : [...ways, ...slowWays].filter(({ name }) => name === values.way);
  for (const name of positionals.length > 0 ? positionals : designs) {
    const { design } = await loadDesign(name, process.cwd());
    const result = await benchRewrites(design, wanted, values.only);
    const counts = Object.entries(result.rewrites).map(([way, count]) => `${way} ${count}`);
    process.stdout.write(
      `${name}: ${counts.join(', ')}; ${result.claims} claims, ${result.refuted.length} refuted, ` +
        `${result.already.length} as before, ${result.unexercised.length} not exercised, ${(result.milliseconds / 1000).toFixed(1)} s\n`,
    );
    for (const each of [...result.refuted, ...result.unexercised]) process.stdout.write(`  ${each}\n`);
  }
}
