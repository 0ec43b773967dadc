ALTER TABLE "my ""sch.ema"" é"."user" DISABLE ROW LEVEL SECURITY;
