import { z } from 'zod';
import type { Backup } from './model.ts';
import { readSegment } from './wal.ts';

/** What is used of `pgbackrest info --output=json`. */
const Info = z.array(
  z.object({
    backup: z.array(
      z.object({
        label: z.string(),
        type: z.enum(['full', 'diff', 'incr']),
        prior: z.string().nullable().optional(),
        archive: z.object({ start: z.string().nullable(), stop: z.string().nullable() }),
        lsn: z.object({ start: z.string(), stop: z.string() }).optional(),
        info: z.object({ repository: z.object({ delta: z.number() }) }),
        /** Seconds since 1970. */
        timestamp: z.object({ start: z.number(), stop: z.number() }),
        error: z.boolean().nullable().optional(),
      }),
    ),
  }),
);

const kinds = { full: 'full', diff: 'differential', incr: 'incremental' } as const;

export interface Listed extends Backup {
  readonly startSegment: string;
  /** The one that it builds on. */
  readonly prior?: string;
  /** Pages were found damaged in it: it is nothing to restore from. */
  readonly damaged: boolean;
}

/** Backups of a repository, oldest first. */
export function backupsOf(json: string): readonly Listed[] {
  return Info.parse(JSON.parse(json)).flatMap(({ backup }) =>
    backup.map(({ label, type, archive, lsn, info, timestamp, error, prior }) => ({
      label,
      kind: kinds[type],
      bytes: info.repository.delta,
      milliseconds: (timestamp.stop - timestamp.start) * 1000,
      // Whole seconds: it may have ended up to one later.
      at: new Date((timestamp.stop + 1) * 1000),
      startSegment: archive.start ?? '',
      damaged: error === true,
      ...(typeof prior === 'string' ? { prior } : {}),
      ...(lsn === undefined
        ? {}
        : { end: { lsn: lsn.stop, timeline: readSegment(archive.stop ?? '')?.timeline ?? 1 } }),
    })),
  );
}
