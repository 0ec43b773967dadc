import { folderLabel } from '../../src/cluster/container/labels.ts';
import { dockerOf } from './support.ts';

/** Containers, volumes and networks of the runs whose folders are, or were, below a folder. */
export async function leftIn(tmp: string): Promise<readonly string[]> {
  const docker = await dockerOf();
  const filters = { label: [folderLabel] };
  const { Volumes: volumes } = await docker.listVolumes({ filters });
  return [
    ...(await docker.listContainers({ all: true, filters })).map((each) => ({
      ...each,
      what: `container ${each.Names[0]}`,
    })),
    ...(volumes ?? []).map((each) => ({ ...each, what: `volume ${each.Name}` })),
    ...(await docker.listNetworks({ filters })).map((each) => ({ ...each, what: `network ${each.Name}` })),
  ].flatMap(({ Labels, what }) => (Labels?.[folderLabel]?.startsWith(`${tmp}/`) ? [what] : []));
}
