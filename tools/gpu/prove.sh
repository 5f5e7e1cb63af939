#!/usr/bin/env bash
# Builds the GPU folder (2.5 GB of downloads, 3.6 GB on disk), runs the quickstart with it in place, and writes what
# happened to docs/gpu-report.md: which libraries the process really had in memory, what doctor says, and, with a
# GPU at hand, how its numbers and seconds compare with the CPU's.
#   tools/gpu/prove.sh [REPORT]
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
report=${1:-$root/docs/gpu-report.md}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
graft=$root/tools/graft
folder=$root/target/gpu-lib

cd "$root"
echo "prove: building the folder" >&2
mvn -B -ntp -q -Pgpu-folder -DskipTests -Dassembly.skipAssembly=true -Dspotless.check.skip=true -Dcheckstyle.skip=true package
"$graft" --version >/dev/null
export GRAFT_GPU=$folder

# Runs graft, and keeps the names of the libraries it has mapped while it runs.
watched() {
  local name=$1 began=$SECONDS
  shift
  "$graft" "$@" >"$work/$name.out" 2>"$work/$name.err" &
  local pid=$!
  while kill -0 "$pid" 2>/dev/null; do
    if [ -r "/proc/$pid/maps" ]; then
      grep -o '/[^ ]*\.so[^ ]*' "/proc/$pid/maps" 2>/dev/null | sort -u >"$work/maps.now" || true
      if [ "$(wc -l <"$work/maps.now")" -gt "$(cat "$work/$name.maps" 2>/dev/null | wc -l)" ]; then cp "$work/maps.now" "$work/$name.maps"; fi
    fi
    sleep 0.2
  done
  local code=0
  wait "$pid" || code=$?
  echo "$code" >"$work/$name.code"
  echo $((SECONDS - began)) >"$work/$name.seconds"
}

section() { printf '\n## %s\n\n' "$1"; }
block() { printf '```\n'; sed "s|$root|.|g; s|$work|WORK|g; s|$HOME|~|g" "$1"; printf '```\n'; }

quick=(train graphs/quickstart.json --set stages.0.epochs=2 --set export=[])
echo "prove: doctor and quickstart" >&2
watched doctor doctor
watched quickstart "${quick[@]}" --out "$work/gpu"
watched cpu "${quick[@]}" --device cpu --out "$work/cpu"
watched asked doctor --device gpu:0

{
  echo "# GPU folder: last report"
  echo
  echo "Made by \`tools/gpu/prove.sh\`. Folder: $(find "$folder" -name '*.so*' | wc -l) libraries, $(du -sm "$folder" | cut -f1) MiB."
  section "graft doctor, with the folder in place (exit $(cat "$work/doctor.code"))"
  block "$work/doctor.out"
  section "graft doctor --device gpu:0 (exit $(cat "$work/asked.code"))"
  block "$work/asked.out"
  section "Quickstart, 2 epochs, with the folder in place (exit $(cat "$work/quickstart.code"), $(cat "$work/quickstart.seconds") s)"
  { grep -v '^WARNING\|^I0000\|^E0000\|^W0000' "$work/quickstart.err" || true; cat "$work/quickstart.out"; } >"$work/said"
  block "$work/said"
  echo
  echo "Libraries of the folder in its memory:"
  echo
  { grep -F "$folder" "$work/quickstart.maps" || echo "none"; } | sed "s|$folder/||" >"$work/names"
  block "$work/names"
  section "The same with --device cpu (exit $(cat "$work/cpu.code"), $(cat "$work/cpu.seconds") s)"
  { grep -v '^WARNING\|^I0000\|^E0000\|^W0000' "$work/cpu.err" || true; } >"$work/said"
  block "$work/said"
  echo
  echo "Libraries of the folder in its memory: $(grep -cF "$folder" "$work/cpu.maps" || true)."
  section "Losses, folder against --device cpu"
  printf '```\n'
  cut -d, -f1-4 "$work/gpu/history.csv"
  cut -d, -f1-4 "$work/cpu/history.csv"
  printf '```\n'
  if command -v nvidia-smi >/dev/null; then
    section "nvidia-smi"
    nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv >"$work/smi"
    block "$work/smi"
  else
    echo
    echo "This machine has no nvidia-smi: nothing here was computed on a GPU."
  fi
} >"$work/report"
mv "$work/report" "$report"
echo "prove: $report" >&2
