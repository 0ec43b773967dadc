DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'app_user') THEN CREATE ROLE app_user LOGIN; END IF;
END $$;
CREATE SCHEMA app;
CREATE TABLE app.note (
  id uuid PRIMARY KEY,
  owner integer NOT NULL,
  n integer NOT NULL DEFAULT 0,
  body text NOT NULL
);
CREATE INDEX note_owner ON app.note (owner, id);
-- Nothing of the workload writes here, and it is most of what the fill writes.
CREATE TABLE app.history (id integer PRIMARY KEY, body text NOT NULL);
ALTER TABLE app.note ENABLE ROW LEVEL SECURITY;
ALTER TABLE app.history ENABLE ROW LEVEL SECURITY;
CREATE FUNCTION app.me() RETURNS integer LANGUAGE sql STABLE
  AS $$ SELECT nullif(current_setting('app.user', true), '')::integer $$;
CREATE POLICY own ON app.note TO app_user USING (owner = (SELECT app.me()));
CREATE POLICY all_of_it ON app.history FOR SELECT TO app_user USING (true);
GRANT USAGE ON SCHEMA app TO app_user;
GRANT SELECT, UPDATE ON app.note TO app_user;
GRANT SELECT ON app.history TO app_user;
