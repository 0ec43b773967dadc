#!/bin/sh
# Starts PgBouncer.
set -eu
umask 077
cp /secrets/userlist.txt /pgattest/userlist.txt
exec pgbouncer /compose/pgbouncer.ini
