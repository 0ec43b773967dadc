import type { ContainerRuntimeClient } from 'testcontainers';
import { ClusterError } from '../error.ts';

/** The types of the daemon's own client, by way of Testcontainers. */
export type Docker = ContainerRuntimeClient['container']['dockerode'];
export type Container = ReturnType<Docker['getContainer']>;

export interface Containers {
  readonly library: typeof import('testcontainers');
  readonly client: ContainerRuntimeClient;
  readonly docker: Docker;
  /** Which daemon it is, as DOCKER_HOST has it; '' is this machine's own. */
  readonly address: string;
}

/**
 * Testcontainers and its client. Loaded only when containers are asked for: it takes half a second. Throws ClusterError
 * `no-docker` when no daemon answers, or it is not the one that is wanted.
 */
export async function containers(wanted?: string): Promise<Containers> {
  const address = process.env.DOCKER_HOST ?? '';
  if (wanted !== undefined && wanted !== address) {
    const where = wanted === '' ? "this machine's own daemon" : wanted;
    throw new ClusterError('no-docker', `the containers are with ${where}`, `set DOCKER_HOST=${wanted}`);
  }
  // What a run makes is on its own record and goes with it, also after a crash. The helper container that Testcontainers would
  // start for the same end is an image that has to be there; who has it, and wants it too, says so.
  process.env.TESTCONTAINERS_RYUK_DISABLED ??= 'true';
  const library = await import('testcontainers');
  try {
    const client = await library.getContainerRuntimeClient();
    return { library, client, docker: client.container.dockerode, address };
  } catch (error) {
    throw new ClusterError(
      'no-docker',
      `Docker does not answer: ${(error as Error).message}`,
      'start it, join the group docker, or set DOCKER_HOST; see pgattest doctor',
      { cause: error },
    );
  }
}
