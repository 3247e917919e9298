#!/bin/sh
# Makes Temporal's two databases and brings their schemas up to date. Every step
# leaves alone what is done already. The tool reads where the server is, and its
# password, from the environment: SQL_PLUGIN, SQL_HOST, SQL_PORT, SQL_USER.
set -eu
SQL_PASSWORD=$(cat "$SQL_PASSWORD_FILE")
export SQL_PASSWORD

# schema DATABASE KIND
schema() {
  temporal-sql-tool --db "$1" create
  temporal-sql-tool --db "$1" setup-schema -v 0.0
  temporal-sql-tool --db "$1" update-schema -d "/etc/temporal/schema/postgresql/v12/$2/versioned"
}

schema temporal temporal
schema temporal_visibility visibility
