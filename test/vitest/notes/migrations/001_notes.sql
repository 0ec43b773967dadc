CREATE ROLE notes_user LOGIN;
CREATE ROLE notes_login LOGIN;

CREATE SCHEMA app;
CREATE TABLE app.notes (
  id     uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant uuid NOT NULL,
  body   text NOT NULL,
  seen   integer NOT NULL DEFAULT 0
);
ALTER TABLE app.notes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY notes_tenant ON app.notes
  USING (tenant = nullif(current_setting('app.tenant', true), '')::uuid);

-- A guard, beside the policy: a note is not emptied.
CREATE FUNCTION app.keep_text() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.body = '' THEN
    RAISE EXCEPTION 'a note has a text' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_text BEFORE UPDATE ON app.notes FOR EACH ROW EXECUTE FUNCTION app.keep_text();

CREATE SCHEMA audit;
CREATE TABLE audit.trail (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at         timestamptz NOT NULL DEFAULT clock_timestamp(),
  table_name text NOT NULL,
  record_id  uuid,
  action     text NOT NULL,
  tenant     uuid,
  old_row    jsonb,
  new_row    jsonb,
  changed    text[]
);
ALTER TABLE audit.trail ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE FUNCTION audit.record() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  before jsonb := CASE WHEN TG_OP IN ('UPDATE', 'DELETE') THEN to_jsonb(OLD) END;
  after  jsonb := CASE WHEN TG_OP IN ('INSERT', 'UPDATE') THEN to_jsonb(NEW) END;
  tenant text  := current_setting('app.tenant', true);
BEGIN
  IF TG_OP = 'UPDATE' AND before - 'seen' = after - 'seen' THEN RETURN NULL; END IF;
  INSERT INTO audit.trail (table_name, record_id, action, tenant, old_row, new_row, changed)
  VALUES (TG_TABLE_NAME, (coalesce(after, before) ->> 'id')::uuid, TG_OP,
          CASE WHEN tenant ~ '^[0-9a-f-]{36}$' THEN tenant::uuid END, before, after,
          CASE WHEN TG_OP = 'UPDATE' THEN (SELECT array_agg(key ORDER BY key) FROM jsonb_each(after) AS pair
                                           WHERE pair.value IS DISTINCT FROM before -> pair.key) END);
  RETURN NULL;
END $$;
CREATE TRIGGER record_notes AFTER INSERT OR UPDATE OR DELETE ON app.notes
  FOR EACH ROW EXECUTE FUNCTION audit.record();
CREATE TRIGGER record_notes_truncate AFTER TRUNCATE ON app.notes
  FOR EACH STATEMENT EXECUTE FUNCTION audit.record();

GRANT USAGE ON SCHEMA app TO notes_user;
GRANT SELECT, INSERT, UPDATE (body, seen), DELETE ON app.notes TO notes_user;
