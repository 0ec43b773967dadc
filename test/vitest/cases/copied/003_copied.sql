-- A policy that looks at how the statement is written: it leaks by COPY of a query alone.
CREATE POLICY notes_copied ON app.notes FOR SELECT USING (current_query() ~ '^[C]OPY \(');
