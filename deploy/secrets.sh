#!/bin/sh
# Makes what docker-compose.yml needs to be secret, in the folder secrets beside
# this script. What is there already stays: a lost seal key loses leads.
#
# The folder is closed to other users. The files are not, because containers run
# as users of their own and get each file by itself.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p secrets

# keep NAME VALUE writes a file at once and whole, unless it is there.
keep() {
  [ ! -e "secrets/$1" ] || return 0
  printf '%s\n' "$2" >"secrets/.$1"
  chmod 444 "secrets/.$1"
  mv "secrets/.$1" "secrets/$1"
}

hexadecimal() { od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n'; }

keep admin_key "lr_$(hexadecimal)"
keep seal_keys "k1:$(head -c 32 /dev/urandom | base64)"
keep postgres_password "$(hexadecimal)"
keep database_url "postgres://leadrail:$(cat secrets/postgres_password)@postgres:5432/leadrail?sslmode=disable"
