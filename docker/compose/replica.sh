#!/bin/sh
# Starts a streaming replica, by the name of its slot. At the first start it copies the primary: under another name, so that the copy
# is whole or not there.
set -eu
name=$1
data=/data/15
primary="host=primary port=5432 user=pgattest_replicator application_name=$name sslmode=verify-full \
sslrootcert=/secrets/tls/ca.crt passfile=/secrets/pgpass connect_timeout=5"

# The slot keeps what the replica needs. One that fell too far behind is of no use: what it lost comes from the archive.
slot() {
  psql -XAtq -v ON_ERROR_STOP=1 -v name="$name" "$primary dbname=postgres" >/dev/null <<'SQL'
SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = :'name' AND wal_status = 'lost';
SELECT pg_create_physical_replication_slot(:'name', true)
 WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = :'name');
SQL
}

if [ -d "$data" ]; then
  # Without its primary it still answers readers.
  slot || echo "$name: the slot cannot be seen to now" >&2
else
  slot
  rm -rf "$data.new"
  pg_basebackup -d "$primary" -D "$data.new" -X stream -S "$name" -c fast
  touch "$data.new/standby.signal"
  sync
  mv "$data.new" "$data"
fi

exec postgres -D "$data" -c cluster_name="$name" -c primary_slot_name="$name" -c primary_conninfo="$primary"
