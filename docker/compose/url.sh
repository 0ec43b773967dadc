#!/bin/sh
# Prints a connection URL with its password. The client finds the authority's certificate in the file pgattest-ca.crt.
set -eu

url() {
  printf 'postgres://%s:%s@localhost:%s/%s?sslmode=verify-full&sslrootcert=pgattest-ca.crt\n' "$1" "$2" "$3" "$4"
}
superuser() { url postgres "$(cat /secrets/postgres)" "$1" "$2"; }

case ${1-} in
  primary) superuser "$PRIMARY_PORT" production ;;
  replica-1) superuser "$REPLICA_1_PORT" production ;;
  replica-2) superuser "$REPLICA_2_PORT" production ;;
  replica-3) superuser "$REPLICA_3_PORT" production ;;
  writer) superuser "$POOLER_PORT" production ;;
  reader) superuser "$POOLER_PORT" production_ro ;;
  password) cat /secrets/postgres ;;
  console) url pgattest_admin "$(cat /secrets/pgattest_admin)" "$POOLER_PORT" pgbouncer ;;
  login)
    # A new password for a role that is there, such as the design's app_user. It is shown now and never again.
    role=${2?'which role?'}
    password=$(openssl rand -hex 24)
    # It gets neither into the log nor among the statistics.
    unseen='-c log_min_error_statement=panic -c log_min_duration_statement=-1 -c pg_stat_statements.track_utility=off'
    printf '%s' "$password" | PGOPTIONS="$unseen" \
      psql -Xq -v ON_ERROR_STOP=1 -v role="$role" -d production -f /compose/login.sql
    url "$role" "$password" "$POOLER_PORT" production
    url "$role" "$password" "$POOLER_PORT" production_ro
    ;;
  *)
    echo 'say which: primary, replica-1, replica-2, replica-3, writer, reader, console, password, or login and a role' >&2
    exit 2
    ;;
esac
