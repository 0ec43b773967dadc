CREATE TABLE "App 1"."Li nes" (id uuid PRIMARY KEY, "proj;ect" uuid REFERENCES "App 1".projects);
CREATE INDEX ON "App 1"."Li nes" ("proj;ect");
