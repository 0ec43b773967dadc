-- names: "App 1".projects
ALTER TABLE "App 1".projects ADD updated_at timestamptz;
