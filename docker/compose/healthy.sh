#!/bin/sh
# Does what runs here let a client in, by TLS with its certificate checked and a password, and does it answer?
set -eu
case $1 in
  server) to='port=5432 user=postgres dbname=postgres' ask='SELECT 1' ;;
  pooler) to='port=6432 user=pgattest_admin dbname=pgbouncer' ask='SHOW VERSION' ;;
esac
# Not by Debian's wrapper, which takes longer than the question.
set -- /usr/lib/postgresql/*/bin/psql
exec "$1" -XAtqc "$ask" "host=localhost $to sslmode=verify-full sslrootcert=/secrets/tls/ca.crt passfile=/secrets/pgpass \
connect_timeout=3 application_name=healthy"
