import { describe, onTestFinished } from 'vitest';
import { type Cluster, type ClusterOptions, startCluster } from '../../src/cluster/cluster.ts';
import { containers, type Docker } from '../../src/cluster/container/client.ts';
import { ContainerHost } from '../../src/cluster/container/host.ts';
import { ensureImage } from '../../src/cluster/container/images.ts';
import { runLabel } from '../../src/cluster/container/labels.ts';
import type { Machine } from '../../src/cluster/machine.ts';

const answers = await containers().then(
  () => true,
  () => false,
);

/** Where the machine has no Docker these tests cannot run; in CI that is a failure. */
export const withDocker = describe.skipIf(!answers && !process.env.CI);

export async function dockerOf(): Promise<Docker> {
  return (await containers()).docker;
}

export async function containerHost(machine: Machine): Promise<ContainerHost> {
  const docker = await containers();
  const image = (name: 'postgres' | 'pgbouncer') => ensureImage(docker, name, machine, () => {});
  const images = { postgres: await image('postgres'), pgbouncer: await image('pgbouncer') };
  const host = await ContainerHost.open({ machine, containers: docker, images });
  onTestFinished(() => host.close());
  return host;
}

export async function containerCluster(
  options: Partial<ClusterOptions> & { machine: Machine },
): Promise<Cluster> {
  const cluster = await startCluster({ on: 'docker', settings: {}, throwaway: false, ...options });
  onTestFinished(() => cluster.close());
  return cluster;
}

/** Containers, volumes and networks of a run, or of all runs, by kind and name. */
export async function whatIsLeft(run?: string): Promise<readonly string[]> {
  const docker = await dockerOf();
  const filters = { label: [run === undefined ? runLabel : `${runLabel}=${run}`] };
  const found = await docker.listContainers({ all: true, filters });
  const { Volumes: volumes } = await docker.listVolumes({ filters });
  const networks = await docker.listNetworks({ filters });
  return [
    ...found.map(({ Names }) => `container ${Names[0]}`),
    ...(volumes ?? []).map(({ Name }) => `volume ${Name}`),
    ...networks.map(({ Name }) => `network ${Name}`),
  ];
}
