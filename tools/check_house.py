#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""The rules of the house, run over the tree: check_house.py [ROOT]

Each rule names what is wrong, where, and what to do instead. The last line is "N passed, N failed" (rules, not findings).
test/house/canary.py plants a violation of each rule and expects it to be found.
"""
import os
import re
import sys

# Which rooms a room may include, besides itself. Written down in ARCHITECTURE.md; change both together.
PURE = ["base", "law", "record", "exchange", "match", "format"]
ROOMS = {
    "base": [],
    "law": ["base"],
    "record": ["base"],
    "exchange": ["base", "law", "record"],
    "match": ["base"],
    "format": ["base", "law", "record", "exchange", "match"],
    "store": PURE,
    "service": PURE + ["store"],
    "api": PURE + ["store", "service"],
    "os": ["base"],
    "role": PURE + ["store", "service", "api", "os"],
    "cli": PURE + ["store", "service", "api", "os", "role"],
}

# Headers that only some rooms may include: the library's door.
DOORS = [
    (r"sqlite3\.h", ["store"], "ask through store/store.h"),
    (r"yaml\.h", ["base"], "read YAML through base/yaml.h"),
    (r"fido.*", ["service"], "check passkeys through service/passkey_verify.h"),
    (r"(cjose/.*|jansson\.h)", ["service"], "check ID tokens through service/provider_token.h"),
    (r"simdjson.*", ["base"], "read JSON through base/json.h"),
    (r"nghttp2/.*", ["role"], "HTTP stands in role/"),
    (r"seccomp\.h|linux/landlock\.h|linux/seccomp\.h|sys/prctl\.h", ["os"], "the sandbox stands in os/"),
    (r"openssl/ssl\.h", ["os", "role", "cli"], "TLS stands in os/ and role/"),
    (r"curl/.*", ["os"], "HTTP clients include os/late_curl.h"),
    (r"rnp/.*", ["role"], "OpenPGP stands in role/openpgp.c"),
    (r"(sys/(socket|stat|mman|wait|epoll|un|file|statvfs|random|resource|time|eventfd|timerfd|signalfd|syscall)"
     r"|unistd|fcntl|dirent|poll|signal|netdb|arpa/inet|netinet/in|spawn|termios|time)\.h",
     ["os", "role", "cli"], "only os/ makes system calls: use os/*.h, or take the value as a parameter"),
]
DOOR_EXCEPTIONS = {
    ("src/base/log.c", "unistd.h"): "one write(2) a line, so that lines of threads don't mix",
    ("src/law/field_text.c", "arpa/inet.h"): "inet_pton and inet_ntop only: text to address and back, no system call",
}

# Functions that are not to be called, and what to call instead.
BANNED = {
    "strcpy": "buf_add or memcpy with a checked length", "strcat": "buf_add", "strncpy": "memcpy with a checked length",
    "strncat": "buf_add", "stpcpy": "buf_add", "sprintf": "buf_printf or snprintf", "vsprintf": "vsnprintf",
    "gets": "os/file.h", "strtok": "span_find", "strtok_r": "span_find", "atoi": "span_to_int", "atol": "span_to_int",
    "atoll": "span_to_int", "atof": "span_to_int on scaled integers", "sscanf": "span_to_int and span_find",
    "localtime": "wall_at with a zone", "localtime_r": "wall_at with a zone", "gmtime": "wall_at", "gmtime_r": "wall_at",
    "ctime": "buf_add_instant", "asctime": "buf_add_instant", "mktime": "zone_instants", "strftime": "buf_add_stamp",
    "strptime": "stamp_parse", "setlocale": "nothing: the program has no locale", "system": "os/process.h",
    "popen": "os/process.h", "rand": "the random function passed in", "srand": "the random function passed in",
    "random": "the random function passed in", "drand48": "the random function passed in", "tmpnam": "os/file.h",
    "mktemp": "os/file.h", "alloca": "an arena", "setjmp": "struct err", "longjmp": "struct err", "vfork": "os/process.h",
    "inet_addr": "a parser on spans", "inet_aton": "a parser on spans", "strerror": "strerrordesc_np", "usleep": "os/clock.h",
}
BANNED_EXCEPTIONS = {
    ("src/os/zone.c", "localtime_r"): "the one place where the C library's zones become tables of ours",
}
ALLOCATORS = {name: "an arena, or mem_take and mem_give of base/span.h" for name in
              ["malloc", "calloc", "realloc", "reallocarray", "free", "strdup", "strndup", "asprintf", "vasprintf",
               "aligned_alloc", "posix_memalign"]}
ALLOCATOR_FILE = "src/base/arena.c"

# What was filed is read through the gate (exchange/gate.h, service/gate_view.h). Who reads it past the gate stands here, with the
# reason why nothing leaves by it.
PAST_THE_GATE = {"record_read": "gate_read_record", "record_read_at": "gate_read_record", "attachment_read": "gate_view_attachment first",
                 "gate_read_filed": "gate_read_record"}
GATE_KEEPERS = {
    "src/service/record_store.c": "reads records",
    "src/service/draft.c": "reads attachments",
    "src/service/gate_view.c": "is the gate",
    "src/service/gate_op.c": "compares names, markings and filers; gives nothing back",
    "src/service/release_check.c": "looks whether fields are there, then asks the gate",
    "src/service/notice_recall.c": "takes a peer's own address from its entry, to write to it",
    "src/service/release_package.c": "passes the source through the gate; of the release itself shows what its recipients get",
    "src/service/letter_op.c": "makes a letter of what its office wrote, where no block hits it",
    "src/service/letter_seal.c": "hashes the letter that was made; only the hash leaves",
    "src/api/letter_api.c": "asks the gate before it opens a letter's file",
    "src/service/collection.c": "makes the entries of a collection from what was attached; takes the key of a peer's node to check a signature",
    "src/service/collection_read.c": "looks at the marking of a filing, then asks the gate for each entry that came with it",
    "src/service/erasure.c": "counts fields and deletes keys",
    "src/service/rebuild.c": "lives through the log again",
    "src/service/entity.c": "makes the register from what was filed",
    "src/service/selection.c": "takes the criteria that the case's own office wrote, to look up the register; they go nowhere",
    "src/service/admission.c": "forgets whom an erased field named",
    "src/service/desk_work.c": "writes the work of a desk from what its own office filed",
    "src/api/draft_api.c": "asks the gate before it opens an attachment; one that is not filed yet is its author's",
    "src/api/filing_api.c": "gives the filer of this moment what she has just sent",
}

LINES_MAX = 500
# Files that may be longer, each with its reason.
LONG_FILES = {}
FUNCTION_LINES_MAX = 80
LONG_FUNCTIONS = {}

# Strings of C that may look like an article of law, each with its reason.
ARTICLE_EXCEPTIONS = {
    # The arithmetic of size is C by decision 0003, and with it the form of what it takes; the errors name the source.
    ("src/law/size_read.c", "SME 4(2)"): "accounts follow each other",
    ("src/law/size_read.c", "SME 3(3)"): "kinds of control",
    ("src/law/size_read.c", "SME 3(2)"): "kinds of investor",
    ("src/law/scope_answer.c", "NIS2 41(1)"): "before its own date no table of the pack is asked",
}

SPDX_SUFFIXES = (".c", ".h", ".cc", ".py", ".sh", ".awk", ".sql", ".yaml", ".yml", ".ts", ".svelte", ".css", ".mjs")
SKIPPED_DIRS = {".git", "build", "node_modules", "__pycache__", "corpus", "LICENSES"}
# Words that would tie the tree to one machine or to unfinished work; put together here so that this file does not match.
PLACES = [r"/tmp/" + "wt", r"/work/" + "(main|shared)", r"/root" + "/", r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b"]


def files_of(root):
    for folder, dirs, names in os.walk(root):
        dirs[:] = sorted(d for d in dirs if d not in SKIPPED_DIRS)
        for name in sorted(set(names) - SKIPPED_DIRS):
            yield os.path.relpath(os.path.join(folder, name), root)


TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def split_c(text):
    """The text with comments and the insides of strings blanked (same line numbers), and the strings with their lines."""
    strings = []

    def blank(match):
        token = match.group(0)
        if token[0] == '"':
            strings.append((text.count("\n", 0, match.start()) + 1, token[1:-1]))
            return '""' + " " * (len(token) - 2)
        if token[0] == "'":
            return "' '"
        return re.sub(r"[^\n]", " ", token)

    return TOKEN.sub(blank, text), strings


class Tree:
    def __init__(self, root):
        self.root = root
        self.names = list(files_of(root))
        self.text = {}
        self.code = {}
        self.strings = {}
        for name in self.names:
            try:
                with open(os.path.join(root, name), encoding="utf-8") as file:
                    self.text[name] = file.read()
            except (UnicodeDecodeError, FileNotFoundError):
                continue
            if name.endswith((".c", ".h", ".cc")):
                self.code[name], self.strings[name] = split_c(self.text[name])

    def sources(self):
        return [name for name in self.code if name.startswith("src/")]


def room_of(name):
    parts = name.split("/")
    return parts[1] if len(parts) > 2 else None


def includes(tree, name, pattern):
    for number, line in enumerate(tree.text[name].splitlines(), 1):
        match = re.match(pattern, line)
        if match:
            yield number, match.group(1)


def rule_layers(tree):
    for name in tree.sources():
        room = room_of(name)
        if room is None:
            continue
        if room not in ROOMS:
            yield name, 1, f"the room {room}/ is not in the list of rooms"
            continue
        for number, target in includes(tree, name, r'\s*#\s*include\s+"([^"]+)"'):
            other = target.split("/")[0]
            if "/" not in target:
                yield name, number, f'"{target}": write the room too, as in "base/span.h"'
            elif other != room and other not in ROOMS[room]:
                allowed = ", ".join(ROOMS[room]) or "nothing"
                yield name, number, f"{room}/ may not include {target}; it may include {allowed}"


def rule_doors(tree):
    for name in tree.sources():
        room = room_of(name)
        for number, target in includes(tree, name, r"\s*#\s*include\s+<([^>]+)>"):
            if room is None or (name, target) in DOOR_EXCEPTIONS:
                continue
            for pattern, rooms, instead in DOORS:
                if re.fullmatch(pattern, target) and room not in rooms:
                    yield name, number, f"<{target}> belongs to {', '.join(rooms)}: {instead}"


def calls(tree, names):
    pattern = re.compile(r"(?<![\w.>])(" + "|".join(names) + r")\s*\(")
    for name in tree.sources():
        for number, line in enumerate(tree.code[name].splitlines(), 1):
            for match in pattern.finditer(line):
                yield name, number, match.group(1)


def rule_banned(tree):
    for name, number, function in calls(tree, BANNED):
        if (name, function) in BANNED_EXCEPTIONS:
            continue
        yield name, number, f"{function}() is banned; use {BANNED[function]}"


def rule_allocators(tree):
    for name, number, function in calls(tree, ALLOCATORS):
        if name != ALLOCATOR_FILE:
            yield name, number, f"{function}() is called in {ALLOCATOR_FILE} only; use {ALLOCATORS[function]}"


def rule_gate(tree):
    for name, number, function in calls(tree, PAST_THE_GATE):
        if name not in GATE_KEEPERS and name.endswith(".c"):
            yield name, number, f"{function}() reads past the gate; use {PAST_THE_GATE[function]}, or say in GATE_KEEPERS why nothing leaves by it"


SQL = re.compile(r"^\s*(SELECT\s.+\sFROM\s|SELECT\s+\w+\(|INSERT\s+(OR\s+\w+\s+)?INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s"
                 r"|(CREATE|DROP|ALTER)\s+(TABLE|INDEX|VIEW|TRIGGER)|PRAGMA\s+\w+|VACUUM\b|ATTACH\s+DATABASE\b)", re.I | re.S)


def rule_sql(tree):
    for name in tree.sources():
        if room_of(name) == "store":
            continue
        for number, string in tree.strings[name]:
            if SQL.match(string):
                yield name, number, "SQL stands in src/store/sql/*.sql only"


ARTICLE = re.compile(r"\bArt(?:icle|icles|\.)\s*\d+|\b(?:NIS2|NIS 2|DORA|GDPR|CRA)\s+(?:Art\S*\s+)?\d+\b|\bRecital\s+\d+"
                     r"|\b\d{1,2}\(\d{1,2}\)(?:\([a-z]\))?|\bAnnex\s+I{1,2}\b")


def rule_articles(tree):
    for name in tree.sources():
        for number, string in tree.strings[name]:
            if ARTICLE.search(string) and (name, string) not in ARTICLE_EXCEPTIONS:
                yield name, number, f'"{string}": C knows no article of law; the rule and its source stand in law/'


def rule_spdx(tree):
    for name in tree.text:
        if name.endswith(SPDX_SUFFIXES) or os.path.basename(name) in ("Makefile", "run"):
            head = "\n".join(tree.text[name].splitlines()[:5])
            if "SPDX-License-Identifier: EUPL-1.2" not in head:
                yield name, 1, "the SPDX-License-Identifier: EUPL-1.2 line is missing in the first five lines"


def rule_length(tree):
    for name in tree.code:
        lines = tree.text[name].count("\n")
        if lines > LINES_MAX and name not in LONG_FILES:
            yield name, lines, f"{lines} lines; split before {LINES_MAX}, or write the reason into LONG_FILES"


def rule_functions(tree):
    for name in tree.sources():
        begin = None
        lines = tree.code[name].splitlines()
        for number, line in enumerate(lines, 1):
            if begin is None and re.match(r"[A-Za-z_].*\)\s*\{\s*$|\s+[A-Za-z_].*\)\s*\{\s*$", line) and not line.startswith("    "):
                begin = number
            elif line.startswith("}") and begin is not None:
                if number - begin > FUNCTION_LINES_MAX:
                    title = lines[begin - 1].split("(")[0].split()[-1].lstrip("*")
                    if (name, title) not in LONG_FUNCTIONS:
                        yield name, begin, f"{title} has {number - begin} lines; a function fits on a screen ({FUNCTION_LINES_MAX})"
                begin = None


def rule_headers(tree):
    for name in tree.sources():
        if not name.endswith(".h"):
            continue
        guard = re.sub(r"[^A-Z0-9]", "_", name[len("src/"):].upper())
        if f"#ifndef {guard}\n#define {guard}\n" not in tree.text[name]:
            yield name, 1, f"the guard is {guard}"
        if not re.match(r"// SPDX[^\n]*\n/\*", tree.text[name]):
            yield name, 2, "the second line begins the comment that says what the header is for"


def rule_typedefs(tree):
    for name in tree.sources():
        for number, line in enumerate(tree.code[name].splitlines(), 1):
            if re.match(r"\s*typedef\s+(struct|enum|union)\b(?!.*\()", line):
                yield name, number, "no typedef for struct, enum or union: write the word out"


def rule_places(tree):
    for name in tree.text:
        if name.endswith((".tsv", ".csv", ".json", ".ndjson")):
            continue
        for number, line in enumerate(tree.text[name].splitlines(), 1):
            for pattern in PLACES:
                if re.search(pattern, line):
                    yield name, number, f"a path of one machine, or unfinished work: {line.strip()[:60]}"


def rule_blanks(tree):
    for name in tree.code:
        for number, line in enumerate(tree.text[name].splitlines(), 1):
            if line != line.rstrip() or "\t" in line:
                yield name, number, "a tab, or blanks at the end of the line"
        if not tree.text[name].endswith("\n"):
            yield name, 1, "the last line has no line feed"


def rule_merges(tree):
    for name in tree.text:
        for number, line in enumerate(tree.text[name].splitlines(), 1):
            if re.match(r"(<{7}|>{7}|\|{7}) ", line):
                yield name, number, "two versions of a merge that nobody chose between"


RULES = [
    ("layers", rule_layers), ("doors", rule_doors), ("banned functions", rule_banned), ("allocators", rule_allocators),
    ("sql", rule_sql), ("articles", rule_articles), ("spdx", rule_spdx), ("file length", rule_length),
    ("function length", rule_functions), ("header form", rule_headers), ("typedefs", rule_typedefs),
    ("places", rule_places), ("blanks", rule_blanks), ("gate", rule_gate), ("merges", rule_merges),
]


def main():
    tree = Tree(sys.argv[1] if len(sys.argv) > 1 else ".")
    failed = 0
    for title, rule in RULES:
        findings = list(rule(tree))
        for name, number, words in findings:
            print(f"{name}:{number}: {title}: {words}")
        failed += 1 if findings else 0
    print(f"{len(RULES) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
