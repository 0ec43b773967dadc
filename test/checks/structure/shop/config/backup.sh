#!/bin/bash
set -euo pipefail
target="${BACKUP_DIR}/${1}.dump"
mkdir -p "${BACKUP_DIR}"
pg_dump --file="${target}" "${1}"
aws s3 cp "${target}" s3://backups/
find "${BACKUP_DIR}" -name '*.dump' -mtime +30 -delete
echo "Backup completed: ${1}"
