#!/usr/bin/env bash
# SPDX-License-Identifier: EUPL-1.2
# doc/varde.1 is what `varde help --man` prints, and every command explains itself.
set -u
cd "$(dirname "$0")/.."
varde=build/debug/varde
passed=0 failed=0
if "$varde" help --man | cmp -s - doc/varde.1; then
    passed=$((passed + 1))
else
    failed=$((failed + 1))
    echo "doc/varde.1 is old: make man"
fi
while read -r name; do
    # shellcheck disable=SC2086
    if "$varde" $name --help </dev/null | grep -q '^usage: varde '; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "varde $name --help"; fi
done < <("$varde" help --man | sed -n 's/^\.SS //p' | sed 's/\\-/-/g')
if "$varde" nonsense >/dev/null 2>&1 || [ $? != 2 ]; then failed=$((failed + 1)); echo "a wrong command does not exit with 2"; else passed=$((passed + 1)); fi
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
