-- A small design that holds everything that the structure checks look at, with one schema whose names need quoting.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'shop user') THEN
    CREATE ROLE "shop user" LOGIN CONNECTION LIMIT 7;
    CREATE ROLE "shop ""group" NOLOGIN;
    CREATE ROLE shop_base NOLOGIN;
    GRANT "shop ""group" TO "shop user";
    GRANT shop_base TO "shop ""group";
  END IF;
END $$;

CREATE EXTENSION pg_trgm;
CREATE SCHEMA shop;
CREATE SCHEMA "od d";
CREATE TYPE shop.status AS ENUM ('open', 'done', 'can''t');

CREATE FUNCTION shop.touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.updated_at := now();
  RETURN NEW;
END $$;
CREATE FUNCTION shop.keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'kept';
END $$;

CREATE TABLE shop.customers (
  organization_id uuid NOT NULL,
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  email varchar(200) NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT customers_organization_id_id_key UNIQUE (organization_id, id)
);
CREATE UNIQUE INDEX idx_customers_email ON shop.customers (lower(email));
CREATE INDEX idx_customers_trgm ON shop.customers USING gin (email gin_trgm_ops);

CREATE TABLE shop.tasks (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  organization_id uuid NOT NULL,
  customer_id uuid NOT NULL,
  title varchar(255) NOT NULL,
  slug text GENERATED ALWAYS AS (lower(title)) STORED,
  status shop.status NOT NULL DEFAULT 'open',
  priority text NOT NULL DEFAULT 'low' CONSTRAINT tasks_priority_check CHECK (priority IN ('low', 'high')),
  tags uuid[],
  deleted_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT tasks_customer_fkey FOREIGN KEY (organization_id, customer_id)
    REFERENCES shop.customers (organization_id, id) ON DELETE CASCADE,
  CONSTRAINT tasks_dates_check CHECK (updated_at >= created_at)
);
CREATE INDEX idx_tasks_customer ON shop.tasks (organization_id, customer_id);
CREATE INDEX idx_tasks_status ON shop.tasks (status, created_at DESC) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX idx_tasks_slug ON shop.tasks (organization_id, slug) WHERE deleted_at IS NULL;
CREATE TRIGGER tasks_touch BEFORE UPDATE ON shop.tasks FOR EACH ROW EXECUTE FUNCTION shop.touch();

CREATE TABLE shop.events (
  id uuid NOT NULL,
  organization_id uuid NOT NULL,
  name text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (id, created_at)
) PARTITION BY RANGE (created_at);
CREATE TABLE shop.events_old PARTITION OF shop.events FOR VALUES FROM (MINVALUE) TO ('2025-01-01');
CREATE TABLE shop.events_new PARTITION OF shop.events FOR VALUES FROM ('2025-01-01') TO (MAXVALUE);
CREATE INDEX idx_events_name ON shop.events (organization_id, name);
ALTER TABLE shop.events ADD CONSTRAINT events_name_check CHECK (name IN ('a', 'b'));
CREATE TRIGGER events_keep BEFORE UPDATE OR DELETE ON shop.events FOR EACH ROW EXECUTE FUNCTION shop.keep();
CREATE TRIGGER events_keep_all BEFORE TRUNCATE ON shop.events FOR EACH STATEMENT EXECUTE FUNCTION shop.keep();
CREATE TRIGGER events_keep_all BEFORE TRUNCATE ON shop.events_old FOR EACH STATEMENT EXECUTE FUNCTION shop.keep();
ALTER TABLE shop.events ENABLE ALWAYS TRIGGER events_keep;
CREATE TRIGGER keep_new BEFORE TRUNCATE ON shop.events_new FOR EACH STATEMENT EXECUTE FUNCTION shop.keep();

CREATE VIEW shop.open_tasks AS SELECT id, title FROM shop.tasks WHERE status = 'open';
CREATE MATERIALIZED VIEW shop.task_counts AS SELECT status, count(*) AS number FROM shop.tasks GROUP BY status;

CREATE FUNCTION shop.total(kind shop.status, "at least" int) RETURNS SETOF bigint
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT count(*) FROM shop.tasks WHERE status = kind HAVING count(*) >= "at least"
$$;

CREATE TABLE "od d"."T ""able" (
  "I d" integer PRIMARY KEY,
  "Na me" text NOT NULL DEFAULT 'it''s "it"',
  "ki nd" text CONSTRAINT "ki nd chk" CHECK ("ki nd" IN ('a''b', 'C d')),
  "cu st" uuid CONSTRAINT "cu st fk" REFERENCES shop.customers,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT "on ce" UNIQUE NULLS NOT DISTINCT ("Na me", "ki nd")
);
CREATE INDEX "i dx" ON "od d"."T ""able" ("cu st", "ki nd") INCLUDE ("Na me");
CREATE TRIGGER "tou ch" BEFORE INSERT OR UPDATE ON "od d"."T ""able" FOR EACH ROW EXECUTE FUNCTION shop.touch();

ALTER TABLE shop.tasks ENABLE ROW LEVEL SECURITY;
CREATE POLICY tasks_see ON shop.tasks FOR SELECT TO shop_base USING (true);
CREATE POLICY tasks_all ON shop.tasks TO "shop user" USING (true);
CREATE POLICY tasks_never ON shop.tasks AS RESTRICTIVE FOR SELECT USING (true);
ALTER TABLE "od d"."T ""able" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "se e" ON "od d"."T ""able" FOR SELECT TO "shop ""group" USING (true);
GRANT USAGE ON SCHEMA shop TO "shop user";
GRANT SELECT, UPDATE (title) ON shop.tasks TO "shop user";
