import { Client, type ClientOptions, type Deck, deck, record } from 'k6/x/pgattest';
import type { LoadPlan, LoadTarget } from '../../src/load/drive/plan.ts';

declare const __ENV: Readonly<Record<string, string | undefined>>;
declare function open(path: string): string;

/** What this process is to do: written by pgattest, or by hand; see docs/load.md. */
export const plan: LoadPlan = JSON.parse(open(__ENV.PGATTEST_LOAD ?? './load.json'));

/** The transactions of the plan, and the recording begun. Only at the top level of a script. */
export function begin(): Deck {
  record(plan.recording, { model: plan.rate === undefined ? 'closed' : 'open' });
  return deck(plan.deck);
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
  return new Client(options);
}
