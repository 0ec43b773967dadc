-- names: "App 1"."Li nes"
CREATE TABLE "App 1"."Li nes" (id uuid PRIMARY KEY, "proj;ect" uuid REFERENCES "App 1".projects);
