// SPDX-License-Identifier: EUPL-1.2
/*
 * What if: a register classified by the law in force and by the law as a proposal would make it (amend.h); who leaves, enters, changes
 * class, by sector and size. Pure. One counts on one thread; several that count for the same laws are added up.
 */
#ifndef LAW_WHAT_IF_H
#define LAW_WHAT_IF_H

#include "law/amend.h"
#include "law/scope.h"

struct what_if;

// NOW is law in force, THEN made from it by law_amend; both outlive it. STATE (may be empty) and AT serve where facts name none.
CHECKED struct err what_if_new(const struct law *now, const struct law *then, struct span state, struct civil at, struct arena *arena,
                               struct what_if **ret, struct why *why);
// Counts one entity by its facts. Facts that can't be read are ERR_INPUT and are counted as such. SCRATCH may be reset afterwards.
CHECKED struct err what_if_add(struct what_if *what_if, const struct json *facts, struct arena *scratch, struct why *why);
// The class of one entity by each law, without counting it; errors as above. What it keeps of the laws is the WHAT_IF's: one thread.
CHECKED struct err what_if_classify(struct what_if *what_if, const struct json *facts, struct arena *scratch, enum entity_class *ret_now,
                                    enum entity_class *ret_then, struct why *why);
void what_if_join(struct what_if *into, const struct what_if *from);

enum move { MOVE_STAYS, MOVE_LEAVES, MOVE_ENTERS, MOVE_FALLS, MOVE_RISES, MOVE_OPEN, MOVES };
enum move move_between(enum entity_class from, enum entity_class to);
const char *move_name(enum move move); // "stays", "leaves", "enters", "falls", "rises", "open"
uint64_t what_if_count(const struct what_if *what_if, enum move move); // each entity once
uint64_t what_if_read(const struct what_if *what_if);                  // entities classified

// All begin with what the proposal says of such a reading; COVERS_UNION: somebody says that the register covers the Union.
void what_if_write_text(struct buf *out, const struct what_if *what_if, bool covers_union, struct span lang, struct arena *arena);
void what_if_write_json(struct json_out *out, const struct what_if *what_if, bool covers_union, struct span lang, struct arena *arena);
// What stands first wherever something of it is shown.
void what_if_head(const struct what_if *what_if, bool covers_union, struct span lang, struct arena *arena, struct span *ret_head, struct span *ret_comparison);
// sector,size,move,from,to,entities; the head as lines that begin with #.
void what_if_write_csv(struct buf *out, const struct what_if *what_if, bool covers_union, struct span lang, struct arena *arena);

#endif
