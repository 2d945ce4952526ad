// SPDX-License-Identifier: EUPL-1.2
/*
 * Does an incident indicate that it is significant? Grids of criteria (grid.yaml of a pack), asked with the facts of an incident.
 *
 * A grid's rows are alternatives: one that is met suffices. A grid may be exhaustive for some types of entities; for the others
 * the Union's general criteria and the state's own grid are asked. Unknown facts stay unknown: a row is met, not met, or open,
 * and an open one names the facts that would settle it. The answer is guidance on the facts given. It never keeps anyone from
 * filing.
 *
 * Facts are a JSON object: "types" (codes of entity types), facts declared in the grids, "episodes" (what happened to which
 * service, when: {"effect", "from", "to", "type", "is_planned", facts of episodes}), "planned" (announced interruptions:
 * {"from", "to"}), "earlier" (incidents before this one: {"began_at", "has_same_cause", facts of money}), "began_at", and
 * "settings". A fact of episodes may be given once for all of them beside "episodes".
 */
#ifndef LAW_GRID_H
#define LAW_GRID_H

#include "base/json.h"
#include "law/pack.h"

enum grid_truth { GRID_NO, GRID_OPEN, GRID_YES };

struct grid_row;
struct grid;
struct grid_needs { // facts that would settle it, each once
    size_t count;
    struct span *items;
};
struct grid_finding {
    const struct grid *grid;
    const struct grid_row *row;
    struct span type; // of the entity
    enum grid_truth truth;
    int64_t since_ms; // from when it is met; INSTANT_NONE where it has no moment or is not met
    int64_t then_ms;  // when it will be met if what goes on goes on; INSTANT_NONE where nothing is going on
    struct grid_needs needs;
};
struct grid_type_answer {
    struct span type;
    enum grid_truth truth;
    bool is_exhaustive; // a grid of the Union is the whole law for this type
};
struct grid_answer {
    const struct law *law;
    struct arena *arena;
    struct span state;
    struct civil at;
    enum grid_truth truth;
    int64_t since_ms;
    size_t type_count, finding_count;
    struct grid_type_answer *types;
    struct grid_finding *findings; // in the order of types, grids and rows
    struct grid_needs needs;       // of all that is open, where the answer is open
};

// FACTS are untrusted: ERR_INPUT with rule significance.* names the member. STATE may be empty; ZONE is where the entity is
// established. AT: the law of that day. NOW_MS: until when an episode without an end has lasted.
CHECKED struct err grid_answer_make(const struct law *law, const struct json *facts, struct span state, const struct zone *zone,
                                    struct civil at, int64_t now_ms, struct arena *arena, struct grid_answer *ret, struct why *why);
void grid_write_json(struct json_out *out, const struct grid_answer *answer, struct span lang);
void grid_write_text(struct buf *out, const struct grid_answer *answer, struct span lang);
// What can be asked: facts, effects and settings for a state, for forms.
void grid_write_facts(struct json_out *out, const struct law *law, struct span state, struct span lang, struct arena *arena);

#endif
