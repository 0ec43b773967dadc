import type { ContainerRuntimeClient } from 'testcontainers';
import { askDaemon, daemonAt, socketsOf, type Variables } from '../doctor/docker-daemon.ts';
import { ClusterError } from '../error.ts';
import { thisMachine } from '../machine.ts';

/** The types of the daemon's own client, by way of Testcontainers. */
export type Docker = ContainerRuntimeClient['container']['dockerode'];
export type Container = ReturnType<Docker['getContainer']>;

export interface Containers {
  readonly library: typeof import('testcontainers');
  readonly client: ContainerRuntimeClient;
  readonly docker: Docker;
  /** Which daemon it is, as DOCKER_HOST would have it: `unix:///var/run/docker.sock`. */
  readonly address: string;
}

/** A daemon that takes longer to say who it is is taken for hanging; one with much to do takes its time for the rest. */
const patienceMs = 10_000;
const requestMs = 60_000;

/**
 * Testcontainers and its client. Loaded only when containers are asked for: it takes half a second. Throws ClusterError
 * `no-docker` when no daemon answers, or it is not the one that is wanted.
 */
export async function containers(wanted?: string): Promise<Containers> {
  // What a run makes is on its own record and goes with it, also after a crash. The helper container that Testcontainers would
  // start for the same end is an image that has to be there; who has it, and wants it too, says so.
  process.env.TESTCONTAINERS_RYUK_DISABLED ??= 'true';
  const asked = process.env.DOCKER_HOST || undefined;
  await answers(asked);
  const library = await import('testcontainers');
  const client = await library.getContainerRuntimeClient().catch((error) => {
    throw silent(asked ?? wanted, error);
  });
  const docker = client.container.dockerode;
  const address = addressOf(docker);
  // Testcontainers goes on to this machine's own daemon when the one that DOCKER_HOST names does not answer.
  if (asked !== undefined && address !== normalised(asked)) throw silent(asked);
  if (wanted !== undefined && wanted !== address) {
    throw asked === undefined && wanted.startsWith('unix:')
      ? silent(wanted)
      : new ClusterError('no-docker', `the containers are with ${wanted}`, `set DOCKER_HOST=${wanted}`);
  }
  guard(docker, address);
  return { library, client, docker, address };
}

/** Waits for a daemon to say that it is there. Throws what was wrong with the first that may be one when none does. */
export async function daemonAtHand(env: Variables, timeoutMs: number): Promise<void> {
  const { DOCKER_HOST: asked } = env;
  const places = asked ? [asked] : socketsOf(thisMachine(), env).map((socket) => `unix://${socket}`);
  let wrong: unknown;
  for (const place of places) {
    try {
      await askDaemon(daemonAt(place, env), '/version', { timeoutMs });
      return;
    } catch (error) {
      if (wrong === undefined || isMissing(wrong)) wrong = error;
    }
  }
  throw wrong;
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

/** Testcontainers would wait for ever for one that hangs. */
async function answers(asked: string | undefined): Promise<void> {
  try {
    await daemonAtHand(process.env, patienceMs);
  } catch (error) {
    // Nothing that is named here: its own file of properties may name one.
    if (asked === undefined && isMissing(error)) return;
    throw silent(asked, error);
  }
}

function silent(where: string | undefined, cause?: unknown): ClusterError {
  return new ClusterError(
    'no-docker',
    `Docker does not answer${where === undefined ? '' : ` at ${where}`}${cause instanceof Error ? ` (${cause.message})` : ''}`,
    'start it, join the group docker, or set DOCKER_HOST; see pgattest doctor',
    cause === undefined ? {} : { cause },
  );
}

const guarded = new WeakSet<Docker>();

/** A daemon that goes in the middle is said in one line, and one that hangs does not hang this program. */
function guard(docker: Docker, address: string): void {
  if (guarded.has(docker)) return;
  guarded.add(docker);
  const { modem } = docker;
  const dial = modem.dial.bind(modem);
  // The timeout is until the answer begins, whatever its name says.
  Object.assign(modem, {
    connectionTimeout: requestMs,
    dial: (options: Parameters<typeof dial>[0], callback: Parameters<typeof dial>[1]) =>
      dial(options, (error, data) => callback?.(lost(error, address), data)),
  });
}

/** The error of a connection as one that says what to do; any other as it is. */
function lost(error: Error | null, address: string): Error | null {
  const { code, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  if (syscall !== 'connect' && code !== 'ECONNRESET' && code !== 'EPIPE') return error;
  return new ClusterError(
    'no-docker',
    `Docker does not answer any more at ${address}`,
    'when it is back, the next start or pgattest clean removes what is left',
    { cause: error },
  );
}

function addressOf({ modem }: Docker): string {
  const { socketPath, host, port } = modem as Partial<Record<'socketPath' | 'host' | 'port', string>>;
  return socketPath === undefined ? `tcp://${host}:${port}` : `unix://${socketPath}`;
}

/** As Testcontainers reads it: a host, or else a path. */
function normalised(address: string): string {
  if (!URL.canParse(address)) return address;
  const { hostname, port, pathname } = new URL(address);
  return hostname === '' ? `unix://${pathname}` : `tcp://${hostname}:${port}`;
}
