#!/bin/sh
# Starts Temporal as its image does. The server reads its password from the
# environment only, so it is put there for this one process.
set -eu
POSTGRES_PWD=$(cat "$POSTGRES_PWD_FILE")
export POSTGRES_PWD
exec /etc/temporal/entrypoint.sh
