-- names: "App 1"."f; g"(a integer)
CREATE FUNCTION "App 1"."f; g"(a int) RETURNS int LANGUAGE sql SECURITY DEFINER AS $$ SELECT a $$;
REVOKE EXECUTE ON FUNCTION "App 1"."f; g"(int) FROM PUBLIC;
