import type pg from 'pg';
import { type Catalog, readCatalog } from '../../../src/catalog/index.ts';
import { type Cluster, startCluster } from '../../../src/cluster/cluster.ts';
import type { Actor } from '../../../src/design/design.ts';
import { type DeckHeader, type DeckTransaction, deckSchema } from '../../../src/load/deck/model.ts';
import type { WhyInput } from '../../../src/load/why/index.ts';

export const schema = '"we""ird é"';
export const long = 'x'.repeat(63);
/** Slow in known ways: `docs` calls a function for each row, `notes` lacks an index, `"user"` has an audit trigger, `plain` has none. */
export const docs = `${schema}."do cs"`;
export const notes = `${schema}.${long}`;
export const users = `${schema}."user"`;
export const plain = `${schema}.plain`;
export const trail = `${schema}.trail`;
export const role = 'Req "user"; é';

const sql = /* sql */ `
  CREATE EXTENSION pg_stat_statements;
  CREATE ROLE "Req ""user""; é" LOGIN;
  CREATE SCHEMA ${schema};
  GRANT USAGE ON SCHEMA ${schema} TO "Req ""user""; é";

  CREATE FUNCTION ${schema}."ten ant"() RETURNS integer LANGUAGE plpgsql STABLE AS
    $$ BEGIN RETURN nullif(current_setting('app.tenant', true), '')::integer; END $$;

  CREATE TABLE ${docs} (id integer PRIMARY KEY, "te nant" integer NOT NULL, "select" text NOT NULL);
  INSERT INTO ${docs} SELECT n, n % 20, 'text ' || n FROM generate_series(1, 4000) AS n;
  ALTER TABLE ${docs} ENABLE ROW LEVEL SECURITY;
  CREATE POLICY "own ""rows""" ON ${docs} USING ("te nant" = ${schema}."ten ant"());

  CREATE TABLE ${notes} (id integer PRIMARY KEY, "ow""ner" integer NOT NULL, body text NOT NULL);
  INSERT INTO ${notes} SELECT n, n % 1000, 'note ' || n FROM generate_series(1, 30000) AS n;
  ALTER TABLE ${notes} ENABLE ROW LEVEL SECURITY;
  CREATE POLICY all_of_them ON ${notes} USING (true);

  CREATE TABLE ${trail} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, what text, content jsonb);
  CREATE INDEX "tr ail" ON ${trail} USING gin (content);
  CREATE FUNCTION ${schema}."wri te"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
    $$ BEGIN INSERT INTO ${trail} (what, content) VALUES (TG_OP, to_jsonb(NEW)); RETURN NULL; END $$;
  CREATE TABLE ${users} (id integer PRIMARY KEY, name text NOT NULL, seen integer NOT NULL DEFAULT 0);
  INSERT INTO ${users} SELECT n, 'user ' || n FROM generate_series(1, 1000) AS n;
  CREATE TRIGGER "au dit" AFTER INSERT OR UPDATE ON ${users} FOR EACH ROW EXECUTE FUNCTION ${schema}."wri te"();
  CREATE TABLE ${plain} (id integer PRIMARY KEY, seen integer NOT NULL DEFAULT 0);
  INSERT INTO ${plain} SELECT n FROM generate_series(1, 1000) AS n;
  GRANT SELECT, INSERT, UPDATE, DELETE ON ${docs}, ${notes}, ${users}, ${plain} TO "Req ""user""; é";
`;

export interface WhyStand {
  readonly cluster: Cluster;
  readonly client: pg.Client;
  readonly catalog: Catalog;
  readonly input: WhyInput;
  close(): Promise<void>;
}

export async function openWhyStand(): Promise<WhyStand> {
  const cluster = await startCluster({
    on: 'auto',
    settings: { shared_preload_libraries: 'pg_stat_statements' },
    throwaway: true,
  });
  try {
    await cluster.primary.createDatabase('slow');
    const client = await cluster.primary.connect({ database: 'slow' });
    await client.query(sql);
    await client.query('VACUUM ANALYZE');
    const catalog = await catalogOf(client);
    const close = async () => {
      await client.end();
      await cluster.close();
    };
    return { cluster, client, catalog, input: inputOf(catalog), close };
  } catch (error) {
    await cluster.close();
    throw error;
  }
}

export function catalogOf(client: pg.Client): Promise<Catalog> {
  return readCatalog(async (text, values = []) => (await client.query(text, [...values])).rows, {
    schemas: ['we"ird é'],
  });
}

const header: DeckHeader = {
  schema: deckSchema,
  design: 'slow',
  mix: 'mixed',
  statements: [
    { name: 'docs.list', kind: 'read', sql: `SELECT id, "select" FROM ${docs} ORDER BY id LIMIT $1` },
    { name: "notes.o'f", kind: 'read', sql: `SELECT body FROM ${notes} WHERE "ow""ner" = $1` },
    { name: 'user.seen', kind: 'write', sql: `UPDATE ${users} SET seen = seen + 1 WHERE id = $1` },
    { name: 'plain.seen', kind: 'write', sql: `UPDATE ${plain} SET seen = seen + 1 WHERE id = $1` },
    { name: 'trail.read', kind: 'read', sql: `SELECT id FROM ${trail} WHERE id = $1` },
    { name: 'never', kind: 'read', sql: 'SELECT 1' },
  ],
  role: null,
  settingsLast: 'transaction',
};

export const transactions: readonly DeckTransaction[] = [1, 2, 3].map((tenant) => ({
  transaction: 'browse',
  tenant: String(tenant),
  settings: { 'app.tenant': String(tenant) },
  calls: [
    [0, ['300']],
    [1, [String(tenant)]],
    [2, [String(tenant)]],
    [3, [String(tenant)]],
    [4, ['1']],
  ],
}));

const actor = (name: string, tenant: string | null): Actor => ({ name, says: name, attributes: { tenant } });

function inputOf(catalog: Catalog): WhyInput {
  return {
    design: {
      name: 'slow',
      request: {
        role,
        attributes: { tenant: 'int4' },
        session: ({ attributes }) => (attributes.tenant == null ? {} : { 'app.tenant': attributes.tenant }),
      },
      audit: {
        trail: {
          table: trail,
          key: ['id'],
          tableName: "'user'",
          recordId: "record.content ->> 'id'",
          action: 'record.what',
          actor: 'NULL',
          oldValues: 'NULL',
          newValues: 'record.content',
          changedFields: 'NULL',
          at: 'NULL',
        },
        guards: [],
        actorAttribute: 'tenant',
        tables: [
          {
            table: users,
            name: 'user',
            key: 'id',
            says: 'changes of users are recorded',
            secret: [],
            ignored: [],
            change: { column: 'seen', to: 'row.seen + 1' },
            triggers: ['au dit'],
          },
        ],
      },
    },
    catalog,
    actors: [actor('nobody', null), actor("o'ne", '1')],
    header,
    transactions,
    server: 'PostgreSQL of the test',
  };
}
