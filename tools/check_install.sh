#!/usr/bin/env bash
# SPDX-License-Identifier: EUPL-1.2
# Installs into a directory of the build and looks: the files are there, the unit names the binary, the binary is hardened.
set -u
cd "$(dirname "$0")/.."
root=$PWD/build/installed
rm -rf "$root"
passed=0 failed=0
expect() { # expect WORDS COMMAND...
    local words=$1
    shift
    if "$@" >/dev/null 2>&1; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "not so: $words"; fi
}
make -s install DESTDIR="$root" PREFIX=/usr || failed=$((failed + 1))
expect "the binary runs" "$root/usr/bin/varde" version
expect "a manual page is installed" test -s "$root/usr/share/man/man1/varde.1"
expect "the unit names the binary" grep -q '^ExecStart=/usr/bin/varde serve' "$root/usr/lib/systemd/system/varde.service"
expect "completion is bash" bash -n "$root/usr/share/bash-completion/completions/varde"
expect "position-independent" sh -c "readelf -hW '$root/usr/bin/varde' | grep -q 'Type: *DYN'"
expect "relocations read-only, bound at start" sh -c "readelf -dW '$root/usr/bin/varde' | grep -q 'BIND_NOW\|FLAGS.*NOW'"
expect "GNU_RELRO" sh -c "readelf -lW '$root/usr/bin/varde' | grep -q GNU_RELRO"
expect "no executable stack" sh -c "! readelf -lW '$root/usr/bin/varde' | grep GNU_STACK | grep -q RWE"
expect "stack protector" sh -c "readelf --dyn-syms -W '$root/usr/bin/varde' | grep -q __stack_chk_fail"
expect "fortified" sh -c "readelf --dyn-syms -W '$root/usr/bin/varde' | grep -q '_chk@'"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
