#!/bin/sh
# Copies a WAL segment so that it is whole or not there. One that is there with the same content is fine: the server asks again after a
# crash. Zeros take no room, and a segment that is archived by the clock is mostly zeros.
set -eu
from=$1
to=$2
if [ -e "$to" ]; then
  cmp -s "$from" "$to" && exit 0
  echo "archive: $to is there with another content" >&2
  exit 1
fi
trap 'rm -f "$to.partial"' EXIT
cp --sparse=always "$from" "$to.partial"
sync "$to.partial"
mv "$to.partial" "$to"
sync "$(dirname "$to")"
