import { execa } from 'execa';

export interface ChildEnd {
  /** Undefined when it was ended by a signal, or did not start. */
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  /** `ENOENT` and its like, when it did not start. */
  readonly startError: string | undefined;
  readonly stdout: string;
  /** Lines on stderr that nobody took. */
  readonly said: readonly string[];
}

export interface Child {
  readonly pid: number | undefined;
  readonly end: Promise<ChildEnd>;
  /** Asks it to end, and after two seconds makes it. */
  stop(): void;
}

export interface ChildOptions {
  readonly program: string;
  readonly arguments: readonly string[];
  /** Beside that of this process. */
  readonly environment: Readonly<Record<string, string>>;
  /** Taken out of all that is kept. */
  readonly password: string | undefined;
  /** Looks at each line of stderr when it comes; true for one that need not be kept. */
  readonly take: (line: string) => boolean;
}

/** So many of the first and of the last lines are kept: the cause comes first, the end last, and between may be millions. */
const kept = 100;

/** Starts pgbench. It has no input: where it would ask for a password it fails. */
export function startChild(options: ChildOptions): Child {
  const child = execa(options.program, [...options.arguments], {
    env: options.environment,
    stdin: 'ignore',
    buffer: false,
    reject: false,
    stripFinalNewline: false,
    forceKillAfterDelay: 2_000,
  });
  const end = async (): Promise<ChildEnd> => {
    // An iterable throws what the child ended with; the result says it better.
    const [said, out] = await Promise.all([
      keptLines(child.iterable({ from: 'stderr' }), options),
      keptLines(child.iterable({ from: 'stdout' }), { ...options, take: () => false }, Infinity),
    ]);
    const { exitCode, signal, code } = await child;
    const startError = exitCode === undefined && signal === undefined ? code : undefined;
    return { exitCode, signal, startError, stdout: out.join('\n'), said };
  };
  return { pid: child.pid, end: end(), stop: () => void child.kill('SIGTERM') };
}

async function keptLines(
  lines: AsyncIterable<string>,
  { password, take }: Pick<ChildOptions, 'password' | 'take'>,
  limit = kept,
): Promise<readonly string[]> {
  const masked = (text: string) =>
    password === undefined || password === '' ? text : text.replaceAll(password, '***');
  const first: string[] = [];
  const last: string[] = [];
  try {
    for await (const line of lines) {
      if (take(line)) continue;
      if (first.length < limit) first.push(masked(line));
      else if (last.push(masked(line)) > limit) last.shift();
    }
  } catch {
    // The end of a child that failed; what it said until then is here.
  }
  return [...first, ...last];
}
