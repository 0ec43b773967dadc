-- names: "App 1"."M; v"
CREATE MATERIALIZED VIEW "App 1"."M; v" AS SELECT * FROM "App 1".projects;
GRANT SELECT ON "App 1"."M; v" TO requests;
