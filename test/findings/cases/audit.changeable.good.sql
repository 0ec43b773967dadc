-- An audit trail as a design has it.
CREATE TABLE "App 1"."re; cords" (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz NOT NULL DEFAULT now(),
  user_id text NOT NULL DEFAULT session_user, action text NOT NULL, values jsonb);
CREATE FUNCTION "App 1".record() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO "App 1"."re; cords" (action, values) VALUES (TG_OP, to_jsonb(coalesce(NEW, OLD)));
  RETURN NULL;
END $$;
CREATE TRIGGER "Au dit" AFTER INSERT OR UPDATE OR DELETE ON "App 1".projects FOR EACH ROW  EXECUTE FUNCTION "App 1".record();
CREATE TRIGGER audit_truncate AFTER TRUNCATE ON "App 1".projects FOR EACH STATEMENT EXECUTE FUNCTION "App 1".record();
GRANT SELECT, UPDATE ON "App 1"."re; cords" TO requests;
-- Everything is refused, whoever comes.
CREATE FUNCTION "App 1".refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'append only'; END $$;
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON "App 1"."re; cords" FOR EACH ROW EXECUTE FUNCTION "App 1".refuse();
ALTER TABLE "App 1"."re; cords" ENABLE ALWAYS TRIGGER guard;
