DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'odd_user') THEN CREATE ROLE odd_user LOGIN; END IF;
END $$;
CREATE SCHEMA odd;
CREATE FUNCTION odd.me() RETURNS integer LANGUAGE sql STABLE AS $$ SELECT nullif(current_setting('odd.id', true), '')::integer $$;

-- Keys that are never given.
CREATE TABLE odd.always (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, owner integer NOT NULL);
-- A unique column too short for what stands in for a fresh value.
CREATE TABLE odd.short (id integer PRIMARY KEY, owner integer NOT NULL, code varchar(8) NOT NULL UNIQUE);
-- A generated column over one that has the name of an attribute of the actor.
CREATE TABLE odd.made (id integer PRIMARY KEY, owner integer NOT NULL, twice integer GENERATED ALWAYS AS (id * 2) STORED);
-- A view that cannot be written to.
CREATE VIEW odd.totals AS SELECT owner, count(*) AS rows FROM odd.short GROUP BY owner;
-- Rules that no row can put to the test.
CREATE TABLE odd.bare (id integer PRIMARY KEY, owner integer NOT NULL);
-- Rows of one tenant alone: that others are kept out is shown by nobody but the anonymous actor.
CREATE TABLE odd.lonely (id integer PRIMARY KEY, owner integer NOT NULL);
-- A partition without an end.
CREATE TABLE odd.endless (id integer NOT NULL, at timestamptz NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE odd.endless_all PARTITION OF odd.endless FOR VALUES FROM (MINVALUE) TO (MAXVALUE);

CREATE TABLE odd.trail (at timestamptz NOT NULL DEFAULT now(), tbl text, action text, key text, who integer, old jsonb, new jsonb, fields text[]);
CREATE FUNCTION odd.note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  o jsonb := CASE WHEN TG_OP IN ('UPDATE', 'DELETE') THEN to_jsonb(OLD) END;
  n jsonb := CASE WHEN TG_OP IN ('INSERT', 'UPDATE') THEN to_jsonb(NEW) END;
BEGIN
  IF TG_OP = 'UPDATE' AND o = n THEN RETURN NULL; END IF;
  INSERT INTO odd.trail (tbl, action, key, who, old, new, fields)
  VALUES (TG_TABLE_NAME, TG_OP, coalesce(n, o) ->> 'id',
    CASE WHEN current_setting('odd.id', true) ~ '^\d+$' THEN current_setting('odd.id', true)::integer END, o, n,
    CASE WHEN TG_OP = 'UPDATE' THEN ARRAY(SELECT key FROM jsonb_each(o) AS b WHERE b.value IS DISTINCT FROM n -> b.key ORDER BY key) END);
  RETURN NULL;
END $$;
CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON odd.always FOR EACH ROW EXECUTE FUNCTION odd.note();
CREATE TRIGGER note_all AFTER TRUNCATE ON odd.always FOR EACH STATEMENT EXECUTE FUNCTION odd.note();

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['always', 'short', 'made', 'bare', 'lonely'] LOOP
    EXECUTE format('ALTER TABLE odd.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY own ON odd.%I TO odd_user USING (owner = odd.me()) WITH CHECK (owner = odd.me())', name);
    EXECUTE format('GRANT SELECT ON odd.%I TO odd_user', name);
  END LOOP;
END $$;
GRANT USAGE ON SCHEMA odd TO odd_user;
GRANT INSERT (owner) ON odd.always TO odd_user;
GRANT INSERT (id, owner, code) ON odd.short TO odd_user;
GRANT INSERT (id, owner) ON odd.made TO odd_user;
