#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Runs test programs and counts: run_tests.py [--jobs N] [--timeout SECONDS] [--verbose] PROGRAM...

PROGRAM is an executable, or a .py or .sh file. Its tests are counted from cmocka's lines ("[  PASSED  ] 3 test(s).") or from a
line "N passed, N failed" of its own; a program that prints neither counts as one. A crash, a time-out or a non-zero exit
without a counted failure is a failure. The output of a program that failed is shown, and which dozen took longest. The last line
is "N passed, N failed".
"""
import argparse
import concurrent.futures
import os
import re
import subprocess
import sys
import time

OWN = re.compile(r"^(\d+) passed, (\d+) failed$", re.M)
CMOCKA_PASSED = re.compile(r"^\[  PASSED  \] (\d+) test\(s\)", re.M)
CMOCKA_FAILED = re.compile(r"^\[  FAILED  \] (?:tests: )?(\d+) test\(s\)", re.M)


def count(output, code):
    """(passed, failed) of one program."""
    own = OWN.findall(output)
    if own:
        passed, failed = int(own[-1][0]), int(own[-1][1])
    elif CMOCKA_PASSED.search(output) or CMOCKA_FAILED.search(output):
        passed = sum(int(n) for n in CMOCKA_PASSED.findall(output))
        failed = sum(int(n) for n in CMOCKA_FAILED.findall(output))
    else:
        passed, failed = (1, 0) if code == 0 else (0, 1)
    if code != 0 and failed == 0:
        failed = 1
    return passed, failed


def run(program, timeout_s):
    command = [program]
    if program.endswith(".py"):
        command = [sys.executable, program]
    elif program.endswith(".sh"):
        command = ["bash", program]
    began = time.monotonic()
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=timeout_s, check=False)
        code, output = done.returncode, done.stdout.decode("utf-8", "replace")
    except subprocess.TimeoutExpired as late:
        code, output = 124, (late.stdout or b"").decode("utf-8", "replace") + f"\nno end after {timeout_s} s\n"
    except OSError as error:
        code, output = 126, f"{error}\n"
    return program, code, output, time.monotonic() - began


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--timeout", type=int, default=300)
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("programs", nargs="*")
    options = parser.parse_args()
    passed = failed = 0
    times = []
    with concurrent.futures.ThreadPoolExecutor(max_workers=max(1, options.jobs)) as pool:
        for program, code, output, seconds in pool.map(lambda p: run(p, options.timeout), options.programs):
            good, bad = count(output, code)
            passed += good
            failed += bad
            times.append((seconds, program))
            if bad or options.verbose:
                print(f"--- {program}: {good} passed, {bad} failed, exit {code}, {seconds:.1f} s")
                print(re.sub(r"^(\d+ passed, \d+ failed)$", r"(\1)", output, flags=re.M).rstrip()[-20000:])
    if len(times) > 1:
        print("longest: " + ", ".join(f"{program} {seconds:.1f} s" for seconds, program in sorted(times, reverse=True)[:12]))
    print(f"{passed} passed, {failed} failed")
    sys.stdout.flush()
    return 1 if failed else 0


if __name__ == "__main__":
    os.environ.setdefault("PYTHONDONTWRITEBYTECODE", "1")
    sys.exit(main())
