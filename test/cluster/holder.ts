/** Holds a cluster, or a process that is on no list, until it is killed. Says on one line what it holds. */
import { startCluster } from '../../src/cluster/cluster.ts';
import { releaseAll, releaseAllNow } from '../../src/cluster/release.ts';

const [, , how] = process.argv;
const cluster = await startCluster({ on: 'auto', settings: {}, throwaway: true });
const client = await cluster.primary.connect();
const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
if (how === 'disk') await cluster.host.limitFolder('small', 2 ** 20);
if (how === 'signal') process.once('SIGTERM', () => void releaseAll().then(() => process.exit(143)));
if (how === 'exit') {
  process.on('exit', () => releaseAllNow());
  process.once('SIGTERM', () => process.exit(143));
}
// A backend that is busy does not notice that its postmaster is gone.
client.query('SELECT pg_sleep(600)').catch(() => {});
setInterval(() => {}, 60_000);
console.log(
  JSON.stringify({
    folder: cluster.host.folder,
    postmaster: cluster.primary.service.pid,
    backend: rows[0]?.pid,
  }),
);
