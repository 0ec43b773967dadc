SELECT 1; -- requests can become nobody else
