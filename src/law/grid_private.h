// SPDX-License-Identifier: EUPL-1.2
/* What grids of criteria are made of; for the files grid*.c only. */
#ifndef LAW_GRID_PRIVATE_H
#define LAW_GRID_PRIVATE_H

#include "law/grid.h"
#include "law/json_tree.h"
#include "law/scope_private.h"

enum {
    GRID_FACTS_MAX = 96,
    GRID_EFFECTS_MAX = 16,
    GRID_SETTINGS_MAX = 8,
    GRIDS_MAX = 40,
    GRID_TESTS_MAX = 6,
    GRID_LIMITS_MAX = 3,
    GRID_COMPARES_MAX = 3,
    GRID_TYPES_MAX = 12, // that one question may name
    GRID_EPISODES_MAX = 64,
    GRID_PLANNED_MAX = 32,
    GRID_EARLIER_MAX = 32,
};
#define GRID_COUNT_MAX INT64_C(100000000000000) // so that a ten-thousandfold fits

enum grid_kind { GRID_BOOL, GRID_COUNT, GRID_MONEY, GRID_CHOICE };
struct grid_fact {
    struct span name, article, words;
    enum grid_kind kind;
    bool is_of_episode;
    struct names values; // of a choice
    const struct pack *pack;
};
struct grid_effect {
    struct span name, words;
    bool interrupts;
};
struct grid_setting {
    struct span name, article;
    struct names values;
    size_t value;
};

// An amount, or a share of another fact.
struct grid_limit {
    bool is_share;
    int64_t amount;            // in the unit of the fact
    int64_t percent_hundredths;
    size_t of;                 // a fact
};
enum grid_order { GRID_OVER, GRID_AT_LEAST, GRID_BELOW, GRID_AT_MOST };
struct grid_compare { // with the least of the limits
    size_t fact;
    enum grid_order order;
    size_t limit_count;
    struct grid_limit limits[GRID_LIMITS_MAX];
};
struct grid_condition { // all of it
    size_t test_count, compare_count;
    struct {
        size_t fact;
        int64_t value;
    } tests[GRID_TESTS_MAX];
    struct grid_compare compares[GRID_COMPARES_MAX];
};
struct grid_row {
    struct span id, article, certainty, words;
    struct names types, sectors; // none: all of the grid
    uint32_t effects;            // bits; 0: about the incident as a whole
    bool has_duration, is_longer, is_summed; // longer than it, or lasting at least so long; summed over a week
    int64_t duration_ms;
    struct grid_condition when;
    bool has_unless;
    struct grid_condition unless;
    int64_t repeats_at_least, repeats_months; // 0: none
    struct validity validity;
    const struct yaml *node;
};
struct grid {
    const struct pack *pack;
    struct span title, article;
    bool is_exhaustive, is_national;
    struct names types; // of an exhaustive one
    size_t row_count;
    struct grid_row *rows;
};
struct grid_book {
    size_t fact_count, effect_count, setting_count, count;
    struct grid_fact facts[GRID_FACTS_MAX];
    struct grid_effect effects[GRID_EFFECTS_MAX];
    struct grid_setting settings[GRID_SETTINGS_MAX];
    struct grid grids[GRIDS_MAX];
};

// --- a question, read ---

struct grid_value {
    bool is_known;
    int64_t number; // 0 or 1, a count, cents, or the place of a choice
};
struct grid_period {
    int64_t from_ms, to_ms;
};
struct grid_episode {
    size_t effect, type; // type: of the question's types, or GRID_TYPES_MAX: any
    struct grid_period period;
    bool is_going_on, is_planned;
    struct grid_value values[GRID_FACTS_MAX];
};
struct grid_earlier {
    int64_t began_ms;
    bool has_same_cause;
    struct grid_value values[GRID_FACTS_MAX];
};
struct grid_question {
    const struct law *law;
    const struct grid_book *book;
    struct span state;
    const struct zone *zone;
    struct civil at;
    int64_t now_ms;
    size_t type_count, episode_count, planned_count, earlier_count;
    const struct entity_type *types[GRID_TYPES_MAX];
    bool has_episodes, has_earlier;
    int64_t began_ms; // INSTANT_NONE: not known
    struct grid_value values[GRID_FACTS_MAX];
    size_t settings[GRID_SETTINGS_MAX];
    struct grid_period planned[GRID_PLANNED_MAX];
    struct grid_episode *episodes;
    struct grid_earlier *earlier;
};

size_t grid_fact_at(const struct grid_book *book, struct span name); // GRID_FACTS_MAX: none
size_t grid_effect_at(const struct grid_book *book, struct span name); // GRID_EFFECTS_MAX: none
// The place of the setting's value in its list; false where there is no such setting or it has another value.
bool grid_setting_is(const struct grid_question *question, const char *setting, const char *value);
// grid_read.c
CHECKED struct err grid_question_read(const struct law *law, const struct json *facts, struct span state, const struct zone *zone,
                                      struct civil at, int64_t now_ms, struct arena *arena, struct grid_question *ret, struct why *why);
// grid_row.c: one row, for the type at TYPE of the question.
CHECKED struct err grid_row_ask(const struct grid_question *question, const struct grid *grid, const struct grid_row *row, size_t type,
                                struct arena *arena, struct grid_finding *ret);
CHECKED struct err grid_need(struct grid_needs *needs, struct span name, struct arena *arena);
// Words of a row, a fact or an effect ("grid.ID", "grid_fact.NAME", "grid_effect.NAME" in words files), or those beside it.
struct span grid_words(const struct law *law, struct span state, const char *kind, struct span name, struct span own, struct span lang,
                       struct arena *arena);

#endif
