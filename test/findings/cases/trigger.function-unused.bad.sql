-- names: "App 1"."to""uch"()
CREATE FUNCTION "App 1"."to""uch"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name := 1; RETURN NEW; END $$;
