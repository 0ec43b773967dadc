import { ClusterError } from '../../cluster/error.ts';
import type { ExecResult, Host } from '../../cluster/host.ts';

/** A folder on a file system of its own, which can be filled to its end. */
export interface SmallDisk {
  readonly folder: string;
  /** Fills it to its end; gives how many bytes that took. */
  fill(): Promise<number>;
  /** Takes away again what filled it. Nothing to do is fine. */
  free(): Promise<void>;
}

const ballast = 'pgattest-ballast';

/**
 * Moves a folder that nobody uses onto a file system which has room for what it holds and so many bytes more. Needs the ability
 * `small-disk`; throws ClusterError where it cannot be done.
 */
export async function ontoSmallDisk(host: Host, folder: string, spareBytes: number): Promise<SmallDisk> {
  const aside = `${folder}.aside`;
  // Whole blocks, as the new file system counts them.
  const measure = 'du -sk "$1" | { read -r kilobytes rest; echo "$kilobytes"; }';
  const taken = Number(explain(await host.exec(['sh', '-c', measure, 'sh', folder]), folder)) * 1024;
  explain(await host.exec(['mv', folder, aside]), folder);
  await host.limitFolder(folder, Math.ceil(taken * 1.02) + spareBytes);
  explain(await host.exec(['cp', '-a', `${aside}/.`, folder]), folder);
  await host.remove(aside);
  const file = `${folder}/${ballast}`;
  return {
    folder,
    fill: async () => {
      // It ends with an error: that there is no more room.
      await host.exec(['dd', 'if=/dev/zero', `of=${file}`, 'bs=64k']);
      await host.exec(['sh', '-c', 'cat /dev/zero >> "$1"', 'sh', file]);
      const room = 'df -Pk "$1" | { read -r header; read -r name size used free rest; echo "$free"; }';
      const left = Number(explain(await host.exec(['sh', '-c', room, 'sh', folder]), folder));
      if (left !== 0) throw new Error(`${left} kB are left on ${folder}`);
      return Number(explain(await host.exec(['sh', '-c', 'wc -c < "$1"', 'sh', file]), folder));
    },
    free: () => host.remove(file),
  };
}

function explain({ exitCode, stdout, stderr }: ExecResult, folder: string): string {
  if (exitCode === 0) return stdout.trim();
  throw new ClusterError('not-able', `${folder} on a small disk: ${stderr.trim()}`, 'see pgattest doctor');
}
