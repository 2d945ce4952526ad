// SPDX-License-Identifier: EUPL-1.2
/* Facts that a clock of the state gives: `sets: [{fact: served_at, clock: service_mail}]`. */
#include "law/procedure_private.h"

struct json fact_from_clock(struct decision *d, struct span name) {
    const struct clock *clock = clock_find(d->profile, name, d->input->at);
    if (clock == NULL) return json_null();
    struct clock_result result = clock_evaluate(clock, d->profile, d->input->at, &d->facts, d->input->received_at.ms);
    if (!result.is_known) return json_null();
    return json_tree_instant(d->tree, result.main.deadline.due_ms - (result.main.deadline.is_day ? MS_PER_SECOND : 0));
}

static bool is_time_field(const struct document *document, struct span name) {
    for (size_t i = 0; i < document->field_count; i++)
        if (span_equals(document->fields[i].name, name)) return document->fields[i].type == FIELD_INSTANT || document->fields[i].type == FIELD_DATE;
    return false;
}

static bool is_fact(const struct procedure *procedure, struct span name) {
    for (size_t i = 0; i < procedure->fact_count; i++)
        if (span_equals(procedure->facts[i].name, name)) return true;
    return false;
}

const char *fact_clock_fault(const struct clock_profile *profile, const struct procedure *procedure, const struct document *document,
                             const struct fact_row *row) {
    const struct clock *clock = clock_find(profile, row->name, latest_day());
    if (clock == NULL) return "is no clock of this state";
    for (size_t i = 0; i < clock->row_count; i++) {
        struct span anchor = clock->rows[i].anchor;
        if (span_is(anchor, "received_at")) continue;
        if (span_starts_with(anchor, SPAN("field."))) {
            if (!is_time_field(document, span_part(anchor, 6, anchor.len))) return "runs from a time that this document does not have";
        } else if (span_starts_with(anchor, SPAN("filed.")) || !is_fact(procedure, anchor)) {
            return "runs from a time that this case does not have";
        }
    }
    return NULL;
}
