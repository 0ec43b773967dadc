-- names: "App 1"."No""tes; --"
CREATE TABLE "App 1"."No""tes; --" (id uuid PRIMARY KEY, tenant_id uuid NOT NULL);
CREATE INDEX ON "App 1"."No""tes; --" (tenant_id);
ALTER TABLE "App 1"."No""tes; --" OWNER TO "Own er";
GRANT USAGE ON SCHEMA "App 1" TO "Own er";
ALTER TABLE "App 1"."No""tes; --" ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "App 1"."No""tes; --" TO requests USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON "App 1"."No""tes; --" TO requests;
