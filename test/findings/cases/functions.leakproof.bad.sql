-- names: "App 1"."f; g"(a integer)
CREATE FUNCTION "App 1"."f; g"(a int) RETURNS int LANGUAGE sql LEAKPROOF AS $$ SELECT a $$;
