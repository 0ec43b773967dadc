-- Findings of what is made here name this file, and the line on which a statement begins.
CREATE SCHEMA shop;
GRANT USAGE ON SCHEMA shop TO requests;

CREATE TABLE shop.orders (
  id uuid PRIMARY KEY,
  tenant_id int
);
CREATE TABLE shop.bills (id uuid PRIMARY KEY, tenant_id int NOT NULL);
CREATE TABLE shop.notes (id uuid PRIMARY KEY, tenant_id int NOT NULL);
CREATE INDEX ON shop.orders (tenant_id);
CREATE INDEX ON shop.bills (tenant_id);
GRANT SELECT ON shop.orders, shop.bills, shop.notes TO requests; GRANT INSERT ON shop.orders TO requests;

CREATE FUNCTION shop.total(tenant int) RETURNS bigint STABLE SECURITY DEFINER LANGUAGE sql
  AS $$ SELECT count(*) FROM shop.bills WHERE tenant_id = tenant; $$;
