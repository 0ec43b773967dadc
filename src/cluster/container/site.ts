import type { Binaries, ToolName } from '../binaries.ts';
import { toolNames } from '../binaries.ts';
import { ClusterError } from '../error.ts';
import { initialise } from '../initdb.ts';
import type { Machine } from '../machine.ts';
import { secret } from '../scram.ts';
import type { Site } from '../site.ts';
import { containers } from './client.ts';
import { ContainerHost } from './host.ts';
import { ensureImage, type Image } from './images.ts';
import { removeOrphans } from './orphans.ts';

/** Where Debian and the official image have it. */
const bin = '/usr/lib/postgresql/15/bin';

/** Containers, of images that are built when they are missing. Throws ClusterError `no-docker` or `no-image`. */
export async function containerSite(
  machine: Machine,
  onProgress: (says: string) => void,
  signal?: AbortSignal,
): Promise<Site> {
  const docker = await containers();
  await removeOrphans(docker.docker, machine);
  const images = {
    postgres: await ensureImage(docker, 'postgres', machine, onProgress),
    pgbouncer: await ensureImage(docker, 'pgbouncer', machine, onProgress),
  };
  signal?.throwIfAborted();
  const host = await ContainerHost.open({ machine, containers: docker, images });
  try {
    const facts = await look(host);
    const password = secret();
    return {
      host,
      binaries: { ...facts.binaries, why: `in containers of ${images.postgres.tag}, as asked for` },
      platform: 'linux',
      password,
      notes: [
        `containers on one machine share its ${machine.cores} cores with pgattest and whatever else runs`,
        ...Object.values(images).map(says),
      ],
      freeBytes: async () => facts.freeBytes,
      hasLibrary: (name) => name.includes('/') || facts.libraries.has(name),
      program: async (name) => ({ path: name }),
      makeData: (name) =>
        initialise(host, facts.binaries, name, { password, ...(signal === undefined ? {} : { signal }) }),
      socketFolder: async (name) => {
        const folder = `${host.folder}/${name}`;
        await host.makeFolder(folder);
        return folder;
      },
      close: () => host.close(),
    };
  } catch (error) {
    await host.close().catch(() => undefined);
    throw error;
  }
}

function says({ name, tag, base, digest }: Image): string {
  return `image of ${name}: ${tag} on ${base}, ${digest}`;
}

interface Facts {
  readonly binaries: Omit<Binaries, 'why'> & { readonly why: string };
  readonly libraries: ReadonlySet<string>;
  readonly freeBytes: number;
}

/** One round trip for all that is to be known of the image. */
async function look(host: ContainerHost): Promise<Facts> {
  const script = `
    set -eu
    ${bin}/postgres --version
    df -PB1 ${host.folder} | awk 'NR == 2 { print $4 }'
    for tool in "$@"; do [ -x ${bin}/$tool ] && printf '%s ' "$tool" || true; done; echo
    ls "$(${bin}/pg_config --pkglibdir 2>/dev/null || echo /usr/lib/postgresql/15/lib)" | sed -n 's/\\.so$//p'`;
  const { exitCode, stdout, stderr } = await host.exec(['sh', '-c', script, 'sh', ...toolNames]);
  if (exitCode !== 0)
    throw new ClusterError(
      'no-postgres',
      `no PostgreSQL 15 in the image: ${stderr.trim()}`,
      'build it again',
    );
  const [version = '', free = '0', tools = '', ...libraries] = stdout.trim().split('\n');
  const there = new Set(tools.split(' '));
  return {
    binaries: {
      source: 'docker',
      bin,
      version: version.replace(/^\S+ \(PostgreSQL\) /, ''),
      why: '',
      tools: Object.fromEntries(toolNames.map((name) => [name, there.has(name)])) as Record<
        ToolName,
        boolean
      >,
      libraries: null,
    },
    libraries: new Set(libraries),
    freeBytes: Number(free),
  };
}
