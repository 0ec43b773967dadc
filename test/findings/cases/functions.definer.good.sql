CREATE FUNCTION "App 1"."f; g"(a int) RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ SELECT a $$;
REVOKE EXECUTE ON FUNCTION "App 1"."f; g"(int) FROM PUBLIC;
