CREATE SCHEMA notes;
CREATE ROLE notes_app LOGIN;
CREATE TABLE notes.note (
    id uuid PRIMARY KEY,
    owner uuid NOT NULL,
    body text NOT NULL
);
ALTER TABLE notes.note ENABLE ROW LEVEL SECURITY;
ALTER TABLE notes.note FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON notes.note FOR SELECT TO notes_app
    USING (owner = nullif(current_setting('app.user', true), '')::uuid);
GRANT USAGE ON SCHEMA notes TO notes_app;
GRANT SELECT ON notes.note TO notes_app;
