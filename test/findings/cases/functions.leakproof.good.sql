CREATE FUNCTION "App 1"."f; g"(a int) RETURNS int LANGUAGE sql AS $$ SELECT a $$;
