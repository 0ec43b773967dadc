import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { ExecOptions, ExecResult } from '../host.ts';
import { timedOut } from '../run-command.ts';
import type { Container } from './client.ts';

/** Runs a command in a running container to its end. Aborted, it throws the reason; what it started goes with the container. */
export async function execIn(
  container: Container,
  command: readonly string[],
  folder: string,
  { env = {}, stdin, timeoutMs, signal }: ExecOptions = {},
): Promise<ExecResult> {
  signal?.throwIfAborted();
  const limit = timeoutMs === undefined ? [] : ['timeout', '-k', '2', String(timeoutMs / 1000)];
  const exec = await container.exec({
    // By a shell, which says in its exit code that there is no such command; the daemon would say it in its output.
    Cmd: ['sh', '-c', 'exec "$0" "$@"', ...limit, ...command],
    WorkingDir: folder,
    Env: Object.entries({ HOME: folder, LC_ALL: 'C', TZ: 'UTC', ...env }).map(
      ([name, value]) => `${name}=${value}`,
    ),
    AttachStdin: stdin !== undefined,
    AttachStdout: true,
    AttachStderr: true,
  });
  const stream = await exec.start({ hijack: true, stdin: stdin !== undefined });
  const [out, err] = [new Collector(), new Collector()];
  container.modem.demuxStream(stream, out, err);
  const abort = () => stream.destroy();
  signal?.addEventListener('abort', abort, { once: true });
  try {
    if (stdin !== undefined) stream.end(stdin);
    if (!stream.readableEnded) await Promise.race([once(stream, 'end'), once(stream, 'close')]);
    signal?.throwIfAborted();
    const exitCode = await exitOf(exec);
    const late = timeoutMs !== undefined && exitCode === timedOut;
    return {
      exitCode,
      stdout: out.text(),
      stderr: late ? `${err.text()}${command[0]} took longer than ${timeoutMs} ms\n` : err.text(),
    };
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

class Collector extends PassThrough {
  readonly #chunks: Buffer[] = [];

  constructor() {
    super();
    this.on('data', (chunk: Buffer) => this.#chunks.push(chunk));
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString();
  }
}

/** The daemon closes the streams a moment before it knows the exit code. */
async function exitOf(exec: Awaited<ReturnType<Container['exec']>>): Promise<number> {
  for (let attempt = 0; attempt < 500; attempt++) {
    const { Running, ExitCode } = await exec.inspect();
    if (!Running && ExitCode !== null) return ExitCode;
    await delay(10);
  }
  return 128;
}
