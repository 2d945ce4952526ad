# SPDX-License-Identifier: EUPL-1.2
# Writes the SQL files anew, with what several statements share put in: "-- part: some_name" begins a part, an empty line ends it, and
# {some_name} in a statement of any file stands for it. The files are given twice: first the parts are read, then the files written.
#   awk -v from=src/store/sql/ -v to=DIRECTORY/ -f tools/parts.awk FILE... FILE...
FNR == 1 {
    is_writing = FILENAME in read
    read[FILENAME] = 1
    part = ""
    if (is_writing && out != "") close(out)
    out = to substr(FILENAME, length(from) + 1)
}
/^-- part: / {
    part = $3
    if (!is_writing && part in parts) { print FILENAME ": the part " part " stands twice" > "/dev/stderr"; exit 1 }
    next
}
part != "" && $0 == "" { part = "" }
part != "" {
    if (!is_writing && !/^--/) parts[part] = parts[part] (parts[part] == "" ? "" : "\n") $0
    next
}
is_writing {
    line = $0
    while (match(line, /\{[a-z_]+\}/)) {
        name = substr(line, RSTART + 1, RLENGTH - 2)
        if (!(name in parts)) { print FILENAME ":" FNR ": there is no part " name > "/dev/stderr"; exit 1 }
        line = substr(line, 1, RSTART - 1) parts[name] substr(line, RSTART + RLENGTH)
    }
    print line > out
}
