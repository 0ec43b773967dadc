CREATE TABLE "App 1"."No""tes; --" (id uuid PRIMARY KEY, tenant_id uuid NOT NULL);
CREATE INDEX ON "App 1"."No""tes; --" (tenant_id);
ALTER TABLE "App 1"."No""tes; --" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY "own rows" ON "App 1"."No""tes; --" TO requests USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON "App 1"."No""tes; --" TO requests;
GRANT USAGE ON SCHEMA "App 1" TO guests;
CREATE POLICY "Every one" ON "App 1"."No""tes; --" FOR SELECT USING (tenant_id = '00000000-0000-0000-0000-000000000001' AND current_user <> '');
GRANT SELECT ON "App 1"."No""tes; --" TO guests;
ALTER POLICY "Every one" ON "App 1"."No""tes; --" TO guests;
