import type { Scene } from '../../model.ts';
import { backupFolder } from './backup-folder.ts';

/** Bytes of all that backups have stored so far, whole or not. */
export async function storedBytes({ cluster }: Scene): Promise<number> {
  const { stdout } = await cluster.host.exec(['du', '-sk', backupFolder(cluster)]);
  return Number(stdout.split(/\s/)[0] ?? 0) * 1024;
}
