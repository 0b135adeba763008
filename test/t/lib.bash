# What the scripts of this folder share. Sourced; $1 is the folder of the running server.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
dir=${1:?usage: script DIR (the folder of a running test/server.sh)}
n=0; bad=0
work=$(mktemp -d)
databases=()
finish() { local name; for name in "${databases[@]}"; do psql postgres -c "DROP DATABASE IF EXISTS $name" >/dev/null 2>&1; done; rm -rf "$work"; }
trap finish EXIT

# psql DATABASE ARGS…: quiet, unaligned, stops at the first error.
psql() { local db=$1; shift; test/server.sh psql "$dir" -qAt -v ON_ERROR_STOP=1 -d "$db" "$@"; }

# database NAME: an empty database that is dropped at the end.
database() { databases+=("$1"); psql postgres -c "DROP DATABASE IF EXISTS $1" -c "CREATE DATABASE $1" >/dev/null 2>&1; }

# with_tmap NAME: a database with the extension.
with_tmap() { database "$1"; psql "$1" -c "SET client_min_messages = warning" -c "CREATE EXTENSION tmap CASCADE"; }

# ok TEXT CONDITION…: one TAP line; the condition is a command.
ok() { local text=$1; shift; n=$((n + 1)); if "$@" >"$work/out" 2>&1; then echo "ok $n - $text"; else bad=1; echo "not ok $n - $text"; sed 's/^/# /' "$work/out" | head -20; fi; }

# same TEXT HAVE WANT
same() { n=$((n + 1)); if [ "$2" = "$3" ]; then echo "ok $n - $1"; else bad=1; echo "not ok $n - $1"; printf '# have: %s\n# want: %s\n' "$2" "$3"; fi; }

# lines COMMAND…: passes on TAP lines without numbers, numbered; a command that fails is a failure of its own.
lines() {
  local line
  "$@" >"$work/lines" 2>"$work/lines.err"; local rc=$?
  while IFS= read -r line; do
    case $line in
      ok\ *) n=$((n + 1)); echo "ok $n - ${line#ok }" ;;
      not\ ok\ *) n=$((n + 1)); bad=1; echo "not ok $n - ${line#not ok }" ;;
      *) echo "# $line" ;;
    esac
  done <"$work/lines"
  if [ $rc != 0 ]; then n=$((n + 1)); bad=1; echo "not ok $n - $* ended early"; sed 's/^/# /' "$work/lines.err"; fi
}

# state DATABASE SQL: the SQLSTATE that it ends with, or "none".
state() { local code; code=$(psql "$1" -v VERBOSITY=sqlstate -c "$2" 2>&1 >/dev/null | sed -n 's/.*ERROR:  *\([0-9A-Z]\{5\}\).*/\1/p'); echo "${code:-none}"; }

# catalogue DATABASE: definition, rights and comment of every member of the extension, one a line, names fully qualified.
catalogue() {
  psql "$1" -F ' | ' <<'SQL'
SET search_path = '';
SELECT i.type, i.identity, pg_catalog.replace(x.definition, E'\n', ' '), pg_catalog.replace(pg_catalog.obj_description(d.objid, d.classid::pg_catalog.regclass::pg_catalog.name), E'\n', ' ')
FROM pg_catalog.pg_depend d, LATERAL pg_catalog.pg_identify_object(d.classid, d.objid, 0) AS i, LATERAL (
  SELECT CASE WHEN p.prokind = 'a' THEN pg_catalog.format('%s%s%s%s', p.provolatile, p.proparallel, p.prokind, a.definition) ELSE pg_catalog.pg_get_functiondef(p.oid) END || ' rights ' || COALESCE(p.proacl::pg_catalog.text, 'of default')
  FROM pg_catalog.pg_proc p LEFT JOIN LATERAL (SELECT pg_catalog.format('%s %s %s %s %s %s %s %s %s %s %s', g.aggtransfn::pg_catalog.regprocedure, g.aggfinalfn::pg_catalog.regprocedure, g.aggcombinefn::pg_catalog.regprocedure,
    g.aggmtransfn::pg_catalog.regprocedure, g.aggminvtransfn::pg_catalog.regprocedure, g.aggtranstype::pg_catalog.regtype, g.aggtransspace, g.aggmtransspace, g.agginitval, g.aggfinalmodify, g.aggkind) AS definition
    FROM pg_catalog.pg_aggregate g WHERE g.aggfnoid = p.oid) AS a ON true WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND p.oid = d.objid
  UNION ALL
  SELECT pg_catalog.format('%s com %s neg %s rest %s join %s %s%s', o.oprcode::pg_catalog.regprocedure, o.oprcom::pg_catalog.regoperator, o.oprnegate::pg_catalog.regoperator, o.oprrest::pg_catalog.regproc, o.oprjoin::pg_catalog.regproc, o.oprcanhash, o.oprcanmerge)
  FROM pg_catalog.pg_operator o WHERE d.classid = 'pg_catalog.pg_operator'::pg_catalog.regclass AND o.oid = d.objid
  UNION ALL
  SELECT pg_catalog.format('%s %s %s %s %s in %s out %s recv %s send %s default %s rights %s columns %s', t.typtype, t.typlen, t.typbyval, t.typalign, t.typstorage, t.typinput::pg_catalog.regproc, t.typoutput::pg_catalog.regproc, t.typreceive::pg_catalog.regproc, t.typsend::pg_catalog.regproc, t.typdefault, t.typacl,
    (SELECT pg_catalog.string_agg(c.attname || ' ' || pg_catalog.format_type(c.atttypid, c.atttypmod), ', ' ORDER BY c.attnum) FROM pg_catalog.pg_attribute c WHERE c.attrelid = t.typrelid AND c.attnum > 0))
  FROM pg_catalog.pg_type t WHERE d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass AND t.oid = d.objid
  UNION ALL
  SELECT pg_catalog.format('%s %s default %s', c.opcintype::pg_catalog.regtype, c.opckeytype::pg_catalog.regtype, c.opcdefault) FROM pg_catalog.pg_opclass c WHERE d.classid = 'pg_catalog.pg_opclass'::pg_catalog.regclass AND c.oid = d.objid
  UNION ALL
  SELECT (SELECT pg_catalog.string_agg(pg_catalog.format('%s %s', m.amopstrategy, m.amopopr::pg_catalog.regoperator), ', ' ORDER BY m.amopstrategy) FROM pg_catalog.pg_amop m WHERE m.amopfamily = f.oid)
    || (SELECT pg_catalog.string_agg(pg_catalog.format('%s %s', m.amprocnum, m.amproc), ', ' ORDER BY m.amprocnum) FROM pg_catalog.pg_amproc m WHERE m.amprocfamily = f.oid)
  FROM pg_catalog.pg_opfamily f WHERE d.classid = 'pg_catalog.pg_opfamily'::pg_catalog.regclass AND f.oid = d.objid
  UNION ALL SELECT 'other' WHERE d.classid NOT IN ('pg_catalog.pg_proc'::pg_catalog.regclass, 'pg_catalog.pg_operator'::pg_catalog.regclass, 'pg_catalog.pg_type'::pg_catalog.regclass, 'pg_catalog.pg_opclass'::pg_catalog.regclass, 'pg_catalog.pg_opfamily'::pg_catalog.regclass)
) AS x (definition)
WHERE d.deptype = 'e' AND d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND d.refobjid = (SELECT oid FROM pg_catalog.pg_extension WHERE extname = 'tmap')
ORDER BY i.type COLLATE "C", i.identity COLLATE "C";
SQL
}

# The plan, and the exit status.
done_testing() { echo "1..$n"; exit $bad; }
