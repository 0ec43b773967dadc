import { ClusterError } from '../error.ts';
import type { Machine } from '../machine.ts';
import { serverUser } from '../server-user.ts';
import type { Account } from './model.ts';

/** As whom servers run: root hands them to another account. */
export function accountOf(machine: Machine, passwd = '/etc/passwd'): Account {
  const root = machine.uid === 0;
  try {
    const servers = serverUser(machine, passwd)?.name ?? 'this account';
    return { uid: machine.uid, root, servers, problem: null };
  } catch (error) {
    const problem = error instanceof ClusterError ? error.message : `cannot read ${passwd}`;
    return { uid: machine.uid, root, servers: null, problem };
  }
}
