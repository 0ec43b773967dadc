import type { PoolerFileInput } from '../../cluster/pooler-file.ts';
import type { Fault } from '../fault.ts';

/** An entry of the pooler that leads to another server: `primary`, or a replica by its name. */
export function entryMisled(entry: string, server: string): Fault {
  let healthy: PoolerFileInput['entries'] = [];
  return {
    kind: 'entry-misled',
    name: `entry-misled ${entry} ${server}`,
    object: `entry ${entry} of the pooler`,
    says: `entry ${entry} of the pooler leads to ${server}`,
    scope: 'cluster',
    inject: async ({ cluster }) => {
      const pooler = cluster?.topology?.pooler;
      const place =
        server === 'primary'
          ? cluster?.primary.place
          : cluster?.topology?.replicas.find(({ name }) => name === server)?.server.place;
      healthy = pooler?.entries ?? [];
      if (place === undefined) throw new Error(`no server ${server}`);
      await pooler?.change(
        (input) => ({
          ...input,
          entries: input.entries.map((each) =>
            each.name === entry ? { ...each, hosts: [place.host], port: place.port } : each,
          ),
        }),
        { restart: true },
      );
    },
    heal: async ({ cluster }) =>
      cluster?.topology?.pooler?.change((input) => ({ ...input, entries: healthy }), { restart: true }),
  };
}
