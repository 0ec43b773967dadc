-- names: "App 1"."Lo""g"
CREATE TABLE "App 1"."Lo""g" ("at ""; " timestamp);
