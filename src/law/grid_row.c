// SPDX-License-Identifier: EUPL-1.2
/* One row of a grid asked of the facts: met, not met, or open; since when; and what would settle it. */
#include <stdlib.h>

#include "law/grid_private.h"

#define WEEK_MS (7 * MS_PER_DAY)

static enum grid_truth both(enum grid_truth a, enum grid_truth b) { return a < b ? a : b; }
static enum grid_truth either(enum grid_truth a, enum grid_truth b) { return a > b ? a : b; }

bool grid_setting_is(const struct grid_question *question, const char *setting, const char *value) {
    for (size_t i = 0; i < question->book->setting_count; i++)
        if (span_is(question->book->settings[i].name, setting))
            return span_is(question->book->settings[i].values.items[question->settings[i]], value);
    return false;
}

struct err grid_need(struct grid_needs *needs, struct span name, struct arena *arena) {
    for (size_t i = 0; i < needs->count; i++)
        if (span_equals(needs->items[i], name)) return err_none();
    if (needs->items == NULL) needs->items = arena_take_array(arena, GRID_FACTS_MAX + 2, sizeof *needs->items);
    if (needs->items == NULL) return err_make(ERR_MEMORY);
    if (needs->count < GRID_FACTS_MAX + 2) needs->items[needs->count++] = name;
    return err_none();
}

struct asking {
    const struct grid_question *question;
    struct arena *arena;
    struct grid_needs needs;
    struct err result;
};

static const struct grid_value *known(struct asking *asking, const struct grid_value *values, size_t fact) {
    if (values[fact].is_known) return &values[fact];
    struct err e = grid_need(&asking->needs, asking->question->book->facts[fact].name, asking->arena);
    if (is_err(e)) asking->result = e;
    return NULL;
}

// Figures are at most GRID_COUNT_MAX, so that the ten-thousandfold is no overflow.
static enum grid_truth limit_ask(struct asking *asking, const struct grid_value *values, const struct grid_compare *compare, const struct grid_limit *limit) {
    const struct grid_value *figure = known(asking, values, compare->fact), *whole = limit->is_share ? known(asking, values, limit->of) : NULL;
    if (figure == NULL || (limit->is_share && whole == NULL)) return GRID_OPEN;
    int64_t left = limit->is_share ? figure->number * 10000 : figure->number;
    int64_t right = limit->is_share ? whole->number * limit->percent_hundredths : limit->amount;
    switch (compare->order) {
    case GRID_OVER: return left > right ? GRID_YES : GRID_NO;
    case GRID_AT_LEAST: return left >= right ? GRID_YES : GRID_NO;
    case GRID_BELOW: return left < right ? GRID_YES : GRID_NO;
    case GRID_AT_MOST: return left <= right ? GRID_YES : GRID_NO;
    }
    return GRID_OPEN;
}

// Above the least of some limits is above any of them; below the least of them is below each.
static enum grid_truth compare_ask(struct asking *asking, const struct grid_value *values, const struct grid_compare *compare) {
    bool is_above = compare->order == GRID_OVER || compare->order == GRID_AT_LEAST;
    enum grid_truth truth = is_above ? GRID_NO : GRID_YES;
    struct grid_needs before = asking->needs;
    for (size_t i = 0; i < compare->limit_count; i++) {
        enum grid_truth one = limit_ask(asking, values, compare, &compare->limits[i]);
        truth = is_above ? either(truth, one) : both(truth, one);
    }
    if (truth != GRID_OPEN) asking->needs.count = before.count; // settled without them
    return truth;
}

static enum grid_truth condition_ask(struct asking *asking, const struct grid_value *values, const struct grid_condition *condition) {
    enum grid_truth truth = GRID_YES;
    size_t before = asking->needs.count;
    for (size_t i = 0; i < condition->test_count; i++) {
        const struct grid_value *value = known(asking, values, condition->tests[i].fact);
        truth = both(truth, value == NULL ? GRID_OPEN : value->number == condition->tests[i].value ? GRID_YES : GRID_NO);
    }
    for (size_t i = 0; i < condition->compare_count; i++) truth = both(truth, compare_ask(asking, values, &condition->compares[i]));
    if (truth != GRID_OPEN) asking->needs.count = before;
    return truth;
}

