-- names: "App 1"."Part 20;20"
CREATE TABLE "App 1"."No""tes; --" (tenant_id uuid NOT NULL, kind text NOT NULL) PARTITION BY LIST (kind);
CREATE INDEX ON "App 1"."No""tes; --" (tenant_id);
CREATE TABLE "App 1"."Part 20;20" PARTITION OF "App 1"."No""tes; --" DEFAULT;
ALTER TABLE "App 1"."No""tes; --" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "App 1"."No""tes; --" TO requests USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON "App 1"."No""tes; --" TO requests;
GRANT SELECT ON "App 1"."Part 20;20" TO requests;
