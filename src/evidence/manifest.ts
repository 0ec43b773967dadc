import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { canonical, sha256 } from './canonical.ts';
import { manifestFile, planFile } from './files.ts';
import { Digest } from './model.ts';

export const manifestSchema = 'pgattest.manifest/1';

/** What a finished run consists of. Written last: a run without it did not finish. */
export const Manifest = z.strictObject({
  schema: z.literal(manifestSchema),
  run: z.string(),
  files: z
    .record(z.string(), z.strictObject({ sha256: Digest, bytes: z.int().nonnegative() }))
    .describe('every file of the run but this one'),
  records: z.int().nonnegative().describe('lines of evidence.jsonl'),
  last: Digest.describe('hash of the last record'),
  previous: Digest.nullable().describe(
    'SHA-256 of the manifest of the run before in the same folder of runs',
  ),
  hash: Digest.describe('SHA-256 of the canonical JSON (RFC 8785) of this manifest without `hash`'),
});
export type Manifest = z.infer<typeof Manifest>;

/** Adds the hash over everything else, so that a changed byte of the manifest itself shows. */
export function sealManifest(content: Omit<Manifest, 'hash'>): Manifest {
  return { ...content, hash: sha256(canonical(content)) };
}

export async function describeFile(path: string): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { sha256: hash.digest('hex'), bytes };
}

/** SHA-256 of each manifest below a folder of runs, with what it says of the run before. Unreadable ones are left out. */
export async function manifestsIn(root: string): Promise<readonly KnownManifest[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
  const known: KnownManifest[] = [];
  for (const entry of entries) {
    if (!entry.isDirectory()) continue;
    const bytes = await readFile(join(root, entry.name, manifestFile)).catch(() => undefined);
    if (bytes !== undefined)
      known.push({ folder: entry.name, digest: sha256(bytes), previous: previousOf(bytes) });
  }
  return known;
}

interface KnownManifest {
  readonly folder: string;
  readonly digest: string;
  readonly previous: string | null;
}

/**
 * The manifest that the next run in `root` follows: one that no other follows yet. Runs that ended at the same time
 * leave several; then it is the one that started last.
 */
export async function latestManifest(root: string): Promise<string | null> {
  const known = await manifestsIn(root);
  const followed = new Set(known.map((one) => one.previous));
  const tips = known.filter((one) => !followed.has(one.digest));
  if (tips.length < 2) return tips[0]?.digest ?? null;
  const dated = await Promise.all(
    tips.map(async (tip) => ({
      digest: tip.digest,
      at: await startOf(join(root, tip.folder)),
      name: tip.folder,
    })),
  );
  dated.sort((a, b) => (a.at === b.at ? order(a.name, b.name) : order(a.at, b.at)));
  return dated.at(-1)?.digest ?? null;
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function previousOf(bytes: Uint8Array): string | null {
  try {
    return Manifest.parse(JSON.parse(Buffer.from(bytes).toString('utf8'))).previous;
  } catch {
    return null;
  }
}

async function startOf(folder: string): Promise<string> {
  try {
    const plan: unknown = JSON.parse(await readFile(join(folder, planFile), 'utf8'));
    return z.object({ startedAt: z.string() }).parse(plan).startedAt;
  } catch {
    return '';
  }
}
