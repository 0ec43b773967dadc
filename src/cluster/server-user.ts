import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { ClusterError } from './error.ts';
import type { Machine } from './machine.ts';

/** The account that servers run as. */
export interface ServerUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL refuses to run as root, so root hands it to `postgres`, or else to `nobody`. Null: run as oneself. */
export function serverUser(machine: Machine, passwd = '/etc/passwd'): ServerUser | null {
  if (machine.uid !== 0) return null;
  const accounts = new Map<string, ServerUser>();
  for (const line of readFileSync(passwd, 'utf8').split('\n')) {
    const [name, , uid, gid] = line.split(':');
    if (name !== undefined && Number(uid) > 0)
      accounts.set(name, { name, uid: Number(uid), gid: Number(gid) });
  }
  const found = accounts.get('postgres') ?? accounts.get('nobody');
  if (found !== undefined) return found;
  throw new ClusterError(
    'no-server-user',
    'PostgreSQL does not run as root, and there is neither an account postgres nor nobody',
    'run pgattest as another user, or add one: useradd --system postgres',
  );
}

/** Can the account walk down to a path? Folders such as /root are closed to it. */
export function reachable(target: string, user: ServerUser | null): boolean {
  if (user === null) return true;
  for (let folder = path.resolve(target); ; folder = path.dirname(folder)) {
    const { mode, uid, gid } = statSync(folder);
    const needed = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & needed) === 0) return false;
    if (folder === path.dirname(folder)) return true;
  }
}
