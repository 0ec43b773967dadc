-- Settings of an earlier transaction are left as '', and anybody can set them to anything: neither may raise an error.
CREATE FUNCTION "my ""sch.ema"" é".me() RETURNS uuid LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN current_setting('app.user', true) ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
              THEN current_setting('app.user', true)::uuid END
$$;
CREATE FUNCTION "my ""sch.ema"" é"."my tenant"() RETURNS integer LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN current_setting('app.tenant', true) ~ '^\d{1,9}$' THEN current_setting('app.tenant', true)::integer END
$$;
CREATE FUNCTION "my ""sch.ema"" é"."is (admin)"() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM "my ""sch.ema"" é"."user" WHERE "i d" = "my ""sch.ema"" é".me() AND "admin")
$$;

CREATE FUNCTION log."re cord"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  "before" jsonb := CASE WHEN TG_OP IN ('UPDATE', 'DELETE') THEN to_jsonb(OLD) END;
  "after" jsonb := CASE WHEN TG_OP IN ('INSERT', 'UPDATE') THEN to_jsonb(NEW) END;
BEGIN
  IF TG_OP = 'UPDATE' AND "before" - 'up dated' = "after" - 'up dated' THEN RETURN NULL; END IF;
  INSERT INTO log."audit log" ("table", "action", "key", "who", "old", "new", "fields")
  VALUES (TG_TABLE_NAME, TG_OP, coalesce("after" ->> TG_ARGV[0], "before" ->> TG_ARGV[0]), "my ""sch.ema"" é".me(),
    "before" - 'pass"word', "after" - 'pass"word',
    CASE WHEN TG_OP = 'UPDATE' THEN
      ARRAY(SELECT key FROM jsonb_each("before") AS b WHERE b.value IS DISTINCT FROM "after" -> b.key ORDER BY key) END);
  RETURN NULL;
END $$;

CREATE FUNCTION log."ne (ver)"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE FUNCTION "my ""sch.ema"" é"."gu ard"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW."sta te" <> OLD."sta te" AND NEW."sta te" <> 'open' AND NOT "my ""sch.ema"" é"."is (admin)"() THEN
    RAISE EXCEPTION 'only admins close' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA "my ""sch.ema"" é", log FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "my ""sch.ema"" é".me(), "my ""sch.ema"" é"."my tenant"(), "my ""sch.ema"" é"."is (admin)"()
  TO "req ""user""; --";

CREATE TRIGGER "gu ard" BEFORE UPDATE ON "my ""sch.ema"" é"."select" FOR EACH ROW EXECUTE FUNCTION "my ""sch.ema"" é"."gu ard"();

CREATE TRIGGER "au dit" AFTER INSERT OR UPDATE OR DELETE ON "my ""sch.ema"" é"."user"
  FOR EACH ROW EXECUTE FUNCTION log."re cord"('i d');
CREATE TRIGGER "au dit truncate" AFTER TRUNCATE ON "my ""sch.ema"" é"."user"
  FOR EACH STATEMENT EXECUTE FUNCTION log."re cord"('i d');
CREATE TRIGGER "au dit" AFTER INSERT OR UPDATE OR DELETE ON "my ""sch.ema"" é"."ac count"
  FOR EACH ROW EXECUTE FUNCTION log."re cord"('id');
CREATE TRIGGER "au dit truncate" AFTER TRUNCATE ON "my ""sch.ema"" é"."ac count"
  FOR EACH STATEMENT EXECUTE FUNCTION log."re cord"('id');

CREATE TRIGGER "ke ep" BEFORE UPDATE OR DELETE ON log."audit log" FOR EACH ROW EXECUTE FUNCTION log."ne (ver)"();
CREATE TRIGGER "ke ep all" BEFORE TRUNCATE ON log."audit log" FOR EACH STATEMENT EXECUTE FUNCTION log."ne (ver)"();
