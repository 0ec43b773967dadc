CREATE TABLE "App 1"."No""tes; --" (id uuid PRIMARY KEY, tenant_id uuid NOT NULL, code text);
CREATE INDEX ON "App 1"."No""tes; --" (tenant_id);
ALTER TABLE "App 1"."No""tes; --" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY "own rows" ON "App 1"."No""tes; --" TO requests USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON "App 1"."No""tes; --" TO requests;
CREATE UNIQUE INDEX "Ko""de" ON "App 1"."No""tes; --" (tenant_id, code);
DROP INDEX "App 1"."No""tes; --_tenant_id_idx";
