CREATE ROLE requests LOGIN;
CREATE SCHEMA app;
GRANT USAGE ON SCHEMA app TO requests;

CREATE UNLOGGED TABLE app.notes (
  id bigint PRIMARY KEY,
  tenant_id integer NOT NULL,
  archived boolean NOT NULL,
  body text NOT NULL DEFAULT ''
) WITH (fillfactor = 100);

ALTER TABLE app.notes ENABLE ROW LEVEL SECURITY;
ALTER TABLE app.notes FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON app.notes TO requests
  USING (tenant_id = nullif(current_setting('app.tenant', true), '')::integer);
GRANT SELECT, DELETE, UPDATE (archived, body) ON app.notes TO requests;
