-- A shop whose names need quoting, with the mechanisms that behaviour checks look at.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'shop "user"') THEN
    CREATE ROLE "shop ""user""" LOGIN;
  END IF;
END $$;

CREATE SCHEMA "sh op";
GRANT USAGE ON SCHEMA "sh op" TO "shop ""user""";

CREATE TABLE "sh op"."go ods" (
  id integer PRIMARY KEY,
  "sta te" text NOT NULL DEFAULT 'draft',
  stock integer NOT NULL DEFAULT 0 CONSTRAINT "not less" CHECK (stock >= 0),
  version integer NOT NULL DEFAULT 1,
  changed_by text,
  changed_at timestamptz NOT NULL DEFAULT '2026-01-02 03:04:05.123456+00'
);
ALTER TABLE "sh op"."go ods" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "all" ON "sh op"."go ods" USING (current_setting('shop.who', true) <> '');
GRANT SELECT, INSERT, UPDATE ON "sh op"."go ods" TO "shop ""user""";

CREATE FUNCTION "sh op"."st ates"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF new."sta te" = 'draft' AND old."sta te" = 'sold' THEN
    RAISE EXCEPTION 'no way back from %', old."sta te" USING ERRCODE = 'check_violation';
  END IF;
  new.changed_by := current_setting('shop.who', true);
  RETURN new;
END $$;
CREATE TRIGGER "st ates" BEFORE UPDATE ON "sh op"."go ods" FOR EACH ROW EXECUTE FUNCTION "sh op"."st ates"();

CREATE TABLE "sh op".numbers (last integer NOT NULL);
INSERT INTO "sh op".numbers VALUES (0);
CREATE TABLE "sh op".tickets (no integer NOT NULL);

CREATE FUNCTION "sh op".take_number() RETURNS integer LANGUAGE sql AS
$$ UPDATE "sh op".numbers SET last = last + 1 RETURNING last $$;

CREATE TABLE "sh op"."lo gs" (
  id integer NOT NULL,
  at timestamptz NOT NULL,
  done boolean NOT NULL DEFAULT true,
  PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);

-- Range partitions that are wholly too old and in which nothing is open.
CREATE FUNCTION "sh op"."ret ain"(months integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  part record;
  is_open boolean;
  dropped integer := 0;
BEGIN
  FOR part IN
    SELECT c.oid::regclass AS identity,
           (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \(''([^'']+)'''))[1]::timestamptz AS upper
    FROM pg_inherits JOIN pg_class AS c ON c.oid = inhrelid WHERE inhparent = '"sh op"."lo gs"'::regclass
  LOOP
    CONTINUE WHEN part.upper > now() - make_interval(months => months);
    EXECUTE format('SELECT EXISTS (SELECT FROM %s WHERE NOT done)', part.identity) INTO is_open;
    CONTINUE WHEN is_open;
    EXECUTE format('DROP TABLE %s', part.identity);
    dropped := dropped + 1;
  END LOOP;
  RETURN dropped;
END $$;
