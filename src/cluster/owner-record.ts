import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { Kept } from './named/kept.ts';

/** A process that is ours: the start time makes sure that a pid used again is never mistaken for it. */
export const OwnedProcess = z.strictObject({
  name: z.string(),
  pid: z.int().positive(),
  start: z.string(),
  /** The signal that ends it in order. */
  stop: z.enum(['SIGINT', 'SIGTERM', 'SIGQUIT']),
});
export type OwnedProcess = z.infer<typeof OwnedProcess>;

/** `owner.json`: whose folder this is, and what must go with it. */
export const OwnerRecord = z.strictObject({
  /** 2 is 1 with what comes after `segments`: a version that does not know them must not think that it knows the folder. */
  schema: z.enum(['pgattest.owner/1', 'pgattest.owner/2']),
  pid: z.int().positive(),
  start: z.string(),
  /** Boot and pid namespace; see ProcessTable.space. */
  space: z.string(),
  since: z.string(),
  processes: z.array(OwnedProcess),
  /** Shared memory of servers that died without tidying up; see shared-memory.ts. */
  segments: z.array(z.string()),
  /** There may be containers, a network and a volume that carry the folder's name as their label. */
  docker: z.string().optional(),
  /** The cluster stays when its process has gone, until `pgattest down`. */
  kept: Kept.optional(),
  /** The folder of a kept cluster that this one goes with. */
  partOf: z.string().optional(),
});
export type OwnerRecord = z.infer<typeof OwnerRecord>;

export const ownerFile = 'owner.json';

/** The record of a folder; `unknown` when another version wrote it, undefined when there is none or it is not whole. */
export function readRecord(folder: string): OwnerRecord | 'unknown' | undefined {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path.join(folder, ownerFile), 'utf8'));
  } catch {
    return undefined;
  }
  const { success, data } = OwnerRecord.safeParse(content);
  if (success) return data;
  return z.object({ schema: z.string().startsWith('pgattest.owner/') }).safeParse(content).success
    ? 'unknown'
    : undefined;
}

/** The record of a folder that belongs to a kept cluster: its own, or that of which it is part. */
export function keptRecord(record: OwnerRecord): Kept | undefined {
  if (record.kept !== undefined || record.partOf === undefined) return record.kept;
  const whole = readRecord(record.partOf);
  return whole === undefined || whole === 'unknown' ? undefined : whole.kept;
}
