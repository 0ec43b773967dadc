import pg from 'pg';
import type { Fault, FaultTarget } from '../fault.ts';
import { poolerValue } from '../topology/pooler-value.ts';

/** Enough for the clients that there are, and not for as many again beside those that are dead and not known to be. */
const places = 20;

/** Connections for the clients, and hardly more: those of clients that have vanished keep the places. */
export function connectionsScarce(role: string): Fault {
  const statement = (limit: number) => `ALTER ROLE ${pg.escapeIdentifier(role)} CONNECTION LIMIT ${limit}`;
  const ofPooler = poolerValue('max_client_conn', String(places));
  const limit = async ({ cluster }: FaultTarget, count: number) => {
    const client = await cluster?.primary.connect();
    await client?.query(statement(count)).finally(() => client.end());
  };
  const pooled = ({ cluster }: FaultTarget) => cluster?.topology?.pooler !== undefined;
  return {
    kind: 'connections-scarce',
    name: `connections-scarce ${role}`,
    object: 'connections of clients',
    says: `no more than ${places} clients are let in, dead ones among them`,
    statement: `max_client_conn = ${places}, or ${statement(places)}`,
    scope: 'cluster',
    inject: (target) => (pooled(target) ? ofPooler.inject(target) : limit(target, places)),
    heal: (target) => (pooled(target) ? ofPooler.heal(target) : limit(target, -1)),
  };
}
