// SPDX-License-Identifier: EUPL-1.2
/*
 * What a proposal would change on this node's register (law/what_if.h), counted in steps: each request looks at so many entries on the
 * reading connection that it has anyway, so that neither the writer nor a worker waits for a large register. What was counted stays in
 * memory, for the person who asked alone, and is forgotten after a while. Nothing is stored and nothing becomes law.
 */
#ifndef SERVICE_WHAT_IF_RUN_H
#define SERVICE_WHAT_IF_RUN_H

#include "law/what_if.h"
#include "service/services.h"

struct what_if_runs; // of a node, for all threads
struct what_if_runs *what_if_runs_new(void); // lives as long as the process; NULL where the system has no memory

struct what_if_question {
    struct span proposal;
    const struct law_choice *choices;
    size_t choice_count;
    struct civil at;
    bool covers_union; // somebody says that the register does
};
struct what_if_run {
    struct span id, person;
    struct civil at;
    bool covers_union, is_done;
    uint64_t looked_at;
    struct what_if *what_if;
    struct span last; // the entry after which to go on
    char last_id[18];
};

// Makes the amended law and a run of it; one that the person had before is forgotten. ERR_BUSY where too many run.
CHECKED struct err what_if_run_begin(const struct services *services, const struct principal *principal, const struct what_if_question *question,
                                     int64_t now_ms, struct arena *arena, struct span *ret_id, struct why *why);
// Holds the person's run for this thread; ERR_NOT_FOUND where she has none of that id, ERR_BUSY while another request of hers holds it.
CHECKED struct err what_if_run_take(const struct services *services, const struct principal *principal, struct span id, int64_t now_ms,
                                    struct what_if_run **ret, struct why *why);
void what_if_run_give(const struct services *services, struct what_if_run *run);

// Counts the next entries. Entries that the gate keeps from this person are not counted.
CHECKED struct err what_if_run_step(struct what_if_run *run, const struct services *services, struct store_conn *conn, const struct principal *principal,
                                    int64_t now_ms, struct arena *arena, struct why *why);

struct what_if_entry {
    struct span id, name;
    enum entity_class from, to;
};
// Of WINDOW entries after the one named those whose class would change, as MOVE (MOVES: any); *RET_NEXT: where to go on, at == NULL at the end.
CHECKED struct err what_if_run_entries(struct what_if_run *run, const struct services *services, struct store_conn *conn, const struct principal *principal,
                                       enum move move, struct span after, size_t window, int64_t now_ms, struct arena *arena,
                                       struct what_if_entry **ret, size_t *ret_count, struct span *ret_next, struct why *why);

#endif
