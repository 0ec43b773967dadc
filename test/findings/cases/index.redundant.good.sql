CREATE INDEX many ON "App 1".projects (name, id); CREATE INDEX "Twi""ce" ON "App 1".projects (id, name);
