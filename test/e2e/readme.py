#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""The commands of README.md, run as they stand: every block of sh, in one shell, in an empty directory."""
import os
import re
import subprocess
import sys
import tempfile

import varde_client as v


def main():
    with open(os.path.join(v.ROOT, "README.md"), encoding="utf-8") as file:
        blocks = re.findall(r"^```sh\n(.*?)^```", file.read(), re.M | re.S)
    script = "".join(blocks).replace("8443", str(v.free_port()))
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix="varde-e2e-") as folder:
        path = os.path.dirname(v.VARDE) + ":" + os.environ["PATH"]
        # what is left running at the end is the node
        run = subprocess.run(["bash", "-c", f"set -e -o pipefail\ntrap 'kill $(jobs -p) 2>/dev/null; wait' EXIT\n{script}\necho all done"],
                             cwd=folder, env={**os.environ, "PATH": path}, capture_output=True, text=True, timeout=120, check=False)
        checks = [
            (run.returncode == 0 and run.stdout.rstrip().endswith("all done"), "every command exits with 0"),
            (len(blocks) >= 3, "there are blocks to run"),
            ("important entity" in run.stdout, "the law applies to the example"),
            ("0 findings" in run.stdout, "the packs are good"),
            (run.stdout.count("Filed F") == 2, "two filings"),
            ("notification" in run.stdout, "the notification is owed"),
        ]
        for is_right, words in checks:
            passed, failed = passed + bool(is_right), failed + (not is_right)
            if not is_right:
                print(f"wrong: {words}")
        if failed:
            print(run.stdout[-6000:], run.stderr[-3000:], sep="\n")
            with open(folder + "/serve.log", encoding="utf-8", errors="replace") as log:
                print(log.read()[-2000:])
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
