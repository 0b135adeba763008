#!/usr/bin/env bash
# A private, throw-away PostgreSQL server: `server.sh start|stop|remove|status|kill DIR [PORT]`, `server.sh psql DIR ARGS…`.
# It listens on a socket inside DIR, and on loopback only when a port is given ("free" picks one).
# initdb and postgres refuse to run as root, so root hands over to the postgres user.
set -euo pipefail
cmd=${1:?usage: server.sh start|stop|remove|status|kill|psql DIR}; dir=${2:?a directory}; shift 2
bin=$("${PG_CONFIG:-pg_config}" --bindir)

as_owner() { # runs a command as a user that PostgreSQL accepts
  if [ "$(id -u)" = 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi
}

free_port() { # prints a loopback port nobody listens on
  perl -MIO::Socket::INET -e '$s=IO::Socket::INET->new(LocalAddr=>"127.0.0.1",LocalPort=>0,Listen=>1) or die; print $s->sockport'
}

case $cmd in
start)
  listen=''; port=5432
  if [ -n "${1:-}" ]; then listen=127.0.0.1; port=$1; [ "$port" = free ] && port=$(free_port); fi
  mkdir -p "$dir"; dir=$(cd "$dir" && pwd)
  if [ "$(id -u)" = 0 ]; then chown postgres "$dir"; fi
  if [ ! -s "$dir/data/PG_VERSION" ]; then
    log=$(mktemp)
    as_owner "$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --no-locale --no-sync >"$log" 2>&1 ||
      { cat "$log" >&2; rm -f "$log"; exit 1; }
    rm -f "$log"
    echo "local all all trust" | as_owner tee "$dir/data/pg_hba.conf" >/dev/null
  fi
  if as_owner "$bin/pg_ctl" -D "$dir/data" status >/dev/null 2>&1; then exit 0; fi
  echo "$port" | as_owner tee "$dir/port" >/dev/null
  as_owner "$bin/pg_ctl" -s -w -t 60 -D "$dir/data" -l "$dir/log" \
    -o "-k $dir -p $port -c listen_addresses='$listen' -c fsync=${TMAP_FSYNC:-off} -c shared_buffers=256MB -c max_wal_size=4GB -c timezone=UTC -c max_parallel_workers=8 -c max_worker_processes=16" start
  ;;
stop) as_owner "$bin/pg_ctl" -s -m fast -w -D "$dir/data" stop ;;
kill) as_owner "$bin/pg_ctl" -s -m immediate -w -D "$dir/data" stop ;;
status) as_owner "$bin/pg_ctl" -D "$dir/data" status ;;
remove)
  [ -s "$dir/data/PG_VERSION" ] || { echo "$dir holds no server of ours" >&2; exit 1; }
  as_owner "$bin/pg_ctl" -s -m immediate -w -D "$dir/data" stop 2>/dev/null || true
  rm -rf "$dir"
  ;;
psql) exec "$bin/psql" -X -h "$dir" -p "$(cat "$dir/port")" -U postgres "$@" ;;
*) echo "server.sh: no such command: $cmd" >&2; exit 2 ;;
esac
