import { defaultBases, type ImageName, imageTag } from '../container/images.ts';
import type { Machine } from '../machine.ts';
import type { Variables } from './docker-daemon.ts';
import { everywhere, install } from './install.ts';
import type { Tool } from './model.ts';
import { versionIn } from './programs.ts';

/** What Testcontainers removes the containers of a killed program with. */
const ryukImage = 'testcontainers/ryuk:0.14.0';

/** An image as it would be run, and whether it is there. */
export interface Image {
  readonly tag: string;
  readonly base: string;
  readonly built: boolean;
}

/** Empty when the package came without what they are built from. */
export async function imagesHere(
  machine: Machine,
  tags: readonly string[] | null,
): Promise<readonly Image[]> {
  try {
    return await Promise.all(
      (Object.keys(defaultBases) as ImageName[]).map(async (name) => {
        const tag = await imageTag(name, machine);
        const base = machine.env.bases?.[name] ?? defaultBases[name];
        return { tag, base, built: tags?.includes(tag) === true };
      }),
    );
  } catch {
    return [];
  }
}

/** PostgreSQL in containers. */
export function serverOf(docker: Tool, images: readonly Image[]): Tool {
  const rest = {
    name: 'postgres (docker)',
    enables: 'every claim, in containers',
    install: install.docker,
    path: docker.path,
    missing: docker.missing,
  };
  if (!docker.present) return { ...rest, present: false, version: null, problem: 'needs docker', note: null };
  const note = images.every(({ built }) => built) ? null : 'its images are built at the first use';
  return { ...rest, present: true, version: '15', problem: null, note };
}

export function imagesOf(docker: Tool, images: readonly Image[]): Tool {
  const rest = {
    name: 'images of pgattest',
    enables: 'containers that start at once',
    install: everywhere('npx pgattest up saas-gcp --on docker'),
    path: null,
    note: null,
  };
  const missing = images.filter(({ built }) => !built);
  const problem = !docker.present
    ? 'needs docker'
    : images.length === 0
      ? 'the package came without the folder docker/'
      : missing.length === 0
        ? null
        : `not built yet: ${missing.map(({ tag }) => tag).join(', ')}`;
  return { ...rest, present: problem === null, missing: missing.length > 0, version: null, problem };
}

/** Testcontainers' own cleaner; the program's is there without it. */
export function ryukOf(docker: Tool, tags: readonly string[], env: Variables): Tool {
  const rest = {
    name: 'image of Ryuk',
    enables: 'removes containers on kill -9',
    install: everywhere(`docker pull ${ryukImage}`),
    path: null,
  };
  if (!docker.present)
    return { ...rest, present: false, version: null, problem: 'needs docker', note: null, missing: false };
  const tag = tags.find((each) => each.includes('testcontainers/ryuk:'));
  // Not used unless one asks for it: what a run makes is on its own record.
  const off = env.TESTCONTAINERS_RYUK_DISABLED !== 'false';
  if (tag === undefined) {
    const problem = off ? 'not here, not needed' : 'not pulled yet';
    return { ...rest, present: false, missing: !off, version: null, problem, note: null };
  }
  const note = off ? 'off; TESTCONTAINERS_RYUK_DISABLED=false turns it on' : null;
  return { ...rest, present: true, missing: false, version: versionIn(tag), problem: null, note };
}