static enum grid_truth when_ask(struct asking *asking, const struct grid_value *values, const struct grid_row *row) {
    size_t before = asking->needs.count;
    enum grid_truth truth = condition_ask(asking, values, &row->when);
    if (truth == GRID_NO || !row->has_unless) return truth;
    enum grid_truth spared = condition_ask(asking, values, &row->unless);
    truth = both(truth, spared == GRID_YES ? GRID_NO : spared == GRID_NO ? GRID_YES : GRID_OPEN);
    if (truth == GRID_NO) asking->needs.count = before;
    return truth;
}

// --- time ---

struct pieces {
    size_t count;
    struct grid_period items[GRID_EPISODES_MAX * (GRID_PLANNED_MAX + 1)];
};

static void piece_cut(struct pieces *pieces, const struct grid_period *planned) {
    size_t count = pieces->count;
    for (size_t i = 0; i < count; i++) {
        struct grid_period *piece = &pieces->items[i], whole = *piece;
        if (planned->to_ms <= whole.from_ms || planned->from_ms >= whole.to_ms) continue;
        bool has_before = planned->from_ms > whole.from_ms, has_after = planned->to_ms < whole.to_ms;
        *piece = has_before ? (struct grid_period){whole.from_ms, planned->from_ms} : (struct grid_period){planned->to_ms, whole.to_ms};
        if (!has_before && !has_after) *piece = (struct grid_period){INSTANT_NONE, INSTANT_NONE};
        if (has_before && has_after) pieces->items[pieces->count++] = (struct grid_period){planned->to_ms, whole.to_ms};
    }
    size_t kept = 0;
    for (size_t i = 0; i < pieces->count; i++)
        if (pieces->items[i].from_ms != INSTANT_NONE) pieces->items[kept++] = pieces->items[i];
    pieces->count = kept;
}

// What of an episode was not planned, appended to *PIECES.
static void episode_pieces(const struct grid_question *question, const struct grid_episode *episode, struct pieces *pieces) {
    bool interrupts = question->book->effects[episode->effect].interrupts;
    if (interrupts && episode->is_planned) return;
    struct pieces own = {.count = 1};
    own.items[0] = episode->period;
    for (size_t i = 0; interrupts && i < question->planned_count; i++) {
        size_t before = own.count;
        struct grid_period first = own.items[0];
        piece_cut(&own, &question->planned[i]);
        bool is_cut = own.count != before || own.items[0].from_ms != first.from_ms || own.items[0].to_ms != first.to_ms;
        if (is_cut && grid_setting_is(question, "planned", "exclude")) return;
    }
    for (size_t i = 0; i < own.count; i++) pieces->items[pieces->count++] = own.items[i];
}

struct moment {
    enum grid_truth truth;
    int64_t since_ms, then_ms;
};

static bool is_enough(const struct grid_row *row, int64_t length_ms) { return row->is_longer ? length_ms > row->duration_ms : length_ms >= row->duration_ms; }

static void earlier_of(int64_t *least, int64_t moment) {
    if (moment != INSTANT_NONE && (*least == INSTANT_NONE || moment < *least)) *least = moment;
}

static struct moment episode_moment(const struct grid_question *question, const struct grid_row *row, const struct grid_episode *episode) {
    struct moment moment = {GRID_NO, INSTANT_NONE, INSTANT_NONE};
    struct pieces pieces = {.count = 0};
    episode_pieces(question, episode, &pieces);
    for (size_t i = 0; i < pieces.count; i++) {
        const struct grid_period *piece = &pieces.items[i];
        int64_t met_ms = piece->from_ms + (row->has_duration ? row->duration_ms : 0);
        bool is_last = piece->to_ms == episode->period.to_ms;
        if (!row->has_duration || is_enough(row, piece->to_ms - piece->from_ms)) {
            moment.truth = GRID_YES;
            earlier_of(&moment.since_ms, met_ms);
        } else if (episode->is_going_on && is_last) {
            earlier_of(&moment.then_ms, met_ms);
        }
    }
    return moment;
}

