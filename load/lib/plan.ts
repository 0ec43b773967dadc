import { sleep } from 'k6';
import { Client, type ClientOptions, type Deck, deck, record } from 'k6/x/pgattest';
import type { LoadPlan, LoadTarget } from '../../src/load/drive/plan.ts';

declare const __VU: number;
declare const __ENV: Readonly<Record<string, string | undefined>>;
declare function open(path: string): string;

/** What this process is to do: written by pgattest, or by hand; see docs/load.md. */
export const plan: LoadPlan = JSON.parse(open(__ENV.PGATTEST_LOAD ?? './load.json'));

/** The transactions of the plan, and the recording begun. Only at the top level of a script. */
export function begin(): Deck {
  const { recording, rate, startAt } = plan;
  // `k6 archive` and `k6 inspect`, which the operator runs before anything, read the script as user 0 alone, and record nothing.
  if (__VU > 0) {
    record(recording, {
      model: rate === undefined ? 'closed' : 'open',
      ...(startAt === undefined ? {} : { startedAt: startAt }),
    });
  }
  return deck(plan.deck);
}

/** Parts of a load that are later than that would be counted in another second than what they did at the same time. */
const latestMs = 500;

/** k6's setup: waits for the start that is common to all parts; scenarios begin right after it. */
export function setup(): void {
  if (plan.startAt === undefined) return;
  const left = Date.parse(plan.startAt) - Date.now();
  if (left < -latestMs) throw new Error(`this part came ${-left} ms too late for the common start`);
  if (left > 0) sleep(left / 1000);
}

/** A connection to a target: one for each virtual user. */
export function connect(target: LoadTarget): Client {
  const { host, port, database, user, ca, prepare } = target;
  const options: ClientOptions = {
    host,
    port,
    database,
    user,
    prepare,
    deadline: plan.deadlineMs,
    // Its own address need not be in the certificate; its name is.
    tls: ca === undefined ? false : { ca, serverName: 'localhost' },
  };
  const client = new Client(options);
  // Before the clock runs: a hundred logins at once take a pooler a second, and what is dropped meanwhile would be their doing.
  if (__VU > 0) client.open();
  return client;
}
