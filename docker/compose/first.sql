-- In template1, of which later databases are copies: the pooler asks in the database that its client wants.
\set replicator `cat /secrets/pgattest_replicator`
\set pooler `cat /secrets/pgattest_pooler`

CREATE ROLE pgattest_replicator LOGIN REPLICATION PASSWORD :'replicator';
CREATE ROLE pgattest_pooler LOGIN PASSWORD :'pooler';
GRANT SELECT ON pg_catalog.pg_shadow TO pgattest_pooler;

-- Empty: the design's migrations go there.
CREATE DATABASE production;
