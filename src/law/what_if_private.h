// SPDX-License-Identifier: EUPL-1.2
/* The counters of what_if.h, for its two files. */
#ifndef LAW_WHAT_IF_PRIVATE_H
#define LAW_WHAT_IF_PRIVATE_H

#include "law/scope_private.h"
#include "law/what_if.h"

enum {
    MOVE_SECTORS_MAX = 48,
    MOVE_SIZES_MAX = SIZE_CEILINGS_MAX + 2, // the largest, and open
    MOVE_CLASSES = ENTITY_UNDETERMINED + 1,
};

struct what_if {
    const struct law *now, *then;
    struct span state;
    struct civil at;
    struct arena *arena;
    const struct scope_view *views[2][STATES_MAX]; // made when first asked for
    size_t sector_count;                           // the last is "": no type of a sector
    struct span sectors[MOVE_SECTORS_MAX];
    uint8_t sector_of[TYPES_MAX]; // by type of the amended law
    size_t size_count;            // of the amended law; the last stands for one that is not known
    uint64_t entities, unread, moves[MOVES];
    uint64_t counts[MOVE_SECTORS_MAX + 1][MOVE_SIZES_MAX][MOVE_CLASSES][MOVE_CLASSES]; // the last sector: all, each entity once
};

struct span what_if_size(const struct what_if *what_if, size_t size); // its name; "unknown"

#endif
