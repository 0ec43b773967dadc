-- Reference data: everybody reads it, nobody writes it.
CREATE TABLE "App 1"."No""tes; --" (code text PRIMARY KEY);
ALTER TABLE "App 1"."No""tes; --" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY "Always" ON "App 1"."No""tes; --" FOR SELECT TO requests USING (true);
GRANT SELECT ON "App 1"."No""tes; --" TO requests;
