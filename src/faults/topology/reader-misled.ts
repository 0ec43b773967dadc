import type { PoolerFileInput } from '../../cluster/pooler-file.ts';
import type { Fault, FaultTarget } from '../fault.ts';

/** A reader entry of the pooler that leads to the primary. */
export function readerToPrimary(): Fault {
  return misled('reader-to-primary', 'leads to the primary', ({ cluster }) => ({
    hosts: [cluster?.primary.place.host ?? ''],
    port: cluster?.primary.place.port ?? 0,
  }));
}

/** A reader entry that knows one replica of several: it dies with it. */
export function readerToOneReplica(): Fault {
  return misled('reader-to-one-replica', 'leads to one replica', (_, hosts) => ({
    hosts: hosts.slice(0, 1),
  }));
}

function misled(
  kind: string,
  says: string,
  to: (target: FaultTarget, hosts: readonly string[]) => { hosts: readonly string[]; port?: number },
): Fault {
  let healthy: PoolerFileInput['entries'] = [];
  return {
    kind,
    name: `${kind} pooler`,
    object: 'reader entry of the pooler',
    says: `the reader entry of the pooler ${says}`,
    scope: 'cluster',
    inject: async (target) => {
      const pooler = target.cluster?.topology?.pooler;
      healthy = pooler?.entries ?? [];
      await pooler?.change(
        (input) => ({
          ...input,
          entries: input.entries.map((entry, index) =>
            index === 0 ? entry : { ...entry, ...to(target, entry.hosts) },
          ),
        }),
        { restart: true },
      );
    },
    heal: async ({ cluster }) =>
      cluster?.topology?.pooler?.change((input) => ({ ...input, entries: healthy }), { restart: true }),
  };
}
