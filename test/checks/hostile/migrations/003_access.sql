DO $$
DECLARE
  each regclass;
BEGIN
  FOR each IN SELECT oid FROM pg_class
    WHERE relkind IN ('r', 'p') AND relnamespace IN ('log'::regnamespace, '"my ""sch.ema"" é"'::regnamespace)
  LOOP
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', each);
  END LOOP;
END $$;

CREATE POLICY "se e" ON "my ""sch.ema"" é"."user" FOR SELECT TO "req ""user""; --"
  USING (tenant = "my ""sch.ema"" é"."my tenant"());
CREATE POLICY "change one's own" ON "my ""sch.ema"" é"."user" FOR UPDATE TO "req ""user""; --"
  USING ("i d" = "my ""sch.ema"" é".me() AND tenant = "my ""sch.ema"" é"."my tenant"());

CREATE POLICY "sel""ect" ON "my ""sch.ema"" é"."select" FOR SELECT TO "group"
  USING (tenant = "my ""sch.ema"" é"."my tenant"()
    AND ("sta te" = 'open' OR "from" = "my ""sch.ema"" é".me() OR "my ""sch.ema"" é"."is (admin)"()));
CREATE POLICY "in sert" ON "my ""sch.ema"" é"."select" FOR INSERT TO "group"
  WITH CHECK (tenant = "my ""sch.ema"" é"."my tenant"() AND "from" = "my ""sch.ema"" é".me());
CREATE POLICY "up date" ON "my ""sch.ema"" é"."select" FOR UPDATE TO "group"
  USING (tenant = "my ""sch.ema"" é"."my tenant"() AND "from" = "my ""sch.ema"" é".me())
  WITH CHECK (tenant = "my ""sch.ema"" é"."my tenant"() AND "from" = "my ""sch.ema"" é".me());
CREATE POLICY "de lete" ON "my ""sch.ema"" é"."select" FOR DELETE TO "group"
  USING (tenant = "my ""sch.ema"" é"."my tenant"() AND "my ""sch.ema"" é"."is (admin)"());

CREATE POLICY "al l" ON "my ""sch.ema"" é"."ac count" TO PUBLIC
  USING (tenant = "my ""sch.ema"" é"."my tenant"()) WITH CHECK (tenant = "my ""sch.ema"" é"."my tenant"());

CREATE POLICY "ten ant" ON "my ""sch.ema"" é"."Ev ent" FOR SELECT TO "req ""user""; --"
  USING (tenant = "my ""sch.ema"" é"."my tenant"());
CREATE POLICY "no te" ON "my ""sch.ema"" é"."Ev ent" FOR UPDATE TO "req ""user""; --"
  USING (tenant = "my ""sch.ema"" é"."my tenant"() AND "my ""sch.ema"" é"."is (admin)"());

CREATE POLICY "only" ON "my ""sch.ema"" é"."only unique" FOR SELECT TO "req ""user""; --"
  USING (tenant = "my ""sch.ema"" é"."my tenant"());

GRANT USAGE ON SCHEMA "my ""sch.ema"" é" TO "req ""user""; --";
GRANT USAGE ON SCHEMA log TO "req ""user""; --", "Überwachung";
GRANT SELECT ("i d", tenant, "E-Mail", "admin"), UPDATE ("E-Mail") ON "my ""sch.ema"" é"."user" TO "req ""user""; --";
GRANT SELECT, DELETE, INSERT (tenant, "no", "from", "sta te", aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa),
  UPDATE ("sta te", aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa)
  ON "my ""sch.ema"" é"."select" TO "req ""user""; --";
GRANT SELECT, INSERT (id, tenant, "to", "am %ount"), UPDATE (tenant, "to", "am %ount"), DELETE
  ON "my ""sch.ema"" é"."ac count" TO "req ""user""; --";
GRANT SELECT, UPDATE (note) ON "my ""sch.ema"" é"."Ev ent" TO "req ""user""; --";
GRANT SELECT ON "my ""sch.ema"" é"."only unique", "my ""sch.ema"" é"."vi ew" TO "req ""user""; --";

GRANT USAGE ON SCHEMA "my ""sch.ema"" é", log TO "help ""er""";
GRANT SELECT ON ALL TABLES IN SCHEMA "my ""sch.ema"" é" TO "help ""er""";
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA log TO "help ""er""";
GRANT USAGE ON ALL SEQUENCES IN SCHEMA log TO "help ""er""";
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA "my ""sch.ema"" é" TO "help ""er""";
ALTER FUNCTION "my ""sch.ema"" é"."is (admin)"() OWNER TO "help ""er""";
ALTER FUNCTION log."re cord"() OWNER TO "help ""er""";
