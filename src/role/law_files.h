// SPDX-License-Identifier: EUPL-1.2
/*
 * The law of a node: the packs of the program, and what a state adds in a directory of its own (`law:` of varde.yaml) without a change of
 * the program: procedures, clocks and words of its own pack. Read once at the start; doc/own-procedure.md tells how it is written.
 */
#ifndef ROLE_LAW_FILES_H
#define ROLE_LAW_FILES_H

#include "base/embed.h"
#include "base/span.h"

// The program's files and those of OWN_DIR (NULL: none), laid out like law/: national/STATE/procedures, clocks and words only, and none that
// the program has already. ERR_INPUT names the file that is not in order. Bytes live in ARENA.
CHECKED struct err law_files_read(struct arena *arena, const char *own_dir, struct span state, const struct embedded_file **ret,
                                  size_t *ret_count, struct why *why);
// Reads, compiles and (where there is an own directory) proves them as `varde law check` does; a finding is ERR_INPUT.
struct law;
CHECKED struct err law_files_load(struct arena *arena, const char *own_dir, struct span state, struct law **ret,
                                  const struct embedded_file **ret_files, size_t *ret_count, struct why *why);

#endif
