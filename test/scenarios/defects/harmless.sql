COMMENT ON DATABASE template1 IS 'harmless';
