#!/usr/bin/env bash
# Real map clients, each a reader of one atlas: QGIS, GDAL, MapServer, QGIS Server, a browser. Ends with one line: N passed, N failed.
# What they draw and write stays in build/clients/.
#   clients.sh [CLIENT…]      all, or those named: qgis gdal mapserver qgis_server web
# TMAP_CLIENTS_DIR: server and atlas are kept in this folder and taken again; without it they are made anew and removed.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
export PG_CONFIG=${PG_CONFIG:-pg_config}
out=$PWD/build/clients; mkdir -p "$out"
only=" $* "; passed=0; failed=0
server=${TMAP_CLIENTS_DIR:-}
[ -n "$server" ] || { server=$(mktemp -d /tmp/tmap-clients.XXXXXX); trap 'bash test/server.sh remove "$server" 2>/dev/null; rm -rf "$server"' EXIT; }
sudo=(); [ "$(id -u)" = 0 ] || sudo=(sudo)
# The caller's connection settings must not lead a client elsewhere.
for name in $(compgen -e | grep '^PG' || true); do [ "$name" = PG_CONFIG ] || unset "$name"; done

close() { # the closing line
  echo "$passed passed, $failed failed"
  [ "$failed" = 0 ] && [ "$passed" -gt 0 ]
  exit
}

stage() { # stage TEXT COMMAND…: one line ok or not ok; without it there is nothing to go on with
  local text=$1 start=$SECONDS; shift
  if "$@" 2>"$out/stage.err"; then echo "ok - $text ($((SECONDS - start)) s)"; passed=$((passed + 1))
  else echo "not ok - $text"; tail -n 40 "$out/stage.err"; failed=$((failed + 1)); close; fi
}

build() { make -s -j2 PG_CONFIG="$PG_CONFIG" >&2 && "${sudo[@]}" make -s install PG_CONFIG="$PG_CONFIG" >&2; }

start() { # for the owner by socket, for readers by loopback; memory of every backend is bounded
  (ulimit -v 8000000; bash test/server.sh start "$server" free >&2) || return 1
  printf 'local all all trust\nhost all reader 127.0.0.1/32 trust\n' >"$out/hba"
  cat "$out/hba" >"$server/data/pg_hba.conf" && rm -f "$out/hba"
  bash test/server.sh psql "$server" -d postgres -qAt -c 'SELECT pg_reload_conf()' >&2
}

atlas() { # made once in a server that is kept
  [ "$(bash test/server.sh psql "$server" -d postgres -qAt -c "SELECT count(*) FROM pg_database WHERE datname = 'clients'")" = 1 ] && return 0
  bash test/clients/atlas.sh "$server" clients
}

web_packages() { # the browser's test needs the page's own packages, as its lock file names them
  node -e 'process.exit(process.versions.node.split(".")[0] >= 18 ? 0 : 1)' || { echo "node 18 or later is needed, this is $(node --version 2>&1)" >&2; return 1; }
  [ ! -f demo/web/package-lock.json ] || (cd demo/web && npm ci --no-audit --no-fund) >&2
}

client() { # client NAME COMMAND…: shows its lines as they come, and counts them
  local name=$1 start=$SECONDS rc good bad plan; shift
  [ "$only" = "  " ] || [[ $only == *" $name "* ]] || return 0
  echo "# $name"
  "$@" 2>"$out/$name.err" | tee "$out/$name.tap"; rc=${PIPESTATUS[0]}
  good=$(grep -c '^ok\b' "$out/$name.tap"); bad=$(grep -c '^not ok\b' "$out/$name.tap")
  plan=$(sed -n 's/^1\.\.\([0-9]*\)$/\1/p' "$out/$name.tap" | tail -n 1)
  # A client that died, checked nothing, or did not come to its end has failed even if no line says so.
  if [ "$bad" = 0 ] && { [ "$rc" != 0 ] || [ "$good" = 0 ] || [ "${plan:-0}" != "$good" ]; }; then
    echo "not ok - $name ended early"; tail -n 30 "$out/$name.err"; bad=1
  fi
  echo "# $name: $good ok, $bad failed, $((SECONDS - start)) s"
  passed=$((passed + good)); failed=$((failed + bad))
}

[ -n "${TMAP_SCRIPT:-}" ] || stage "tmap is built and installed" build
stage "a private server starts" start
stage "an atlas of real figures and SYNTHETIC France is published" atlas
export PGHOST=127.0.0.1 PGUSER=reader PGDATABASE=clients TMAP_SERVER=$server TMAP_OUT=$out QT_QPA_PLATFORM=offscreen
PGPORT=$(cat "$server/port"); export PGPORT
export TMAP_DATABASE_URL="postgresql://$PGUSER@$PGHOST:$PGPORT/$PGDATABASE"

client qgis /usr/bin/python3 test/clients/qgis_desktop.py
client gdal bash test/clients/gdal.sh
client mapserver bash test/clients/mapserver.sh
client qgis_server bash test/clients/qgis_server.sh
if [ -f test/clients/web.mjs ]; then
  if [ "$only" = "  " ] || [[ $only == *" web "* ]]; then stage "packages of the web page are there" web_packages; fi
  client web node test/clients/web.mjs
fi
close
