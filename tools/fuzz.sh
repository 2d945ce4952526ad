#!/usr/bin/env bash
# SPDX-License-Identifier: EUPL-1.2
# Runs fuzzers, as many at a time as there are processors: fuzz.sh SECONDS PROGRAM... Each on its seeds (test/fuzz/corpus/NAME)
# and what earlier runs found (build/fuzz/corpus/NAME). A crash leaves its input in build/fuzz/found/. Ends with
# "N passed, N failed".
set -u
seconds=$1
shift
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

fuzz() { # fuzz PROGRAM: what it says goes to RESULTS/NAME.ok or RESULTS/NAME.bad
    local program=$1 name grown seeds runs dictionary=()
    name=$(basename "$program")
    grown=build/fuzz/corpus/$name
    seeds=test/fuzz/corpus/$name
    mkdir -p "$grown" build/fuzz/found
    if [ -z "$(ls -A "$seeds" 2>/dev/null)" ]; then
        echo "fuzz: $name has no seeds in $seeds" >"$results/$name.bad"
        return
    fi
    [ ! -f "test/fuzz/$name.dict" ] || dictionary=("-dict=test/fuzz/$name.dict")
    if "$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=65536 -print_final_stats=1 -verbosity=1 \
        -artifact_prefix="build/fuzz/found/$name-" ${dictionary[@]+"${dictionary[@]}"} "$grown" "$seeds" \
        >"build/fuzz/$name.log" 2>&1 </dev/null; then
        runs=$(sed -n 's/^stat::number_of_executed_units: //p' "build/fuzz/$name.log")
        echo "fuzz: $name: ${runs:-0} inputs" >"$results/$name.ok"
    else
        { echo "fuzz: $name failed:"; tail -n 40 "build/fuzz/$name.log"; } >"$results/$name.bad"
    fi
}

jobs=$(nproc)
for program in "$@"; do
    while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do wait -n; done
    fuzz "$program" &
done
wait
passed=0 failed=0
for program in "$@"; do
    name=$(basename "$program")
    if [ -f "$results/$name.ok" ]; then
        passed=$((passed + 1))
        cat "$results/$name.ok"
    else
        failed=$((failed + 1))
        cat "$results/$name.bad" 2>/dev/null || echo "fuzz: $name left no result"
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
