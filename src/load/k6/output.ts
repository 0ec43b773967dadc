import type { K6Log, K6Progress } from './model.ts';

const running =
  /^running \((?:(\d+)h)?(?:(\d+)m)?([\d.]+)s\), (\d+)\/\d+ VUs, (\d+) complete and (\d+) interrupted iterations/;
const bar = /^\S.*\[ *(\d+)% \]/;

/** Puts together what k6 prints about its progress: one line for the test, one for each scenario. */
export class ProgressReader {
  #latest: K6Progress | undefined;
  readonly #bars = new Map<string, number>();

  /** The last of `running (…)`; undefined before the first. */
  get latest(): K6Progress | undefined {
    return this.#latest;
  }

  /** True when there is something new to tell. */
  read(line: string): boolean {
    const test = running.exec(line);
    if (test !== null) {
      const [, hours = '0', minutes = '0', seconds = '0', users = '0', complete = '0', interrupted = '0'] =
        test;
      this.#latest = {
        fraction: this.#fraction(),
        elapsed: Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds),
        activeUsers: Number(users),
        iterations: Number(complete),
        interrupted: Number(interrupted),
      };
      return false;
    }
    const percent = bar.exec(line);
    if (percent === null || this.#latest === undefined) return false;
    this.#bars.set(line.split(/\s/, 1)[0] ?? '', Number(percent[1]) / 100);
    this.#latest = { ...this.#latest, fraction: this.#fraction() };
    return true;
  }

  #fraction(): number {
    const all = [...this.#bars.values()];
    return all.length === 0 ? 0 : all.reduce((sum, one) => sum + one, 0) / all.length;
  }
}

const levels: Readonly<Record<string, K6Log['level']>> = {
  error: 'error',
  fatal: 'error',
  panic: 'error',
  warning: 'warning',
  info: 'info',
};

/** A line of k6's log in JSON; what is not JSON, such as a Go panic, is an error as it stands. */
export function readLog(line: string): K6Log {
  try {
    const entry: unknown = JSON.parse(line);
    if (typeof entry === 'object' && entry !== null && 'msg' in entry) {
      const { msg, level, source } = entry as Record<string, unknown>;
      return {
        level: levels[String(level)] ?? 'debug',
        message: String(msg).trim(),
        source: typeof source === 'string' ? source : null,
      };
    }
  } catch {
    // Not JSON.
  }
  return { level: 'error', message: line, source: null };
}
