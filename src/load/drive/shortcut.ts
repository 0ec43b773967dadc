import type { Cluster } from '../../cluster/cluster.ts';

/**
 * Has the pooler reach the primary over its Unix socket, as on one machine it should: the loopback with TLS takes a third of a core
 * and stands for no network. Gives back what undoes it. Replicas are left where they are.
 */
export async function shortcut({ primary, topology }: Cluster): Promise<() => Promise<void>> {
  const pooler = topology?.pooler;
  const before = pooler?.entries;
  const [writer, ...rest] = before ?? [];
  if (pooler === undefined || before === undefined || writer === undefined) return async () => {};
  const socket = { ...writer, hosts: [primary.socketFolder], port: primary.place.port };
  await pooler.change((input) => ({ ...input, entries: [socket, ...rest] }));
  return () => pooler.change((input) => ({ ...input, entries: before }));
}
