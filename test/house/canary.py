#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Canaries of tools/check_house.py: a clean tree passes, and each planted violation is found by the rule meant for it."""
import os
import subprocess
import sys
import tempfile

CHECK = os.path.join(os.path.dirname(__file__), "..", "..", "tools", "check_house.py")
SPDX = "// SPDX-License-Identifier: EUPL-1.2\n"
CLEAN = {
    "src/base/span.h": SPDX + "/* Bytes. */\n#ifndef BASE_SPAN_H\n#define BASE_SPAN_H\n\ntypedef struct err (*asked)(int);\n#endif\n",
    "src/base/arena.c": SPDX + '#include "base/span.h"\n\nvoid *take(void) { return malloc(1); }\n',
    "src/law/scope.c": SPDX + '#include "base/span.h"\n\n// strcpy(a, b) in a comment\nint x(void) { return 0; }\n',
    "src/store/sqlite.c": SPDX + '#include <sqlite3.h>\n\nconst char *q = "SELECT a FROM b";\n',
    "law/eu/nis2/pack.yaml": "# SPDX-License-Identifier: EUPL-1.2\nname: nis2\n",
}
BODY = SPDX + "int y(void) {\n%s}\n"
PLANTED = [
    ("layers", "src/law/a.c", SPDX + '#include "store/store.h"\n'),
    ("layers", "src/law/a.c", SPDX + '#include "record/tree.h"\n'),
    ("layers", "src/service/a.c", SPDX + '#include "os/clock.h"\n'),
    ("layers", "src/api/a.c", SPDX + '#include "role/wire.h"\n'),
    ("layers", "src/law/a.c", SPDX + '#include "scope.h"\n'),
    ("layers", "src/misc/a.c", SPDX),
    ("doors", "src/service/a.c", SPDX + "#include <sqlite3.h>\n"),
    ("doors", "src/law/a.c", SPDX + "#include <unistd.h>\n"),
    ("doors", "src/law/a.c", SPDX + "#include <time.h>\n"),
    ("banned functions", "src/law/a.c", BODY % "    strcpy(a, b);\n"),
    ("banned functions", "src/law/a.c", BODY % "    return atoi (a);\n"),
    ("allocators", "src/law/a.c", BODY % "    free(a);\n"),
    ("sql", "src/service/a.c", BODY % '    q("SELECT id FROM entity WHERE x");\n'),
    ("sql", "src/api/a.c", BODY % '    q("delete from entity");\n'),
    ("articles", "src/service/a.c", BODY % '    q("Article 23");\n'),
    ("articles", "src/law/a.c", BODY % '    q("NIS2 23(4)(a)");\n'),
    ("spdx", "src/law/a.c", "int y;\n"),
    ("spdx", "law/a.yaml", "name: a\n"),
    ("file length", "src/law/a.c", SPDX + "int y;\n" * 600),
    ("function length", "src/law/a.c", BODY % ("    y++;\n" * 100)),
    ("header form", "src/law/a.h", SPDX + "/* A. */\n#ifndef A_H\n#define A_H\n#endif\n"),
    ("header form", "src/law/a.h", SPDX + "#ifndef LAW_A_H\n#define LAW_A_H\n#endif\n"),
    ("merges", "doc/a.md", "<" * 7 + " HEAD\na\n=======\nb\n" + ">" * 7 + " other\n"),
    ("typedefs", "src/law/a.h", SPDX + "/* A. */\n#ifndef LAW_A_H\n#define LAW_A_H\ntypedef struct a a;\n#endif\n"),
    ("places", "src/law/a.c", SPDX + "// " + "TO" + "DO: more\n"),
    ("places", "doc/a.md", "see /work/" + "main/x\n"),
    ("gate", "src/api/a.c", BODY % "    record_read(conn, id, arena, &record, why);\n"),
    ("gate", "src/service/a.c", BODY % "    return attachment_read (conn, a, arena, out, why);\n"),
    ("blanks", "src/law/a.c", SPDX + "int y; \n"),
]


def run_on(files):
    with tempfile.TemporaryDirectory() as root:
        for name, text in files.items():
            path = os.path.join(root, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        done = subprocess.run([sys.executable, CHECK, root], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout


def main():
    passed = failed = 0
    code, out = run_on(CLEAN)
    if code == 0:
        passed += 1
    else:
        failed += 1
        print("the clean tree is refused:\n" + out)
    for rule, name, text in PLANTED:
        code, out = run_on({**CLEAN, name: text})
        hits = [line for line in out.splitlines() if line.startswith(name + ":") and f": {rule}: " in line]
        if code == 1 and hits:
            passed += 1
        else:
            failed += 1
            print(f"{rule}: not found in {name}: {text[len(SPDX):][:60]!r}\n{out}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
