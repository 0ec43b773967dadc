CREATE TABLE "App 1"."Lo""g" ("at ""; " timestamptz);
