import { readFile, stat } from 'node:fs/promises';
import type { Driven } from '../../load/drive/bench.ts';
import type { LoadContext } from './bench.ts';

/** A recording that is longer is kept by its figures alone: evidence must stay of a size that is read. */
const longest = 16 * 1024 * 1024;

/** Keeps a recording and who used what meanwhile beside the evidence. */
export async function keep({ run }: LoadContext, name: string, { recordings, usage }: Driven): Promise<void> {
  const safe = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]/g, '-')
    .slice(0, 100);
  for (const [at, recording] of recordings.entries()) {
    const part = recordings.length === 1 ? '' : `-part-${at + 1}`;
    const { size } = await stat(recording);
    if (size <= longest) await run.attach(`load-${safe}${part}.jsonl`, await readFile(recording, 'utf8'));
  }
  const lines = [
    ...usage.samples.map((sample) => JSON.stringify(sample)),
    ...usage.blind.map((blind) => JSON.stringify({ blind })),
  ];
  await run.attach(`load-${safe}.usage.jsonl`, `${lines.join('\n')}\n`);
}
