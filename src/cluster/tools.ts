import { setMaxListeners } from 'node:events';
import { accountOf } from './doctor/account.ts';
import { probeDocker } from './doctor/docker.ts';
import type { Variables } from './doctor/docker-daemon.ts';
import { builtK6, k6Of } from './doctor/k6.ts';
import { freeBytes } from './doctor/kernel.ts';
import type { DockerDaemon, DoctorFacts, Limit } from './doctor/model.ts';
import { type ProgramName, probeProgram, programs } from './doctor/programs.ts';
import { readinessOf } from './doctor/purposes.ts';
import { probeServer } from './doctor/servers.ts';
import { systemOf } from './doctor/system.ts';
import { limitSources, readLimits } from './limits.ts';
import { type Machine, thisMachine } from './machine.ts';

export interface DoctorOptions {
  readonly machine?: Machine;
  /** Variables that clients of Docker and CI services set. */
  readonly env?: Variables;
  readonly signal?: AbortSignal;
}

/**
 * What this machine has of all that pgattest can make use of. Nothing missing is an error here; nothing hangs, nothing is thrown but the
 * reason of the signal.
 */
export async function doctorFacts({
  machine = thisMachine(),
  env = {},
  signal,
}: DoctorOptions = {}): Promise<DoctorFacts> {
  const options = signal === undefined ? {} : { signal };
  // Each probe listens, and Node takes more than ten for a leak.
  if (signal !== undefined) setMaxListeners(50, signal);
  const local = probeServer('local', machine, signal);
  const probes = programs.map(async (program) => {
    // Tools of PostgreSQL count where the server is.
    const bin = 'besideServer' in program ? (await local).path : null;
    return probeProgram(program, machine, { ...options, bin });
  });
  const [system, docker, limits, embedded, here, built, ...rest] = await Promise.all([
    systemOf(machine, env),
    probeDocker(machine, { env, ...options }),
    limitSources(machine).then((sources) => readLimits(machine, sources)),
    probeServer('embedded', machine, signal),
    local,
    builtK6(machine, signal),
    ...probes,
  ]);
  const k6 = k6Of(
    rest.find(({ name }) => name === 'go'),
    built,
  );
  const tools = [here, embedded, docker.server, ...rest.slice(0, -1), k6, ...docker.tools, ...rest.slice(-1)];
  const all = [...limits, ...(await dockerDisk(docker.daemon))];
  return {
    system,
    account: accountOf(machine),
    docker: docker.daemon,
    tools,
    limits: all,
    readiness: [...readinessOf(tools, all)],
  };
}

/** Only where the folder is on this machine: the daemon may be in a virtual one, or elsewhere. */
async function dockerDisk(daemon: DockerDaemon | null): Promise<readonly Limit[]> {
  if (daemon === null || daemon.access === null || daemon.root === null) return [];
  const { root } = daemon;
  const value = await freeBytes(root);
  if (value === null) return [];
  const wanted = 2 * 1024 ** 3;
  return [
    {
      name: "docker's disk",
      value,
      unit: 'bytes',
      wanted,
      enough: value >= wanted,
      says: `images and volumes are in ${root}`,
      detail: null,
      raise: 'docker system df says what takes it',
    },
  ];
}

/** A program that a cluster uses, when it is there and runs. */
export async function findProgram(
  name: ProgramName,
  machine: Machine,
  signal?: AbortSignal,
): Promise<{ readonly path: string; readonly version: string } | undefined> {
  const program = programs.find((each) => each.name === name);
  if (program === undefined) return undefined;
  const { present, path, version } = await probeProgram(program, machine, {
    // Nobody waits for it side by side with others: slow is not missing.
    timeoutMs: 10_000,
    ...(signal === undefined ? {} : { signal }),
  });
  return present && path !== null ? { path, version: version ?? '' } : undefined;
}
