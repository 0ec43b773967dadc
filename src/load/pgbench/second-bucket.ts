import { Histogram } from '../recording/histogram.ts';
import type { RecordingBucket } from '../recording/model.ts';
import type { LogLines } from './log-lines.ts';
import type { Script } from './options.ts';

/** What one transaction of a script adds to: itself, and the statements in it. */
export interface Share {
  readonly statement: string;
  readonly kind: RecordingBucket['kind'];
  readonly count: number;
}

/** Of a script by what it is said to hold. */
export function sharesOfScript(name: string, { as = name, holds = [] }: Script): readonly Share[] {
  const statements = Array.isArray(holds)
    ? holds
    : [
        { statement: `${as}.reads`, kind: 'read' as const, count: holds.reads ?? 0 },
        { statement: `${as}.writes`, kind: 'write' as const, count: holds.writes ?? 0 },
      ];
  return [{ statement: as, kind: 'transaction', count: 1 }, ...statements.filter(({ count }) => count > 0)];
}

interface Part {
  readonly share: Share;
  done: number;
  failed: number;
  readonly latency: Histogram;
  readonly service: Histogram | undefined;
}

/** Serialization failures and deadlocks, the only ones that pgbench goes on after: both of SQLSTATE class 40. */
const failureClass = '40';

/** All that was answered in one second of a run. */
export class SecondBucket {
  readonly #parts = new Map<string, Part>();
  readonly #open: boolean;
  skipped = 0;

  /** @param open whether the work arrived by the clock: latency and service time differ only then */
  constructor(open: boolean) {
    this.#open = open;
  }

  /** Adds line `at`, of a script with these shares. */
  add(lines: LogLines, at: number, outcome: string | undefined, shares: readonly Share[]): void {
    if (outcome === 'skipped') {
      this.skipped++;
      return;
    }
    const latency = lines.latency[at] as number;
    for (const share of shares) {
      const part = this.#part(share);
      if (outcome === 'done') {
        part.done += share.count;
        part.latency.record(latency, share.count);
        part.service?.record(latency - (lines.lag[at] as number), share.count);
      } else part.failed += share.count;
    }
  }

  lines(second: number): readonly RecordingBucket[] {
    return [...this.#parts.values()].map(({ share, done, failed, latency, service }) => ({
      second,
      statement: share.statement,
      kind: share.kind,
      done,
      ...(failed > 0 ? { errors: { [failureClass]: failed } } : {}),
      ...(latency.count > 0 ? { latency: latency.encode() } : {}),
      ...(service !== undefined && service.count > 0 ? { service: service.encode() } : {}),
    }));
  }

  #part(share: Share): Part {
    const key = `${share.kind} ${share.statement}`;
    let part = this.#parts.get(key);
    if (part === undefined) {
      const service = this.#open ? new Histogram() : undefined;
      part = { share, done: 0, failed: 0, latency: new Histogram(), service };
      this.#parts.set(key, part);
    }
    return part;
  }
}
