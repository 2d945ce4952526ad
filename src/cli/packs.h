// SPDX-License-Identifier: EUPL-1.2
/* The law for commands that need no node: the packs built in, or those of a directory. */
#ifndef CLI_PACKS_H
#define CLI_PACKS_H

#include "cli/command.h"
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

// Writes a command's answer under the law of the day AT.
typedef struct err packs_answer(const struct call *call, const struct law *law, struct arena *arena, struct civil at, struct buf *text, struct why *why);
// Runs a command that answers from the packs (--law, --at) in an arena of so many bytes, and prints its answer, at most
// ANSWER_BYTES. The exit code.
int packs_answer_run(const struct call *call, size_t arena_bytes, size_t answer_bytes, packs_answer *answer);
// The zone of the state that --state names; *ret NULL (UTC) where none is named.
CHECKED struct err packs_zone(const struct call *call, const struct law *law, struct arena *arena, const struct zone **ret, struct why *why);

#endif
