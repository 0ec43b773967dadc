import pg from 'pg';
import type { Server } from '../../cluster/server.ts';
import { ConfigError } from '../../design/config-error.ts';

export interface LedgerTablesOptions {
  /** Whom the writers connect as: all that it may is to post. */
  readonly role: string;
  /** Commits are of the tenants 0 to this, exclusive. */
  readonly tenants: number;
}

/**
 * Accounts are a writer's own, so that no two writers wait for each other. No key holds the numbers of the entries apart: one that is
 * there twice must be seen.
 */
const tablesSql = /* sql */ `
SET LOCAL lock_timeout = '10s';
SET LOCAL client_min_messages = warning;
DROP SCHEMA IF EXISTS pgattest_ledger CASCADE;
CREATE SCHEMA pgattest_ledger;
CREATE TABLE pgattest_ledger.account (
  id bigint PRIMARY KEY,
  tenant integer NOT NULL,
  balance bigint NOT NULL
) WITH (fillfactor = 50);
CREATE TABLE pgattest_ledger.entry (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  writer integer NOT NULL,
  number bigint NOT NULL,
  tenant integer NOT NULL,
  moved_from bigint NOT NULL,
  moved_to bigint NOT NULL,
  amount bigint NOT NULL,
  at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp()
);
CREATE INDEX ON pgattest_ledger.entry (writer, number);
CREATE TABLE pgattest_ledger.movement (
  entry_id bigint NOT NULL REFERENCES pgattest_ledger.entry,
  account bigint NOT NULL,
  amount bigint NOT NULL
);
CREATE TABLE pgattest_ledger.audit (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  entry_id bigint NOT NULL,
  operation text NOT NULL,
  "row" jsonb NOT NULL,
  at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp()
)`;

/**
 * No times in the record: as JSON they are of the session's time zone. Runs as whoever changes entries, who has the right to record it:
 * within post() with the rights and the search path of that.
 */
const auditSql = /* sql */ `
CREATE FUNCTION pgattest_ledger.record() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
  changed pgattest_ledger.entry := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
BEGIN
  INSERT INTO pgattest_ledger.audit (entry_id, operation, "row")
  VALUES (changed.id, TG_OP, pg_catalog.jsonb_build_object('id', changed.id, 'writer', changed.writer,
    'number', changed.number, 'tenant', changed.tenant, 'amount', changed.amount));
  RETURN NULL;
END $body$;
CREATE TRIGGER record AFTER INSERT OR UPDATE OR DELETE ON pgattest_ledger.entry
  FOR EACH ROW EXECUTE FUNCTION pgattest_ledger.record()`;

/** The amount follows from the number, so that a row which was changed gives itself away. */
const postSql = /* sql */ `
CREATE FUNCTION pgattest_ledger.post(writer integer, number bigint, tenant integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
  source CONSTANT bigint := (post.tenant::bigint * 65536 + post.writer) * 2;
  target CONSTANT bigint := source + 1;
  moved CONSTANT bigint := 1 + post.number % 97;
  posted bigint;
BEGIN
  INSERT INTO pgattest_ledger.entry (writer, number, tenant, moved_from, moved_to, amount)
  VALUES (post.writer, post.number, post.tenant, source, target, moved)
  RETURNING id INTO posted;
  INSERT INTO pgattest_ledger.movement (entry_id, account, amount)
  VALUES (posted, source, -moved), (posted, target, moved);
  INSERT INTO pgattest_ledger.account AS a (id, tenant, balance)
  VALUES (source, post.tenant, -moved), (target, post.tenant, moved)
  ON CONFLICT (id) DO UPDATE SET balance = a.balance + excluded.balance;
END $body$;
REVOKE ALL ON FUNCTION pgattest_ledger.post, pgattest_ledger.record FROM PUBLIC`;

const grantSql = (role: string) => /* sql */ `
GRANT USAGE ON SCHEMA pgattest_ledger TO ${pg.escapeIdentifier(role)};
GRANT EXECUTE ON FUNCTION pgattest_ledger.post TO ${pg.escapeIdentifier(role)}`;

const tenantsSql = (tenants: number) => /* sql */ `
ALTER TABLE pgattest_ledger.entry ADD CONSTRAINT tenant CHECK (tenant >= 0 AND tenant < ${tenants})`;

/** Writers are told apart by 16 bits of an account's number, and tenants by what is left of 53. */
export const mostWriters = 2 ** 16;
const mostTenants = 2 ** 31 - 1;

/**
 * Makes the tables that the ledger's writers write to, in the design's database, empty whatever was there. One transaction of theirs is
 * `SELECT pgattest_ledger.post(writer, number, tenant)`: an entry, two movements, two balances, an audit record. Throws what the server
 * said, as when there is no such role.
 */
export async function prepareLedger(
  server: Server,
  database: string,
  { role, tenants }: LedgerTablesOptions,
): Promise<void> {
  if (!Number.isInteger(tenants) || tenants < 1 || tenants > mostTenants) {
    throw new ConfigError('ledger', `${tenants} cannot be a number of tenants`, 'give a whole number from 1');
  }
  const client = await server.connect({ database });
  try {
    // One simple query is one transaction: all of it or nothing.
    await client.query([tablesSql, tenantsSql(tenants), auditSql, postSql, grantSql(role)].join(';'));
  } finally {
    await client.end();
  }
}
