CREATE VIEW "App 1"."V i""ew" WITH (security_invoker = true) AS SELECT * FROM "App 1".projects;
GRANT SELECT ON "App 1"."V i""ew" TO requests;
