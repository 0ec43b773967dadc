CREATE FUNCTION "App 1"."to""uch"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name := 1; RETURN NEW; END $$;
CREATE TRIGGER touch BEFORE UPDATE ON "App 1".projects FOR EACH ROW EXECUTE FUNCTION "App 1"."to""uch"();
