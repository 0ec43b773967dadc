import path from 'node:path';
import type { Host } from './host.ts';

/** What the failover controller of the drills goes by. It is a file of the host, as that of any controller is, so that it can be wrong. */
export interface ControllerSettings {
  /** From the beginning of one probe to that of the next. */
  readonly probeEveryMs: number;
  /** A probe that takes longer has failed. */
  readonly probeMs: number;
  /** So many probes fail one after the other before anything is done. */
  readonly failures: number;
  /** Whether the old primary is ended for certain before another takes its place. */
  readonly fences: boolean;
  /** Whether anything is done at all. */
  readonly promotes: boolean;
}

export const controllerDefaults: ControllerSettings = {
  probeEveryMs: 250,
  probeMs: 1_000,
  failures: 3,
  fences: true,
  promotes: true,
};

const fileOf = (host: Host) => path.join(host.folder, 'controller.json');

export async function writeControllerSettings(
  host: Host,
  changes: Partial<ControllerSettings>,
): Promise<void> {
  await host.writeFile(fileOf(host), `${JSON.stringify({ ...controllerDefaults, ...changes }, null, 2)}\n`);
}

/** The defaults, where nobody has written anything else. */
export async function readControllerSettings(host: Host): Promise<ControllerSettings> {
  const { exitCode } = await host.exec(['test', '-e', fileOf(host)]);
  if (exitCode !== 0) return controllerDefaults;
  return JSON.parse(await host.readFile(fileOf(host))) as ControllerSettings;
}
