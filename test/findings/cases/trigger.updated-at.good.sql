ALTER TABLE "App 1".projects ADD updated_at timestamptz;
CREATE FUNCTION "App 1".touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.updated_at := now(); RETURN NEW; END $$;
CREATE TRIGGER touch BEFORE UPDATE ON "App 1".projects FOR EACH ROW EXECUTE FUNCTION "App 1".touch();
