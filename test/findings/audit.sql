-- An audit trail as a design has it.
CREATE TABLE "App 1"."re; cords" (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz NOT NULL DEFAULT now(),
  user_id text NOT NULL DEFAULT session_user, action text NOT NULL, values jsonb);
CREATE FUNCTION "App 1".record() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO "App 1"."re; cords" (action, values) VALUES (TG_OP, to_jsonb(coalesce(NEW, OLD)));
  RETURN NULL;
END $$;
