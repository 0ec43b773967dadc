DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'notes_app') THEN
    CREATE ROLE notes_app LOGIN;
  END IF;
END $$;

CREATE SCHEMA notes;
CREATE TABLE notes.members (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL,
  team integer NOT NULL,
  active boolean NOT NULL,
  UNIQUE (user_id, team)
);
CREATE TABLE notes.notes (
  id uuid PRIMARY KEY,
  team integer NOT NULL,
  owner uuid NOT NULL,
  state text NOT NULL CHECK (state IN ('draft', 'open')),
  hidden boolean NOT NULL
);

CREATE FUNCTION notes.me() RETURNS uuid LANGUAGE sql STABLE AS
  $$ SELECT nullif(current_setting('app.user', true), '')::uuid $$;

ALTER TABLE notes.members ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE notes.notes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_membership ON notes.members FOR SELECT TO notes_app USING (user_id = (SELECT notes.me()));
CREATE POLICY team_notes ON notes.notes FOR SELECT TO notes_app
  USING (
    (owner = (SELECT notes.me()) OR state = 'open' AND state <> 'secret')
    AND EXISTS (SELECT FROM notes.members m WHERE m.user_id = (SELECT notes.me()) AND m.team = notes.team AND m.active)
  );
CREATE POLICY not_hidden ON notes.notes AS RESTRICTIVE FOR SELECT TO notes_app USING (NOT hidden);
GRANT USAGE ON SCHEMA notes TO notes_app;
GRANT SELECT ON notes.members, notes.notes TO notes_app;
