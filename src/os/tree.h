// SPDX-License-Identifier: EUPL-1.2
/* Reading a directory of texts as if it were embedded: law packs that an operator checks before they are built in. */
#ifndef OS_TREE_H
#define OS_TREE_H

#include "base/embed.h"
#include "base/span.h"

enum { TREE_FILES_MAX = 4096, TREE_DEPTH_MAX = 8 };

// All regular files under DIR whose name ends with SUFFIX, ordered by path, with their bytes in ARENA. Symbolic links and
// names that begin with a dot are left out. Errors as in os/file.h; ERR_LIMIT beyond the limits above or FILE_BYTES.
CHECKED struct err tree_read(struct arena *arena, const char *dir, const char *suffix, size_t file_bytes,
                             struct embedded_file **ret, size_t *ret_count, struct why *why);

#endif
