#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Canaries of the runners: a test that fails, crashes, hangs or says nothing is counted as what it is; a header that does not compile
alone, a fuzzer that finds something and one without seeds are failures."""
import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAMS = [  # shell text, counted as passed, failed
    ("echo '[  PASSED  ] 3 test(s).'", 3, 0),
    ("echo '[  PASSED  ] 2 test(s).'; echo '[  FAILED  ] 1 test(s), listed below:'; exit 1", 2, 1),
    ("echo '[  FAILED  ] tests: 2 test(s), listed below:'; exit 2", 0, 2),
    ("echo '[  PASSED  ] 3 test(s).'; kill -SEGV $$", 3, 1),
    ("echo '5 passed, 0 failed'", 5, 0),
    ("echo '5 passed, 2 failed'; exit 1", 5, 2),
    ("echo '5 passed, 2 failed'", 5, 2),
    ("echo '5 passed, 0 failed'; exit 3", 5, 1),
    ("true", 1, 0),
    ("false", 0, 1),
    ("sleep 60", 0, 1),
    ("cat; echo '1 passed, 0 failed'", 1, 0),  # standard input is closed
]
passed = failed = 0


def check(is_right, words):
    global passed, failed
    passed, failed = passed + bool(is_right), failed + (not is_right)
    if not is_right:
        print("wrong: " + words)


def run(*words, **more):
    return subprocess.run(words, capture_output=True, text=True, check=False, **more)


def programs(folder):
    names, good, bad = [], 0, 0
    for i, (text, is_passed, is_failed) in enumerate(PROGRAMS):
        name = os.path.join(folder, f"p{i}.sh")
        with open(name, "w", encoding="utf-8") as file:
            file.write(text + "\n")
        one = run(sys.executable, ROOT + "/tools/run_tests.py", "--timeout", "2", name)
        last = one.stdout.splitlines()[-1]
        check(last == f"{is_passed} passed, {is_failed} failed", f"{text}: {last}")
        check(one.returncode == (1 if is_failed else 0), f"{text}: exit code {one.returncode}")
        names, good, bad = names + [name], good + is_passed, bad + is_failed
    every = run(sys.executable, ROOT + "/tools/run_tests.py", "--timeout", "2", "--jobs", "4", *names)
    lines = [line for line in every.stdout.splitlines() if line.endswith(" failed") and line[0].isdigit()]
    check(lines == [f"{good} passed, {bad} failed"], f"all together, one line of counts: {lines}")


def fuzzers(folder):
    for name, text in (("quiet", "exit 0"), ("crashing", "echo crash; exit 77"), ("seedless", "exit 0")):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\n" + text + "\n")
        os.chmod(os.path.join(folder, name), 0o755)
        if name != "seedless":
            os.makedirs(os.path.join(folder, "test/fuzz/corpus", name))
            with open(os.path.join(folder, "test/fuzz/corpus", name, "seed"), "w", encoding="utf-8") as file:
                file.write("x")
    words = [os.path.join(folder, name) for name in ("quiet", "crashing", "seedless")]
    one = run("bash", ROOT + "/tools/fuzz.sh", "1", *words, cwd=folder)
    check(one.returncode == 1 and one.stdout.splitlines()[-1] == "1 passed, 2 failed", "fuzz.sh: " + one.stdout)


def headers(folder):
    for name in ("Makefile", "tools"):
        os.symlink(os.path.join(ROOT, name), os.path.join(folder, name))
    os.makedirs(folder + "/src/base")
    os.makedirs(folder + "/src/store/sql")
    with open(folder + "/src/base/alone.h", "w", encoding="utf-8") as file:
        file.write("#ifndef BASE_ALONE_H\n#define BASE_ALONE_H\n#include <stddef.h>\nsize_t f(void);\n#endif\n")
    one = run("make", "-s", "headers", cwd=folder, env={**os.environ, "MAKEFLAGS": ""})
    check(one.returncode == 0 and one.stdout.strip() == "1 passed, 0 failed", "a good header: " + one.stdout + one.stderr)
    with open(folder + "/src/base/needy.h", "w", encoding="utf-8") as file:
        file.write("#ifndef BASE_NEEDY_H\n#define BASE_NEEDY_H\nsize_t g(void);\n#endif\n")
    one = run("make", "-s", "headers", cwd=folder, env={**os.environ, "MAKEFLAGS": ""})
    check(one.returncode != 0 and "needy.h" in one.stderr, "a header that leans on others: " + one.stdout + one.stderr)


def main():
    for part in (programs, fuzzers, headers):
        with tempfile.TemporaryDirectory() as folder:
            part(folder)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
