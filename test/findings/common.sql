-- What the cases stand on: roles by what they are for, a schema with a name that needs quotes, two tables divided by tenant_id.
CREATE SCHEMA "App 1";
GRANT USAGE ON SCHEMA "App 1" TO requests;
CREATE TABLE "App 1".projects (id uuid PRIMARY KEY, tenant_id uuid NOT NULL, name text);
CREATE TABLE "App 1".tasks (id uuid PRIMARY KEY, tenant_id uuid NOT NULL, name text);
CREATE INDEX ON "App 1".projects (tenant_id);
CREATE INDEX ON "App 1".tasks (tenant_id);
ALTER TABLE "App 1".projects ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE "App 1".tasks ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "App 1".projects TO requests
  USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid);
CREATE POLICY tenant ON "App 1".tasks TO requests
  USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON "App 1".projects, "App 1".tasks TO requests;
