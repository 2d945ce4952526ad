// SPDX-License-Identifier: EUPL-1.2
/* The law for commands that need no node: the packs built in, or those of a directory. */
#ifndef CLI_PACKS_H
#define CLI_PACKS_H

#include "law/pack.h"

struct packs {
    struct arena arena;
    struct law *law;
};

// DIR NULL: the packs built in. On success packs_close gives the memory back.
CHECKED struct err packs_open(struct packs *packs, const char *dir, struct why *why);
// The packs built in with the state's own law in OWN_DIR (NULL: none).
CHECKED struct err packs_open_own(struct packs *packs, const char *own_dir, struct span state, struct why *why);
void packs_close(struct packs *packs);

#endif
