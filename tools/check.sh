#!/usr/bin/env bash
# SPDX-License-Identifier: EUPL-1.2
# Every kind of test, one step after another (make check; with VARDE_LONG=1 make check-long). A step that fails does not keep the
# next from running. Each step prints one line with its counts and seconds, and its output where it failed; the last line of all
# is "N passed, N failed". A build counts as one.
set -u
cd "$(dirname "$0")/.."
export VARDE_LONG=${VARDE_LONG:-}
unset MAKEFLAGS MAKELEVEL MFLAGS V B UNIT E2E
mkdir -p build/log
passed=0 failed=0 jobs=$(nproc)

step() { # step NAME COMMAND...
    local name=$1 log began code line good bad
    log=build/log/$(echo "$name" | tr ' ' '-').log
    shift
    began=$SECONDS
    "$@" >"$log" 2>&1 </dev/null
    code=$?
    line=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$log" | tail -n 1)
    if [ -n "$line" ]; then
        good=${line%% *} bad=$(echo "$line" | sed 's/.*, \([0-9]*\) failed/\1/')
    else
        good=$((code == 0 ? 1 : 0)) bad=0
    fi
    if [ "$code" != 0 ] && [ "$bad" = 0 ]; then bad=1; fi
    passed=$((passed + good)) failed=$((failed + bad))
    printf '%-34s %5d passed %5d failed %5d s\n' "$name" "$good" "$bad" $((SECONDS - began))
    if [ "$bad" != 0 ]; then tail -n 80 "$log" | sed -E 's/^([0-9]+ passed, [0-9]+ failed)$/  \1/; s/^/    /'; fi
}
build() { make -s -j"$jobs" "$@"; }

step "house rules" make -s house
step "build gcc debug" build all
step "headers gcc" build headers
step "build measurements" build bench-programs
step "unit gcc" build unit
step "build gcc release" build V=release all
step "cases of law, release" build V=release $(printf 'build/release/%s ' $(test/law/mutate.py --programs))
step "types of the web interface" make -s web-types
step "browser" make -s V=release browser
step "hardened, installs" tools/check_install.sh
step "manual is current" tools/check_manual.sh
step "build clang asan+ubsan" build V=asan all
step "headers clang" build V=asan headers
step "unit asan+ubsan" build V=asan unit
step "mutations of the law" test/law/mutate.py --build build/release --count $([ -n "$VARDE_LONG" ] && echo 600 || echo 60) --least 80
step "crashes" make -s fault
step "e2e release" make -s V=release e2e
step "e2e asan+ubsan" make -s V=asan e2e
step "build fuzzers" build V=fuzz fuzzers
step "fuzz" make -s V=fuzz fuzz-short FUZZ_SECONDS=$([ -n "$VARDE_LONG" ] && echo 120 || echo 5)
if [ -n "$VARDE_LONG" ]; then
    step "build gcc tsan" build V=tsan all
    # Races don't depend on how many worlds are drawn: every test, with the counts of the short run and time enough.
    step "unit tsan" env VARDE_LONG= make -s -j"$jobs" V=tsan unit TEST_S=7200 UNIT_LONG=
    step "e2e tsan" env VARDE_LONG= make -s V=tsan e2e TEST_S=7200 E2E_LONG=
    step "build clang release" build V=release CC=clang B=build/clang-release all
fi
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
