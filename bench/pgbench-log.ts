/**
 * Exact percentiles of a long log, and its recording: rate and peak of memory, by size. `npx jiti bench/pgbench-log.ts [GB …]`, 0.2 and 2
 * by default. A process of its own for each, since the peak of a process only grows. Needs as much disk as the largest; nothing is kept.
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { summariseLogs } from '../src/load/pgbench/index.ts';

const jiti = fileURLToPath(new URL('../node_modules/jiti/lib/jiti-cli.mjs', import.meta.url));
const { values, positionals } = parseArgs({ allowPositionals: true, options: { read: { type: 'string' } } });

/** 60,000 lines of each second, from 20 µs to 2 s, most of them short, in the order of time, with lag. */
async function write(file: string, bytes: number): Promise<void> {
  const output = await open(file, 'w');
  let [line, size] = [0, 0];
  while (size < bytes) {
    const lines: string[] = [];
    for (let count = 0; count < 50_000; count++, line++) {
      const at = Math.floor((line * 1e6) / 60_000);
      const latency = 20 + Math.floor(10 ** (1 + 5.3 * ((line * 0.618_033_988_75) % 1) ** 3));
      lines.push(
        `${line % 16} ${Math.floor(line / 16)} ${latency} ${line % 3} ${1_795_292_741 + Math.floor(at / 1e6)} ${at % 1e6} ${line % 20}\n`,
      );
    }
    const text = lines.join('');
    await output.write(text);
    size += text.length;
  }
  await output.close();
}

if (values.read !== undefined) {
  const { size } = await stat(values.read);
  const before = process.resourceUsage().maxRSS / 1024;
  const started = performance.now();
  const { latency, lines } = await summariseLogs([values.read], { lag: true, retries: false });
  const seconds = (performance.now() - started) / 1000;
  const peak = process.resourceUsage().maxRSS / 1024;
  const millions = (lines / 1e6).toFixed(1);
  const [p50, p99, p999] = [50, 99, 99.9].map((percent) => latency.percentile(percent));
  console.log(
    `${(size / 1e9).toFixed(1)} GB, ${millions} million lines: ${seconds.toFixed(1)} s, ${(size / 1e6 / seconds).toFixed(0)} MB/s; peak ${peak.toFixed(0)} MB, ${before.toFixed(0)} before; p50 ${p50} p99 ${p99} p99.9 ${p999} max ${latency.max} µs`,
  );
} else {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'pgattest-log-'));
  try {
    for (const gigabytes of positionals.length === 0 ? [0.2, 2] : positionals.map(Number)) {
      const file = path.join(folder, 'log');
      await write(file, gigabytes * 1e9);
      spawnSync(process.execPath, [jiti, fileURLToPath(import.meta.url), '--read', file], {
        stdio: 'inherit',
      });
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
