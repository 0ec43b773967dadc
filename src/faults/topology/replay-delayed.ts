import { statementMs } from '../../cluster/server.ts';
import type { Fault, FaultTarget } from '../fault.ts';

/** Replicas that apply what they get only later. */
export function replayDelayed(seconds: number): Fault {
  const each = async ({ cluster }: FaultTarget, statement: string) => {
    for (const { server } of cluster?.topology?.replicas ?? []) {
      const client = await server.connect({ statementMs });
      try {
        await client.query(statement);
        await client.query('SELECT pg_reload_conf()');
      } finally {
        await client.end();
      }
    }
  };
  return {
    kind: 'replay-delayed',
    name: `replay-delayed ${seconds}s`,
    object: 'recovery_min_apply_delay',
    says: `the replicas apply what they get ${seconds} s later`,
    statement: `ALTER SYSTEM SET recovery_min_apply_delay = '${seconds}s'`,
    scope: 'cluster',
    inject: (target) => each(target, `ALTER SYSTEM SET recovery_min_apply_delay = '${seconds}s'`),
    heal: (target) => each(target, 'ALTER SYSTEM RESET recovery_min_apply_delay'),
  };
}