static int by_start(const void *a, const void *b) {
    const struct grid_period *x = a, *y = b;
    return x->from_ms < y->from_ms ? -1 : x->from_ms > y->from_ms;
}

static void pieces_join(struct pieces *pieces) { // ordered, without overlaps
    qsort(pieces->items, pieces->count, sizeof pieces->items[0], by_start);
    size_t kept = 0;
    for (size_t i = 0; i < pieces->count; i++) {
        if (kept > 0 && pieces->items[i].from_ms <= pieces->items[kept - 1].to_ms) {
            if (pieces->items[i].to_ms > pieces->items[kept - 1].to_ms) pieces->items[kept - 1].to_ms = pieces->items[i].to_ms;
        } else {
            pieces->items[kept++] = pieces->items[i];
        }
    }
    pieces->count = kept;
}

// The moment at which the sum within [FROM, TO) reaches the row's duration, or INSTANT_NONE.
static int64_t sum_within(const struct grid_row *row, const struct pieces *pieces, int64_t from_ms, int64_t to_ms) {
    int64_t sum_ms = 0;
    for (size_t i = 0; i < pieces->count; i++) {
        int64_t begin = pieces->items[i].from_ms > from_ms ? pieces->items[i].from_ms : from_ms;
        int64_t end = pieces->items[i].to_ms < to_ms ? pieces->items[i].to_ms : to_ms;
        if (end <= begin) continue;
        if (is_enough(row, sum_ms + end - begin)) return begin + (row->duration_ms - sum_ms);
        sum_ms += end - begin;
    }
    return INSTANT_NONE;
}

static int64_t week_start(const struct zone *zone, int64_t instant_ms, int weeks) {
    struct civil date = zone_date(zone, instant_ms);
    int64_t monday = civil_to_days(date) - (int64_t)(civil_weekday(date) - 1) + 7 * weeks;
    return zone_day_start(zone, civil_from_days(monday));
}

static struct moment sum_moment(const struct grid_question *question, const struct grid_row *row, struct pieces *pieces) {
    struct moment moment = {GRID_NO, INSTANT_NONE, INSTANT_NONE};
    bool is_rolling = grid_setting_is(question, "week", "rolling");
    pieces_join(pieces);
    for (size_t i = 0; i < pieces->count; i++) {
        int64_t at_ms = is_rolling ? pieces->items[i].from_ms : week_start(question->zone, pieces->items[i].from_ms, 0);
        while (at_ms < pieces->items[i].to_ms) { // a long one reaches into several weeks
            int64_t end_ms = is_rolling ? at_ms + WEEK_MS : week_start(question->zone, at_ms + WEEK_MS / 2, 1);
            earlier_of(&moment.since_ms, sum_within(row, pieces, at_ms, end_ms));
            if (is_rolling || moment.since_ms != INSTANT_NONE) break;
            at_ms = end_ms;
        }
    }
    if (moment.since_ms != INSTANT_NONE) moment.truth = GRID_YES;
    return moment;
}

// --- rows ---

static bool concerns(const struct grid_row *row, const struct grid_episode *episode, size_t type) {
    return (row->effects >> episode->effect & 1) != 0 && (episode->type == GRID_TYPES_MAX || episode->type == type);
}

static void open_episodes(struct asking *asking) {
    struct err e = grid_need(&asking->needs, SPAN("episodes"), asking->arena);
    if (is_err(e)) asking->result = e;
}

