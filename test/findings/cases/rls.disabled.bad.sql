-- names: "App 1"."No""tes; --"
CREATE TABLE "App 1"."No""tes; --" (id uuid PRIMARY KEY, tenant_id uuid NOT NULL);
CREATE INDEX ON "App 1"."No""tes; --" (tenant_id);
GRANT SELECT, INSERT, UPDATE, DELETE ON "App 1"."No""tes; --" TO requests;
