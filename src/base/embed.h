// SPDX-License-Identifier: EUPL-1.2
/* Files that travel inside the binary (made by tools/embed.c at build). Read-only, for the life of the program. */
#ifndef BASE_EMBED_H
#define BASE_EMBED_H

#include <stdbool.h>
#include <stddef.h>

struct embedded_file {
    const char *path;           // "eu/nis2/pack.yaml", NULL after the last
    const unsigned char *bytes; // followed by a NUL that size_bytes does not count
    size_t size_bytes;
    bool is_added; // no file of the program's: the operator of the node added it (role/law_files.h)
};

extern const struct embedded_file embedded_law[]; // law/, paths without "law/"
extern const size_t embedded_law_count;
extern const struct embedded_file embedded_law_trees[]; // the same files in the same order, as trees (yaml_unpack)
extern const struct embedded_file embedded_sql[]; // src/store/sql/, paths without it
extern const size_t embedded_sql_count;
extern const struct embedded_file embedded_web[]; // build/web/, each also packed as .gz and .br; empty in a build without it
extern const size_t embedded_web_count;
extern const struct embedded_file embedded_api[]; // src/api/*.json, file names only
extern const size_t embedded_api_count;

#endif
