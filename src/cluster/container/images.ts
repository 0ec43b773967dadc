import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ClusterError } from '../error.ts';
import type { Machine } from '../machine.ts';
import type { Containers } from './client.ts';

export type ImageName = 'postgres' | 'pgbouncer';

/** An image of ours that is there. */
export interface Image {
  readonly name: ImageName;
  /** `localhost/pgattest/postgres:1a2b3c4d5e6f`: a name that nobody can register, so that none is ever pulled in its place. */
  readonly tag: string;
  readonly base: string;
  /** `sha256:…` of the image as it is used, for the evidence. */
  readonly digest: string;
}

/** What the images are built on when the environment names nothing else. */
export const defaultBases: Readonly<Record<ImageName, string>> = {
  postgres: 'debian:bookworm-slim',
  // Debian 12 has PgBouncer 1.18, which loses prepared statements in transaction mode.
  pgbouncer: 'debian:trixie-slim',
};

const folder = fileURLToPath(new URL('../../../docker/', import.meta.url));

/** Makes sure that an image is there: built from `docker/` when it is not, which takes a minute and says so. */
export async function ensureImage(
  { library, docker }: Containers,
  name: ImageName,
  machine: Machine,
  onProgress: (says: string) => void,
): Promise<Image> {
  const base = machine.env.bases?.[name] ?? defaultBases[name];
  const context = path.join(folder, name);
  const tag = `localhost/pgattest/${name}:${await version(context, base)}`;
  const found = await digestOf(docker, tag);
  if (found !== undefined) return { name, tag, base, digest: found };
  onProgress(`building the image ${tag} on ${base}`);
  try {
    await library.GenericContainer.fromDockerfile(context)
      .withBuildArgs({ BASE: base })
      .build(tag, { deleteOnExit: false });
  } catch (error) {
    throw new ClusterError(
      'no-image',
      `the image ${name} cannot be built on ${base}: ${(error as Error).message}`,
      `try docker build --build-arg BASE=${base} ${context}, or name another base in ${variables[name]}`,
      { cause: error },
    );
  }
  const digest = await digestOf(docker, tag);
  if (digest === undefined) {
    throw new ClusterError(
      'no-image',
      `building the image ${name} on ${base} failed`,
      `see what docker build --build-arg BASE=${base} ${context} says`,
    );
  }
  return { name, tag, base, digest };
}

/** Environment variables that name another base. */
export const variables: Readonly<Record<ImageName, string>> = {
  postgres: 'PGATTEST_POSTGRES_BASE',
  pgbouncer: 'PGATTEST_PGBOUNCER_BASE',
};

/** The tag of an image as it would be built now, whether it is there or not. */
export async function imageTag(name: ImageName, machine: Machine): Promise<string> {
  const base = machine.env.bases?.[name] ?? defaultBases[name];
  return `localhost/pgattest/${name}:${await version(path.join(folder, name), base)}`;
}

/** Another Dockerfile or base is another image. */
async function version(context: string, base: string): Promise<string> {
  const dockerfile = await readFile(path.join(context, 'Dockerfile'));
  return createHash('sha256').update(base).update('\0').update(dockerfile).digest('hex').slice(0, 12);
}

async function digestOf(docker: Containers['docker'], tag: string): Promise<string | undefined> {
  try {
    return (await docker.getImage(tag).inspect()).Id;
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return undefined;
    throw error;
  }
}
