#!/bin/sh
# Starts the primary. At the first start it makes the data folder: under another name, so that it is whole or not there.
set -eu
data=/data/15

if [ ! -d "$data" ]; then
  if [ -n "$(ls /archive)" ]; then
    echo 'the archive holds WAL of another cluster, and there is no data: remove the volume archive as well, or restore' >&2
    exit 1
  fi
  rm -rf "$data.new"
  initdb -k -E UTF8 --locale=C --auth-local=trust --auth-host=scram-sha-256 -U postgres \
    --pwfile=/secrets/postgres -D "$data.new"
  cat >>"$data.new/postgresql.conf" <<'CONF'

# The design's settings, those of this place, and your own: later ones win.
include '/compose/saas-gcp.conf'
include '/compose/server.conf'
include_if_exists '/compose/local.conf'
CONF
  # Nobody comes in by the network before all is there.
  pg_ctl -D "$data.new" -w -t 120 -o "-c listen_addresses='' -c archive_mode=off" start
  # Passwords get neither into the log nor among the statistics.
  unseen='-c log_min_error_statement=panic -c log_min_duration_statement=-1 -c pg_stat_statements.track_utility=off'
  PGOPTIONS="$unseen" \
    psql -XqU postgres -v ON_ERROR_STOP=1 -d template1 -f /compose/first.sql
  pg_ctl -D "$data.new" -w -t 120 -m fast stop
  sync
  mv "$data.new" "$data"
fi

exec postgres -D "$data" -c cluster_name=primary
