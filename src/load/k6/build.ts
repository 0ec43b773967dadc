import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { cacheFolder, materialise } from '../../cluster/cache.ts';
import { ClusterError } from '../../cluster/error.ts';
import { type Machine, thisMachine } from '../../cluster/machine.ts';
import { packageRoot } from '../../design/load.ts';
import { findGo, goWanted } from './go.ts';
import type { K6Binary } from './model.ts';

/** The Go module that becomes k6. */
export const k6Sources = path.join(packageRoot, 'load', 'k6');

export interface BuildOptions {
  readonly machine?: Machine;
  /** Default: the module that comes with pgattest. */
  readonly sources?: string;
  /** Default: the cache of the machine. */
  readonly cache?: string;
  readonly signal?: AbortSignal;
  /** Told when there is nothing in the cache: it takes minutes the first time. */
  readonly onBuild?: (go: string) => void;
}

/**
 * The k6 that has the extension, from the cache, else built with `go build` and kept there under a hash of its sources, the
 * version of Go and the platform. Throws ClusterError where there is no Go, or it cannot build.
 */
export async function buildK6({
  machine = thisMachine(),
  sources = k6Sources,
  cache = cacheFolder(machine),
  signal,
  onBuild,
}: BuildOptions = {}): Promise<K6Binary> {
  const go = await findGo(machine, signal);
  const key = keyOf(sources, go.version, machine);
  let built = false;
  const folder = await materialise(cache, `k6-${key}`, machine, async (draft) => {
    onBuild?.(go.version);
    built = true;
    mkdirSync(draft, { mode: 0o755 });
    await compile(go.path, sources, path.join(draft, 'k6'), signal);
  });
  return { path: path.join(folder, 'k6'), version: k6Version(sources), key, built };
}

/** Tests are not part of the program, so they do not change the key. */
function keyOf(sources: string, go: string, machine: Machine): string {
  const hash = createHash('sha256').update(`${go}\0${machine.platform}\0${machine.arch}\0`);
  for (const file of goFiles(sources)) {
    hash
      .update(`${path.relative(sources, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  }
  return hash.digest('hex').slice(0, 20);
}

function goFiles(folder: string): readonly string[] {
  if (!existsSync(path.join(folder, 'go.mod'))) {
    throw new ClusterError('not-able', `no Go module in ${folder}`, 'install pgattest anew');
  }
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /(?:\.go|go\.mod|go\.sum)$/.test(name) && !name.endsWith('_test.go'))
    .sort()
    .map((name) => path.join(folder, name));
}

/** The environment is the caller's: proxies and GOPROXY are set there. */
async function compile(go: string, sources: string, into: string, signal?: AbortSignal): Promise<void> {
  const { exitCode, stderr } = await execa(
    go,
    ['build', '-trimpath', '-buildvcs=false', '-ldflags', '-s -w', '-o', into, '.'],
    { cwd: sources, reject: false, ...(signal === undefined ? {} : { cancelSignal: signal }) },
  );
  signal?.throwIfAborted();
  if (exitCode === 0) return;
  const log = stderr.split('\n').slice(-20);
  const said = log.findLast((line) => line.trim() !== '') ?? `go build ended with ${exitCode}`;
  throw new ClusterError('not-able', `k6 cannot be built: ${said}`, hintFor(stderr), { log });
}

function hintFor(stderr: string): string {
  if (/no space left|disk quota/i.test(stderr)) return 'free some space, or set GOCACHE and PGATTEST_CACHE';
  if (/dial tcp|proxy|lookup |TLS handshake|i\/o timeout/i.test(stderr)) {
    return 'its modules come from the Go module proxy: let GOPROXY be reached';
  }
  return `Go ${goWanted} or newer is needed`;
}

/** As go.mod says it. */
export function k6Version(sources: string = k6Sources): string {
  return (
    /go\.k6\.io\/k6\/v2 (v\S+)/.exec(readFileSync(path.join(sources, 'go.mod'), 'utf8'))?.[1] ?? 'unknown'
  );
}
