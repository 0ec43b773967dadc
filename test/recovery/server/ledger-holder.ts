/** Keeps a ledger until it is killed. Says a line when it has so many acknowledgements. */
import type pg from 'pg';
import { until } from '../../../src/cluster/until.ts';
import { startLedger } from '../../../src/recovery/ledger/writers.ts';

const [, , file = '', config = '', commits] = process.argv;
const load = await startLedger({
  file,
  route: () => JSON.parse(config) as pg.ClientConfig,
  writers: 8,
  tenants: 3,
  signal: new AbortController().signal,
});
await until(() => load.counts.acknowledged >= Number(commits), 60_000);
console.log('writing');
setInterval(() => {}, 60_000);
