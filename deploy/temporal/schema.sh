#!/bin/sh
# Makes Temporal's two databases and brings their schemas up to date.
set -eu

schema() {
  database=$1
  versions=/etc/temporal/schema/postgresql/v12/$2/versioned
  tool() {
    temporal-sql-tool --plugin "$SQL_PLUGIN" --ep "$SQL_HOST" -p "$SQL_PORT" -u "$SQL_USER" --pw "$SQL_PASSWORD" --db "$database" "$@"
  }
  tool create
  tool setup-schema -v 0.0 || true # fails where a schema is there already
  tool update-schema -d "$versions"
}

schema temporal temporal
schema temporal_visibility visibility
