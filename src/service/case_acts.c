// SPDX-License-Identifier: EUPL-1.2
#include "service/case_acts.h"

#include "law/acts.h"
#include "service/record_store.h"

static bool is_standing(const struct case_file *file, struct span filing) {
    const struct json *known = json_get(&file->content, "filings");
    for (size_t i = 0; known != NULL && i < known->count; i++)
        if (span_equals(json_get_string(&known->items[i], "id"), filing)) return span_is(json_get_string(&known->items[i], "status"), "filed");
    return false;
}

// What the entity filed and stands, a later value over an earlier one. An erased field has none.
static struct err values_read(const struct gate_view *gate, struct store_conn *conn, const struct case_file *file, const struct rows *filings, struct arena *arena, struct json *ret, struct why *why) {
    *ret = (struct json){.type = JSON_OBJECT};
    for (size_t i = filings->count; i > 0; i--) { // the newest first: the first that is found counts
        struct span id = rows_span(filings, i - 1, 0);
        struct record_open record;
        struct json values;
        if (!span_is(rows_span(filings, i - 1, 7), "entity") || rows_span(filings, i - 1, 11).len > 0 || !is_standing(file, id)) continue;
        TRY(gate_read_record(gate, conn, id, arena, &record, NULL, why));
        TRY(record_values(&record, arena, &values, why));
        struct json all = {.type = JSON_OBJECT, .members = arena_take_array(arena, ret->count + values.count + 1, sizeof *all.members)};
        if (all.members == NULL) return err_make(ERR_MEMORY);
        for (size_t k = 0; k < ret->count; k++) all.members[all.count++] = ret->members[k];
        for (size_t k = 0; k < values.count; k++) {
            bool is_there = json_is_null(&values.members[k].value);
            for (size_t n = 0; n < ret->count; n++) is_there |= span_equals(ret->members[n].name, values.members[k].name);
            if (!is_there) all.members[all.count++] = values.members[k];
        }
        *ret = all;
    }
    return err_none();
}

struct err case_acts_write(struct json_out *out, const struct services *services, struct store_conn *conn, const struct gate_view *gate,
                           const struct case_file *file, const struct rows *filings, const struct json *subject, struct span lang, int64_t now_ms, struct arena *arena,
                           struct why *why) {
    struct json facts, values;
    bool has;
    TRY(acts_case_facts(services->law, file->procedure, &file->content, subject, arena, &facts, &has));
    if (!has) return err_none();
    TRY(values_read(gate, conn, file, filings, arena, &values, why));
    const struct acts_answer *answer;
    struct err e = acts_answer_make(services->law, &facts, &values, json_get(&file->content, "filings"), services->state, services->zone,
                                    zone_date(services->zone, now_ms), arena, &answer, NULL);
    if (is_err(e) && e.code != ERR_INPUT) return e;
    if (is_err(e)) return err_none(); // what the register holds can't be read as facts: nothing is said rather than something wrong
    json_out_name(out, "other_acts");
    acts_write_json(out, answer, lang);
    return err_none();
}
