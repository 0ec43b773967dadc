CREATE FUNCTION "App 1"."who?"() RETURNS uuid LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN nullif(current_setting('app.tenant', true), '')::uuid; END $$;
CREATE TABLE "App 1"."No""tes; --" (id uuid PRIMARY KEY, tenant_id uuid NOT NULL);
CREATE INDEX ON "App 1"."No""tes; --" (tenant_id);
ALTER TABLE "App 1"."No""tes; --" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY "per row" ON "App 1"."No""tes; --" TO requests USING (tenant_id = (SELECT "App 1"."who?"()));
GRANT SELECT, INSERT, UPDATE, DELETE ON "App 1"."No""tes; --" TO requests;
