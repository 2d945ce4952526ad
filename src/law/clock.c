// SPDX-License-Identifier: EUPL-1.2
/* Deciding when something is due: the rows of a clock on the facts of a case. */
#include "law/clock.h"

#include "law/law_private.h"

// First receipt of a filing of the document, whatever became of it later.
static int64_t first_filed_ms(const struct json *filings, struct span document) {
    for (size_t i = 0; filings != NULL && i < filings->count; i++)
        if (span_equals(json_get_string(&filings->items[i], "document"), document) &&
            !span_is(json_get_string(&filings->items[i], "status"), "withdrawn"))
            return json_instant(json_get(&filings->items[i], "received_at"), NULL);
    return INSTANT_NONE;
}

static int64_t anchor_ms(struct span anchor, const struct facts *facts, int64_t opened_ms) {
    if (span_is(anchor, "received_at")) return opened_ms;
    if (span_starts_with(anchor, SPAN("filed."))) return first_filed_ms(facts->filings, span_part(anchor, 6, anchor.len));
    if (span_starts_with(anchor, SPAN("field."))) return json_instant(json_find(facts->fields, span_part(anchor, 6, anchor.len)), facts->zone);
    return json_instant(json_find(facts->case_facts, anchor), facts->zone);
}

static void reading_add(struct clock_result *result, struct clock_reading reading) {
    if (result->count < CLOCK_READINGS_MAX) result->readings[result->count++] = reading;
}

// A main reading joins: which one gives `due`, and how far the latest reaches.
static void reading_take(struct clock_result *result, enum clock_take take, const struct clock_reading *reading) {
    const struct deadline *deadline = &reading->deadline;
    if (!result->is_known) {
        result->is_known = true;
        result->main = *reading;
        result->due_latest_ms = deadline->due_latest_ms;
    } else if (take != CLOCK_FIRST) {
        bool is_later = deadline->due_latest_ms > result->due_latest_ms;
        if (is_later == (take == CLOCK_READINGS)) result->due_latest_ms = deadline->due_latest_ms;
        if (deadline->due_ms < result->main.deadline.due_ms) result->main = *reading;
    }
}

// The same row counted from facts that correct its anchor.
static void corrections_add(struct clock_result *result, const struct clock_row *row, const struct clock_profile *profile,
                            const struct facts *facts) {
    for (size_t i = 0; i < profile->correction_count; i++) {
        const struct clock_correction *c = &profile->corrections[i];
        if (!span_equals(c->of, row->anchor)) continue;
        struct clock_reading reading = {.as = c->as, .article = c->article, .anchor = c->fact, .effect = c->effect};
        reading.anchor_ms = anchor_ms(c->fact, facts, INSTANT_NONE);
        if (reading.anchor_ms == INSTANT_NONE) continue;
        reading.deadline = deadline_after(reading.anchor_ms, &row->rule, facts->zone, profile->calendar);
        reading_add(result, reading);
        if (c->effect == CLOCK_EXTENDS && reading.deadline.due_latest_ms > result->due_latest_ms)
            result->due_latest_ms = reading.deadline.due_latest_ms;
    }
}

struct clock_result clock_evaluate(const struct clock *clock, const struct clock_profile *profile, struct civil at,
                                   const struct facts *facts, int64_t opened_ms) {
    struct clock_result result = {0};
    for (size_t i = 0; i < clock->row_count; i++) {
        const struct clock_row *row = &clock->rows[i];
        if (!is_valid_at(&row->validity, at) || !condition_holds(row->when, facts)) continue;
        result.applies = true;
        struct clock_reading reading = {.as = row->as, .article = row->article, .anchor = row->anchor, .words = row->words};
        reading.anchor_ms = anchor_ms(row->anchor, facts, opened_ms);
        if (reading.anchor_ms == INSTANT_NONE) continue;
        reading.deadline = deadline_after(reading.anchor_ms, &row->rule, facts->zone, profile->calendar);
        reading_take(&result, clock->take, &reading);
        reading_add(&result, reading);
        corrections_add(&result, row, profile, facts);
        if (clock->take == CLOCK_FIRST) break;
    }
    return result;
}

const struct clock *clock_find(const struct clock_profile *profile, struct span id, struct civil at) {
    for (size_t i = 0; i < profile->clock_count; i++) {
        const struct clock *clock = &profile->clocks[i];
        if (span_equals(clock->id, id) && is_valid_at(&clock->validity, at)) return clock->is_absent ? NULL : clock;
    }
    return NULL;
}
