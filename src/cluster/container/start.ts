import type { StartupStatus } from 'testcontainers';
import { ClusterError } from '../error.ts';
import type { Address } from '../host.ts';
import type { Container, Containers } from './client.ts';

export interface ContainerOptions {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** `none`: it has no address. */
  readonly network: string;
  /** By which the others on the network find it. */
  readonly alias: string;
  readonly volumes: readonly Volume[];
  /** A port of the container, and the one on the loopback that leads to it. */
  readonly published?: { readonly inside: number; readonly port: number };
}

/** A volume, and where it is in the container. */
export interface Volume {
  readonly name: string;
  readonly mount: string;
}

export interface StartedContainer {
  readonly container: Container;
  readonly pid: number;
  readonly address: Address | undefined;
  readonly direct: Address | undefined;
}

/**
 * Starts a container that pgattest removes itself. It is back when the container runs, or has run: whether the server in it answers
 * is for whoever started it to see, with a client. Throws ClusterError when the daemon does not start it.
 */
export async function startContainer(
  { library, docker }: Containers,
  options: ContainerOptions,
): Promise<StartedContainer> {
  const { name, alias, network, published, volumes } = options;

  /** Published on the loopback; Testcontainers would publish on every address. */
  class OnLoopback extends library.GenericContainer {
    protected override async beforeContainerCreated(): Promise<void> {
      // On this network from the first moment and on no other: with an alias Testcontainers would make it on the default one as well.
      if (network !== 'none')
        this.createOpts.NetworkingConfig = { EndpointsConfig: { [network]: { Aliases: [alias] } } };
      if (published === undefined) return;
      this.hostConfig.PortBindings = {
        [`${published.inside}/tcp`]: [{ HostIp: '127.0.0.1', HostPort: String(published.port) }],
      };
    }
  }

  class Runs extends library.StartupCheckStrategy {
    override async checkStartupState(): Promise<StartupStatus> {
      return 'SUCCESS';
    }
  }

  const container = new OnLoopback(options.image)
    .withName(name)
    .withCommand([...options.command])
    .withEnvironment({ LC_ALL: 'C', TZ: 'UTC', ...options.env })
    .withLabels(options.labels)
    .withNetworkMode(network)
    .withBindMounts(volumes.map(({ name, mount }) => ({ source: name, target: mount })))
    .withSharedMemorySize(1024 ** 3)
    .withDefaultLogDriver()
    .withWaitStrategy(new Runs())
    // The run's own record does it, and a cluster that stays must not go with this process.
    .withAutoCleanup(false);
  if (published !== undefined) container.withExposedPorts(published.inside);
  try {
    const started = await container.start();
    return await inspected(docker.getContainer(started.getId()), options);
  } catch (error) {
    if (error instanceof ClusterError) throw error;
    // One that ended at once has no ports, and its log says why.
    const made = docker.getContainer(name);
    const state = await made.inspect().then(
      ({ State }) => State,
      () => undefined,
    );
    if (state !== undefined && state.Status === 'exited' && state.StartedAt > '0001-01-02')
      return inspected(made, options);
    await made.remove({ force: true }).catch(() => undefined);
    throw new ClusterError('start-failed', `the container ${name}: ${(error as Error).message}`, '', {
      cause: error,
    });
  }
}

async function inspected(
  container: Container,
  { network, published }: ContainerOptions,
): Promise<StartedContainer> {
  const { State, NetworkSettings } = await container.inspect();
  const own = NetworkSettings.Networks[network]?.IPAddress;
  return {
    container,
    pid: State.Pid,
    address: published === undefined ? undefined : { host: '127.0.0.1', port: published.port },
    direct: published === undefined || !own ? undefined : { host: own, port: published.inside },
  };
}
