-- names: "App 1"."No""tes; --"
CREATE TABLE "App 1"."No""tes; --" (id uuid PRIMARY KEY, tenant_id uuid NOT NULL);
CREATE INDEX ON "App 1"."No""tes; --" (tenant_id);
ALTER TABLE "App 1"."No""tes; --" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY floor ON "App 1"."No""tes; --" AS RESTRICTIVE TO requests USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON "App 1"."No""tes; --" TO requests;
