#!/usr/bin/env bash
# Tables of what bench-tiles.sql measured; tiles are compressed here. Usage: bench-tiles.sh PSQL-COMMAND…
set -euo pipefail
table='
  my ($key, $kind) = ("$F[1] $F[2]", $F[3]);
  if ($F[0] eq "ms") { $ms{$key}{$kind} = "$F[4] / $F[5] ms"; $median{$key}{$kind} = $F[4]; next }
  my $tile = decode_base64($F[4] // ""); gzip(\$tile, \my $packed);
  for (["raw", length $tile], ["packed", length($packed) * (length($tile) > 0)]) { $size{$key}{$kind}{$_->[0]} = $_->[1] if $_->[1] > ($size{$key}{$kind}{$_->[0]} // 0) }
  END {
    for my $what ("countries", "communes") {
      printf "  %s, CPU median / greatest of the tiles; greatest KB (gzip)\n  %3s  %-44s %-44s %-44s\n", $what, "z", "plain ST_AsMVT over the view, one year", "tile(), one year", "tile(), all years";
      for my $z (0 .. 10) {
        my $k = "$what $z";
        printf "  %3d  %s\n", $z, join " ", map { sprintf "%-44s", sprintf("%s; %.1f (%.1f) KB%s", $ms{$k}{$_} // "-", ($size{$k}{$_}{raw} // 0) / 1000, ($size{$k}{$_}{packed} // 0) / 1000, $_ eq "plain" ? "" : sprintf(", × %.2f", $median{$k}{$_} / ($median{$k}{plain} || 1))) } "plain", "year", "all_years";
      }
    }
  }'
"$@" -qAt -F ' ' <<'SQL' | perl -MMIME::Base64 -MIO::Compress::Gzip=gzip -ane "$table"
SELECT 'ms', what, z, replace(kind, ' ', '_'), round(percentile_cont(0.5) WITHIN GROUP (ORDER BY ms)::numeric, 1), round(max(ms), 1)
FROM (SELECT what, z, x, y, kind, percentile_cont(0.5) WITHIN GROUP (ORDER BY ms)::numeric AS ms FROM took GROUP BY 1, 2, 3, 4, 5) t GROUP BY 1, 2, 3, 4;
SELECT 'tile', what, z, replace(kind, ' ', '_'), replace(encode(tile, 'base64'), E'\n', '') FROM took WHERE tile IS NOT NULL;
SQL
