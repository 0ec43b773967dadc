import { existsSync } from 'node:fs';
import { z } from 'zod';
import type { Machine } from '../machine.ts';
import { ask, failureOf, findFile } from './ask.ts';
import { askDaemon, type Daemon, daemonAt, socketsOf, type Variables } from './docker-daemon.ts';
import { imagesHere, imagesOf, ryukOf, serverOf } from './docker-images.ts';
import { install } from './install.ts';
import type { DockerDaemon, Tool } from './model.ts';
import { versionIn } from './programs.ts';
import { socketAccess } from './socket-access.ts';

export interface DockerFacts {
  readonly daemon: DockerDaemon | null;
  /** PostgreSQL in containers, which goes with those of processes. */
  readonly server: Tool;
  readonly tools: readonly Tool[];
}

export interface DockerOptions {
  readonly env?: Variables;
  /** Where to look for a socket when no variable says. */
  readonly sockets?: readonly string[];
  readonly signal?: AbortSignal;
}

const Version = z.object({ Version: z.string() });
const Info = z.object({ DockerRootDir: z.string() });
const Images = z.array(z.object({ RepoTags: z.array(z.string()).nullable() }));

interface Answers {
  readonly version: string;
  readonly root: string | null;
  /** `name:tag`; null when it does not say. */
  readonly tags: readonly string[] | null;
}

/** What there is of Docker. The daemon is asked itself: Testcontainers needs no client. */
export async function probeDocker(
  machine: Machine,
  { env = {}, sockets = socketsOf(machine, env), signal }: DockerOptions = {},
): Promise<DockerFacts> {
  const options = signal === undefined ? {} : { signal };
  const found = locate(env, sockets, machine);
  const [answers, compose] = await Promise.all([
    'problem' in found ? undefined : questions(found, machine, env, options),
    probeCompose(machine, options),
  ]);
  const problem =
    'problem' in found
      ? found.problem
      : answers === undefined
        ? null
        : 'problem' in answers
          ? answers.problem
          : null;
  const said = answers !== undefined && !('problem' in answers) ? answers : undefined;
  const address = 'problem' in found ? null : found.address;
  const docker: Tool = {
    name: 'docker',
    present: said !== undefined,
    missing: problem === 'not installed',
    version: said === undefined ? null : versionIn(said.version),
    path: address,
    problem,
    note: null,
    enables: 'clusters in containers',
    install: install.docker,
  };
  const images = said === undefined ? [] : await imagesHere(machine, said.tags);
  return {
    daemon:
      'problem' in found
        ? null
        : {
            address: found.address,
            answers: said !== undefined,
            access: found.socket === null ? null : socketAccess(found.socket),
            root: said?.root ?? null,
          },
    server: serverOf(docker, images),
    tools: [docker, compose, imagesOf(docker, images), ryukOf(docker, said?.tags ?? [], env)],
  };
}

function locate(
  env: Variables,
  sockets: readonly string[],
  machine: Machine,
): Daemon | { readonly problem: string } {
  const { DOCKER_HOST: host } = env;
  try {
    if (host) return daemonAt(host, env);
    const socket = sockets.find((file) => existsSync(file));
    if (socket !== undefined) return daemonAt(`unix://${socket}`);
  } catch (error) {
    return { problem: (error as Error).message };
  }
  return {
    problem:
      findFile(['dockerd', 'docker'], machine) === undefined
        ? 'not installed'
        : `installed, but not started; ${startIt(machine)}`,
  };
}

async function questions(
  daemon: Daemon,
  machine: Machine,
  env: Variables,
  options: { readonly signal?: AbortSignal },
): Promise<Answers | { readonly problem: string }> {
  // Whoever answers the first question may still stumble over the others: they are extras.
  const extra = async <T>(shape: z.ZodType<T>, what: string) => {
    try {
      return shape.parse(await askDaemon(daemon, what, options));
    } catch {
      return null;
    }
  };
  const [version, info, list] = await Promise.all([
    askDaemon(daemon, '/version', options).then(
      (answer) => Version.safeParse(answer).data ?? { problem: 'answers, but says no version' },
      (error: NodeJS.ErrnoException) => ({ problem: problemOf(error, daemon, machine, env) }),
    ),
    extra(Info, '/info'),
    extra(Images, '/images/json'),
  ]);
  options.signal?.throwIfAborted();
  if ('problem' in version) return version;
  return {
    version: version.Version,
    root: info?.DockerRootDir ?? null,
    tags: list?.flatMap(({ RepoTags }) => RepoTags ?? []) ?? null,
  };
}

/** What the error of a connection means to whoever sees it. */
export function problemOf(
  error: NodeJS.ErrnoException,
  { address, socket }: Daemon,
  machine: Machine,
  env: Variables,
): string {
  switch (error.code) {
    case 'EACCES':
    case 'EPERM':
      return `closed to this account; it is for ${(socket && socketAccess(socket)) ?? 'others'}; sudo usermod -aG docker ${env.USER ?? '$USER'}`;
    case 'ENOENT':
      return `there is nothing at ${address}`;
    case 'ECONNREFUSED':
      return `stopped: nothing answers at ${address}${socket === null ? '' : `; ${startIt(machine)}`}`;
    default:
      return error.message;
  }
}

function startIt({ platform }: Machine): string {
  return platform === 'darwin' ? 'open -a Docker' : 'sudo systemctl start docker';
}

async function probeCompose(machine: Machine, options: { readonly signal?: AbortSignal }): Promise<Tool> {
  const rest = {
    name: 'docker compose',
    enables: 'the topology, to keep',
    install: install.compose,
    note: null,
  };
  const none = { ...rest, present: false, version: null, path: null };
  const candidates = [
    { file: findFile(['docker'], machine), parameters: ['compose', 'version'] },
    { file: findFile(['docker-compose'], machine), parameters: ['version'] },
  ].filter(({ file }) => file !== undefined);
  const tried = await Promise.all(
    candidates.map(async ({ file = '', parameters }) => ({
      file,
      result: await ask([file, ...parameters], machine, options),
    })),
  );
  for (const { file, result } of tried) {
    const version = result.exitCode === 0 ? versionIn(result.stdout) : null;
    if (version !== null)
      return { ...rest, present: true, missing: false, version, path: file, problem: null };
  }
  // A client without the plugin says so with an error: no more than not there.
  const broken = tried.find(({ file, result }) => file.endsWith('docker-compose') && result.exitCode !== 0);
  return broken === undefined
    ? { ...none, missing: true, problem: 'not installed' }
    : { ...none, missing: false, problem: failureOf(broken.result) };
}
