#!/usr/bin/env bash
# SPDX-License-Identifier: EUPL-1.2
# The demonstration: demo.sh [OPTIONS of tools/demo/play.py]. make demo builds first.
set -eu
cd "$(dirname "$0")/.."
export PYTHONDONTWRITEBYTECODE=1
unset VARDE
exec "${PYTHON:-/usr/bin/python3}" tools/demo/play.py "$@"
