/**
 * Memory and time of the access checks by the number of rows of a table, of which two actors see half each:
 * `npx jiti bench/rows.ts [rows …]`, with 100000 1000000 10000000 by default. A process of its own for each check and size,
 * since the peak of a process only grows. The aim is Node at 400 MB or less, whatever the size. Needs 5 GB of disk.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { checkOf } from '../src/checks/index.ts';
import { validateDesign } from '../src/design/validate.ts';
import { onOwnCluster } from '../src/scenarios/own-cluster.ts';
import { runTrial } from '../src/scenarios/trial.ts';
import { notes } from './rows/design.ts';

const sizes = ['100000', '1000000', '10000000'];
const jiti = fileURLToPath(new URL('../node_modules/jiti/lib/jiti-cli.mjs', import.meta.url));
const kinds = ['access.select', 'access.delete', 'access.update'] as const;

const fillSql = /* sql */ `
  INSERT INTO app.notes SELECT n, 1 + n % 2, n % 1000 = 0, 'note ' || n FROM generate_series(1, $1::bigint) AS n`;

/** A policy that lets everything through: what is then read or written goes beyond the rule by half of the table. */
const breachSql = 'ALTER POLICY own ON app.notes USING (true)';

/** One check on a table of so many rows, in this process. */
async function measure(rows: number, kind: string, breached: boolean) {
  const check = checkOf(kind);
  if (check === undefined) throw new Error(`no check ${kind}`);
  const design = validateDesign(notes, fileURLToPath(import.meta.url));
  const { signal } = new AbortController();
  const options = { design, on: 'auto', seed: 1, scale: 1, signal, onEvent: () => {} } as const;
  return onOwnCluster(options, async (cluster, { database, catalog, actors }) => {
    const client = await cluster.primary.connect({ database });
    await client.query(fillSql, [rows]);
    await client.query('VACUUM (ANALYZE, FREEZE) app.notes');
    if (breached) await client.query(breachSql);
    const before = peakMegabytes();
    const bench = { client, cluster, template: database, design, catalog, actors };
    const { outcome, reason, breaches, milliseconds } = await runTrial(
      bench,
      check,
      { kind, table: 'app.notes' },
      { memory: new Map() },
    );
    await client.end();
    const said = breaches[0]?.says ?? reason ?? '';
    return { outcome, said, seconds: milliseconds / 1000, before, peak: peakMegabytes() };
  });
}

function peakMegabytes(): number {
  return Math.round(process.resourceUsage().maxRSS / 1024);
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string' },
    breached: { type: 'boolean', default: false },
    here: { type: 'boolean', default: false },
  },
});
const chosen = kinds.filter((kind) => values.only === undefined || kind === values.only);
const wanted = positionals.length > 0 ? positionals : sizes;

if (values.here) {
  const [rows = '', kind = ''] = [wanted[0], chosen[0]];
  const { outcome, said, seconds, before, peak } = await measure(Number(rows), kind, values.breached);
  process.stdout.write(
    `${kind.padEnd(14)} ${Number(rows).toLocaleString('en').padStart(10)} rows   ${outcome.padEnd(14)} ` +
      `${seconds.toFixed(1).padStart(6)} s   Node ${before} MB before, ${peak} MB at the peak   ${said}\n`,
  );
} else {
  for (const rows of wanted)
    for (const kind of chosen) process.exitCode = (await apart(rows, kind)) || process.exitCode;
}

function apart(rows: string, kind: string): Promise<number> {
  const flags = ['--here', '--only', kind, ...(values.breached ? ['--breached'] : [])];
  const args = [jiti, fileURLToPath(import.meta.url), rows, ...flags];
  const child = spawn(process.execPath, args, { stdio: 'inherit' });
  return new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)));
}
