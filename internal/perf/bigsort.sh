#!/bin/sh
# Sorts many records through a temporary file and checks that none is lost and
# that memory stays within its limit.
#
#   bigsort.sh FILE [RECORDS [MEMORY-MB [LIMIT-MB]]]
#
# FILE is a file of records; it is read as often as it takes to have RECORDS of
# them (50 million). rasort may hold MEMORY-MB of records (1500); the whole
# process must stay below LIMIT-MB (2048).
set -eu
file=$1 records=${2:-50000000} memory=${3:-1500} limit=${4:-2048}
root=$(cd "$(dirname "$0")/../.." && pwd)
dir=$(mktemp -d "${TMPDIR:-/tmp}/bigsort.XXXXXX")
trap 'rm -rf "$dir"' EXIT
for p in rasort racount; do (cd "$root/examples" && go build -o "$dir/$p" "./$p"); done

count() { "$dir/racount" -X -r "$@" | awk 'NR == 2 {print $2, $3, $6}'; }
set -- "$file"
one=$(count "$file" | cut -d' ' -f1)
while [ $(($# * one)) -lt "$records" ]; do set -- "$@" "$file"; done
want=$(count "$@")

"$dir/rasort" -X -r "$@" -m bytes saddr --memory "${memory}M" --tmp "$dir" -w "$dir/sorted" &
pid=$! peak=0
while kill -0 $pid 2>/dev/null; do
	now=$(awk '/VmHWM/ {print int($2 / 1024)}' /proc/$pid/status 2>/dev/null || true)
	[ "${now:-0}" -gt "$peak" ] && peak=$now
	sleep 0.1
done
wait $pid
got=$(count "$dir/sorted")
echo "records, packets, bytes: $got; peak $peak MB"
[ "$got" = "$want" ] || { echo "want $want" >&2; exit 1; }
[ "$peak" -le "$limit" ] || { echo "more than $limit MB" >&2; exit 1; }
