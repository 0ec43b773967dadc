import { execa } from 'execa';
import { findFiles, type Places } from '../../cluster/doctor/ask.ts';
import { ClusterError } from '../../cluster/error.ts';
import type { Machine } from '../../cluster/machine.ts';

/** Oldest Go that the extension is built with; an older one fetches what it needs by itself, if it may. */
export const goWanted = '1.26';

export interface GoProgram {
  readonly path: string;
  /** `go1.26.8 linux/amd64` */
  readonly version: string;
}

/** The first Go on PATH, else where its own installer puts it. Throws ClusterError where there is none that runs. */
export async function findGo(machine: Machine, signal?: AbortSignal, places?: Places): Promise<GoProgram> {
  for (const file of findFiles(['go'], machine, places)) {
    const { exitCode, stdout } = await execa(file, ['version'], {
      reject: false,
      ...(signal === undefined ? {} : { cancelSignal: signal }),
    });
    signal?.throwIfAborted();
    const version = /^go version (.+)$/m.exec(stdout)?.[1];
    if (exitCode === 0 && version !== undefined) return { path: file, version };
  }
  throw new ClusterError(
    'not-able',
    'no Go to build k6 with',
    `install Go ${goWanted} or newer from go.dev/dl and put it on PATH`,
  );
}
