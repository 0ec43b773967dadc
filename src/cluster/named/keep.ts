import path from 'node:path';
import type { Cluster } from '../cluster.ts';
import { ClusterError } from '../error.ts';
import { enlistedHosts } from '../release.ts';
import { endpointsOf, serversOf } from './endpoints.ts';
import { findNamed } from './find.ts';
import type { Kept } from './kept.ts';
import type { NameLock } from './lock.ts';
import type { Logins } from './logins.ts';

export interface KeepOptions extends Pick<Kept, 'name' | 'design' | 'digest' | 'seed' | 'scale'> {
  readonly logins: Logins;
  /** The design's database on the servers. */
  readonly database: string;
  readonly notes: readonly string[];
  readonly lock: NameLock;
}

/**
 * Lets a cluster outlive this program. Until the last step it is an ordinary run, which goes with its program; that step is the
 * rename of one file. Nothing can be done with `cluster` afterwards.
 */
export async function keepCluster(cluster: Cluster, options: KeepOptions): Promise<Kept> {
  const { logins, database, lock, notes, ...what } = options;
  const { host, topology, facts } = cluster;
  if (topology === undefined) throw new Error('a cluster without certificates cannot be kept');
  const { pooler } = topology;
  const kept = {
    ...what,
    source: facts.source,
    server: facts.server.split(' on ')[0] ?? facts.server,
    since: new Date().toISOString(),
    archive: topology.ground.archive !== undefined,
    servers: [...serversOf(cluster)],
    endpoints: [...endpointsOf(cluster, database, logins)],
    ...(pooler === undefined ? {} : { console: pooler.console }),
    notes: [...notes],
  };
  const hosts = enlistedHosts();
  const main = hosts.find((each): boolean => Object.is(each, host));
  if (main === undefined) throw new Error('the host of the cluster is closed');
  if (!lock.held) {
    throw new ClusterError('not-able', `another program took the name ${kept.name}`, 'see pgattest status');
  }
  // The others first: they are kept only as long as the main folder is.
  for (const each of hosts) if (each !== main) each.keep({ partOf: path.dirname(host.folder) });
  main.keep({ kept, ca: topology.ground.tls.ca });
  const found = await findNamed(kept.name);
  if (found === undefined) throw new Error(`${kept.name} was taken down at once`);
  return found.kept;
}
