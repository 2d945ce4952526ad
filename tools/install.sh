#!/usr/bin/env bash
# SPDX-License-Identifier: EUPL-1.2
# Installs what is missing, through apt: install.sh build | check. Quiet and idempotent: nothing is asked or printed where all is
# there. Works as root and through sudo; Debian 12 and 13 (names that differ are found by asking apt).
set -eu

build="gcc g++ make pkg-config python3 tzdata ca-certificates
  libssl-dev libsodium-dev libsqlite3-dev libnghttp2-dev libyaml-dev libsimdjson-dev libcurl4-openssl-dev liboath-dev
  libseccomp-dev libzstd-dev librnp-dev libfido2-dev libcjose-dev libjansson-dev fonts-dejavu-core"
check="clang lld libcmocka-dev binutils curl openssl nghttp2-client python3-venv python3-icalendar qpdf poppler-utils python3-scipy postfix dovecot-imapd rnp chromium"

# The web interface is built by whatever Node.js from 18 on is there.
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then build="$build nodejs npm"; fi

case "${1:-build}" in
build) wanted=$build ;;
check) wanted="$build $check" ;;
*) echo "usage: install.sh build|check" >&2; exit 2 ;;
esac

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    echo "install.sh: this is no Debian; the packages wanted are:" $wanted >&2
    exit 0
fi

missing() {
    local package
    for package in "$@"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
    done
}

# The sanitizers' and fuzzer's libraries carry clang's version in their package's name.
runtime() {
    local version
    version=$(apt-cache depends clang 2>/dev/null | sed -n 's/.*Depends: clang-\([0-9][0-9]*\)$/\1/p' | head -n 1)
    [ -z "$version" ] || echo "libclang-rt-$version-dev"
}

wants_runtime() { [ "$wanted" != "$build" ] && ! ls /usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.fuzzer-*.a >/dev/null 2>&1; }

absent=$(missing $wanted)
if [ -z "$absent" ] && ! wants_runtime; then exit 0; fi

as_root=
if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "install.sh: run as root, or install sudo; missing:" $absent >&2
        exit 1
    fi
    as_root="sudo DEBIAN_FRONTEND=noninteractive"
fi
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
quietly() { "$@" >"$log" 2>&1 </dev/null || { cat "$log" >&2; return 1; }; }

quietly $as_root apt-get -q -y -o DPkg::Lock::Timeout=300 update || echo "install.sh: the package lists are old" >&2
if wants_runtime; then absent="$absent $(runtime)"; fi
echo "install.sh: installing" $absent
# The test brings Postfix's configuration with it; the package's own would listen on port 25.
case " $(echo $absent) " in
*" postfix "*) echo "postfix postfix/main_mailer_type select No configuration" | $as_root debconf-set-selections || true ;;
esac
quietly $as_root apt-get -q -y -o DPkg::Lock::Timeout=300 install --no-install-recommends $absent
