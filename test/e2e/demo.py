#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""The demonstration of make demo with a register of 300 entities: the same day, the same checks, a port of its own."""
import os
import sys
import tempfile

import varde_client as v

sys.path.insert(0, os.path.join(v.ROOT, "tools/demo"))
import play  # noqa: E402


def main():
    with tempfile.TemporaryDirectory(prefix="varde-e2e-") as folder:
        return play.main(["--entities", "300", "--folder", folder + "/demo", "--port", str(v.free_port()), "--binary", v.VARDE, "--stop"])


if __name__ == "__main__":
    sys.exit(main())
