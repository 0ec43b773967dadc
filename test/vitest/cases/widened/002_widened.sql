ALTER POLICY notes_tenant ON app.notes USING (true);
