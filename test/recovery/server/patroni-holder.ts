/** Holds a cluster that Patroni looks after until it is killed. Says on one line what it holds. */
import { patroniOf } from '../../../src/cluster/patroni/patroni.ts';
import { drillCluster } from './patroni-cluster.ts';

const cluster = await drillCluster();
const patroni = await patroniOf(cluster);
const servers = await Promise.all(patroni.nodes.map((node) => node.server()));
setInterval(() => {}, 60_000);
console.log(
  JSON.stringify({
    folder: cluster.host.folder,
    processes: [patroni.store.service.pid, ...servers.map((server) => server?.service.pid)],
  }),
);
