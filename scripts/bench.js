// npm run bench [-- --runs 5] [--on embedded]: what the README promises, measured here.
// Prints the run of saas-gcp (seconds, peak memory of Node), the tests (seconds), the catalogue read, the checks of a live
// catalogue, mutants a minute, and memory by rows. bench/pgtap.ts and bench/rewrites.ts are run by hand: see docs/benchmarks.md.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    on: { type: 'string', default: 'embedded' },
    'no-tests': { type: 'boolean', default: false },
  },
});

const runs = mkdtempSync(join(tmpdir(), 'pgattest-bench-'));
try {
  const samples = [];
  for (let n = 0; n < Number(values.runs); n++) {
    const sample = await measure([
      'bin/pgattest.js',
      'run',
      'saas-gcp',
      '--on',
      values.on,
      '--quiet',
      '--runs',
      runs,
    ]);
    if (sample.code !== 0) throw new Error(`pgattest run ended with ${sample.code}`);
    samples.push(sample);
  }
  report(
    `run saas-gcp --on ${values.on}`,
    samples.map((sample) => sample.seconds),
    's',
  );
  report(
    '  peak memory of Node',
    samples.map((sample) => sample.peakMegabytes),
    'MB',
  );
  const help = [];
  for (let n = 0; n < Number(values.runs); n++)
    help.push((await measure(['bin/pgattest.js', '--help'])).seconds * 1000);
  report('--help', help, 'ms');
  if (!values['no-tests']) {
    const tests = await measure(['node_modules/vitest/vitest.mjs', 'run']);
    report('npm test', [tests.seconds], 's');
  }
  for (const [file, ...options] of [
    ['catalog.ts'],
    ['findings.ts'],
    ['mutants.ts', 'saas-gcp', '10', '5'],
    ['rows.ts', '100000', '1000000'],
  ])
    await measure(['node_modules/jiti/lib/jiti-cli.mjs', `bench/${file}`, ...options], 'inherit');
} finally {
  rmSync(runs, { recursive: true, force: true });
}

async function measure(args, stdout = 'ignore') {
  const started = performance.now();
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', stdout, 'inherit'] });
  let peakMegabytes = Number.NaN;
  const watch = setInterval(() => {
    peakMegabytes = peakOf(child.pid) ?? peakMegabytes;
  }, 100);
  const code = await new Promise((resolve) => child.on('exit', resolve));
  clearInterval(watch);
  return { code, seconds: (performance.now() - started) / 1000, peakMegabytes };
}

/** High-water mark of a process's memory in MB; only where /proc tells. */
function peakOf(pid) {
  try {
    const kilobytes = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
  } catch {
    return undefined;
  }
}

function report(name, samples, unit) {
  const sorted = [...samples].sort((a, b) => a - b);
  const [low, median, high] = [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
  const show = (value) => value.toFixed(unit === 's' ? 1 : 0);
  console.log(`${name}: median ${show(median)} ${unit} (${show(low)}–${show(high)}, ${samples.length} runs)`);
}
