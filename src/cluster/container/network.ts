import type { Docker } from './client.ts';

type Labels = Readonly<Record<string, string>>;

/** A network whose ports are published on the loopback alone, whatever a container asks for. */
export async function makeNetwork(docker: Docker, name: string, labels: Labels): Promise<void> {
  await docker.createNetwork({
    Name: name,
    Driver: 'bridge',
    Labels: labels,
    Options: { 'com.docker.network.bridge.host_binding_ipv4': '127.0.0.1' },
  });
}

/** @param memory mount options of a volume in memory: `size=1048576,uid=100`; without them it is on disk */
export async function makeVolume(
  docker: Docker,
  name: string,
  labels: Labels,
  memory?: string,
): Promise<void> {
  await docker.createVolume({
    Name: name,
    Labels: labels,
    ...(memory === undefined
      ? {}
      : { Driver: 'local', DriverOpts: { type: 'tmpfs', device: 'tmpfs', o: memory } }),
  });
}
