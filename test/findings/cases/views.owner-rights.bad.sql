-- names: "App 1"."V i""ew"
CREATE VIEW "App 1"."V i""ew" AS SELECT * FROM "App 1".projects;
GRANT SELECT ON "App 1"."V i""ew" TO requests;
