-- names: "Ins ert" on "App 1"."No""tes; --"
CREATE TABLE "App 1"."No""tes; --" (id uuid PRIMARY KEY, tenant_id uuid NOT NULL, public boolean NOT NULL);
CREATE INDEX ON "App 1"."No""tes; --" (tenant_id);
ALTER TABLE "App 1"."No""tes; --" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY "Ins ert" ON "App 1"."No""tes; --" TO requests USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid OR (public AND tenant_id IS NOT NULL));
GRANT SELECT, INSERT, UPDATE, DELETE ON "App 1"."No""tes; --" TO requests;