static struct moment effects_ask(struct asking *asking, const struct grid_row *row, size_t type) {
    const struct grid_question *question = asking->question;
    struct moment all = {GRID_NO, INSTANT_NONE, INSTANT_NONE};
    if (!question->has_episodes) {
        open_episodes(asking);
        return (struct moment){GRID_OPEN, INSTANT_NONE, INSTANT_NONE};
    }
    struct pieces summed = {.count = 0};
    for (size_t i = 0; i < question->episode_count; i++) {
        const struct grid_episode *episode = &question->episodes[i];
        if (!concerns(row, episode, type)) continue;
        size_t before = asking->needs.count;
        enum grid_truth truth = when_ask(asking, episode->values, row);
        if (truth == GRID_YES && row->is_summed) episode_pieces(question, episode, &summed);
        if (row->is_summed) continue;
        struct moment moment = episode_moment(question, row, episode);
        if (both(truth, moment.truth) != GRID_OPEN) asking->needs.count = before;
        all.truth = either(all.truth, both(truth, moment.truth));
        if (truth == GRID_YES && moment.truth == GRID_YES) earlier_of(&all.since_ms, moment.since_ms);
        if (truth == GRID_YES) earlier_of(&all.then_ms, moment.then_ms);
    }
    return row->is_summed ? sum_moment(question, row, &summed) : all;
}

// Incidents that stand alone below the limits, together above them (same cause, within some months).
static struct moment repeats_ask(struct asking *asking, const struct grid_row *row) {
    const struct grid_question *question = asking->question;
    struct moment moment = {GRID_OPEN, INSTANT_NONE, INSTANT_NONE};
    if (!question->has_earlier || (question->began_ms == INSTANT_NONE && question->earlier_count > 0)) {
        struct err e = grid_need(&asking->needs, question->has_earlier ? SPAN("began_at") : SPAN("earlier"), asking->arena);
        if (is_err(e)) asking->result = e;
        return moment;
    }
    struct grid_value sums[GRID_FACTS_MAX];
    memcpy(sums, question->values, sizeof sums);
    struct civil first = civil_add_months(zone_date(question->zone, question->began_ms == INSTANT_NONE ? question->now_ms : question->began_ms), -(int)row->repeats_months);
    int64_t count = 1;
    for (size_t i = 0; i < question->earlier_count; i++) {
        const struct grid_earlier *earlier = &question->earlier[i];
        if (!earlier->has_same_cause || civil_compare(zone_date(question->zone, earlier->began_ms), first) < 0) continue;
        count++;
        for (size_t c = 0; c < row->when.compare_count; c++) {
            size_t fact = row->when.compares[c].fact;
            sums[fact].is_known = sums[fact].is_known && earlier->values[fact].is_known;
            if (sums[fact].is_known) sums[fact].number += earlier->values[fact].number;
            if (sums[fact].number > GRID_COUNT_MAX) sums[fact].number = GRID_COUNT_MAX;
        }
    }
    moment.truth = count < row->repeats_at_least ? GRID_NO : when_ask(asking, sums, row);
    if (moment.truth == GRID_YES) moment.since_ms = question->began_ms;
    return moment;
}

struct err grid_row_ask(const struct grid_question *question, const struct grid *grid, const struct grid_row *row, size_t type,
                        struct arena *arena, struct grid_finding *ret) {
    struct asking asking = {.question = question, .arena = arena};
    struct moment moment = {GRID_NO, INSTANT_NONE, INSTANT_NONE};
    if (row->effects != 0) moment = effects_ask(&asking, row, type);
    else if (row->repeats_months > 0) moment = repeats_ask(&asking, row);
    else moment.truth = when_ask(&asking, question->values, row);
    if (is_err(asking.result)) return asking.result;
    *ret = (struct grid_finding){.grid = grid, .row = row, .type = question->types[type]->code, .truth = moment.truth,
                                 .since_ms = moment.truth == GRID_YES ? moment.since_ms : INSTANT_NONE,
                                 .then_ms = moment.truth == GRID_YES ? INSTANT_NONE : moment.then_ms};
    if (moment.truth == GRID_OPEN) ret->needs = asking.needs;
    return err_none();
}
