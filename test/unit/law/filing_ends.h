// SPDX-License-Identifier: EUPL-1.2
/*
 * What ends a duty: test/law/filings/duties.yaml says of each duty of a procedure which documents fulfil it (`done`) and which end it otherwise
 * (`closed`). Each document is filed while all that its procedure can owe is open; what it ends must be said, and all that is said must be seen.
 */
#ifndef TEST_FILING_ENDS_H
#define TEST_FILING_ENDS_H

#include "filing_case.h"
#include "law/procedure_private.h"

enum { ENDS_MAX = 4096 };
struct ends_seen { // that a document ended a duty
    size_t count;
    struct ends_row { const struct yaml *duty; const char *how; struct span document; } items[ENDS_MAX];
};

static inline bool ends_is_seen(const struct ends_seen *seen, const struct ends_row *row) {
    for (size_t i = 0; i < seen->count; i++)
        if (seen->items[i].duty == row->duty && seen->items[i].how == row->how && span_equals(seen->items[i].document, row->document)) return true;
    return false;
}
static inline void ends_note(struct ends_seen *seen, struct ends_row row) {
    if (ends_is_seen(seen, &row)) return;
    if (seen->count == ENDS_MAX) abort();
    seen->items[seen->count++] = row;
}

static inline bool duty_is_of_parties(const struct duty_row *row) { return names_have(&row->owed_by, SPAN("party")); }

// Whether what the case holds BEFORE ends the duty already, whatever is filed.
static inline bool duty_is_over(const struct attempt *a, const struct duty_row *row, const struct json *before) {
    const struct facts facts = {.case_facts = json_get(before, "facts"), .flags = json_get(before, "flags"), .filings = json_get(before, "filings"), .state = a->state};
    return row->closes_when != NULL && condition_holds(row->closes_when, &facts);
}

// All that the procedure can owe, open, once by the case's first filing (F1) and once by another (F2); of the parties, or of the others. What the
// row calls `settled` is not owed.
static inline struct json all_owed(const struct attempt *a, struct json_tree *tree, bool is_of_parties, const struct json *before) {
    static const char *const NULLS[] = {"due", "due_latest", "done_by", "done_at", "closed_by"};
    const struct procedure *p = procedure_get(a->law, a->node, TODAY, a->procedure);
    struct json out = json_array();
    for (size_t i = 0; p != NULL && i < 2 * p->duty_count; i++) {
        const struct duty_row *duty = &p->duties[i / 2];
        struct json row = json_object();
        if (duty_is_of_parties(duty) != is_of_parties || words_have(attempt_get_text(a, "settled"), duty->id) || duty_is_over(a, duty, before)) continue;
        (void)json_tree_add(tree, &row, SPAN("duty"), json_from_string(duty->id));
        (void)json_tree_add(tree, &row, SPAN("owed_by"), json_from_string(duty->owed_by.items[0]));
        (void)json_tree_add(tree, &row, SPAN("opened_by"), json_from_string(form_id(tree->arena, 'F', 1 + i % 2)));
        for (size_t k = 0; k < 5; k++) (void)json_tree_add(tree, &row, span_of(NULLS[k]), json_null());
        (void)json_tree_push(tree, &out, row);
    }
    return out;
}

// Whether the decision ended the duty that OPENER opened, that way: how is "done" or "closed".
static inline bool duty_is_ended(const struct procedure_decision *d, const struct duty_row *row, const char *how, struct span opener) {
    const struct json *own = d->party_state == NULL ? NULL : json_get(d->party_state, "done");
    const struct json *rows = json_get(d->case_state, duty_is_of_parties(row) ? "party_duties" : "duties");
    bool is_done = strcmp(how, "done") == 0;
    for (size_t i = 0; is_done && own != NULL && own->type == JSON_ARRAY && i < own->count; i++)
        if (span_equals(json_get_string(&own->items[i], "duty"), row->id) && span_equals(json_get_string(&own->items[i], "opened_by"), opener)) return true;
    for (size_t i = 0; rows != NULL && i < rows->count; i++)
        if (span_equals(json_get_string(&rows->items[i], "duty"), row->id) && span_equals(json_get_string(&rows->items[i], "opened_by"), opener))
            return !json_is_null(json_get(&rows->items[i], is_done ? "done_by" : "closed_by"));
    return false;
}

// SAID: the words of `done` or `closed`. How many of the two that are open the document ends: both; with `?` where the row's `ends` names the duty;
// with `=` the one alone whose opening it names, or the older.
static inline size_t ends_expected(const struct attempt *a, struct span said, struct span duty) {
    struct span word;
    for (size_t at = 0; next_word(said, &at, &word);) {
        bool is_one = span_ends_with(word, SPAN("="));
        if (is_one) word.len--;
        bool is_at_times = span_ends_with(word, SPAN("?"));
        if (is_at_times) word.len--;
        if (span_equals(word, a->document)) return is_at_times && !words_have(attempt_get_text(a, "ends"), duty) ? 0 : is_one ? 1 : 2;
    }
    return 0;
}

// The first state but "new" in which the row, or its variant, is filed; false where there is none.
static inline bool attempt_later_state(const struct attempt *a, struct span *ret) {
    struct span word;
    for (size_t at = 0; next_word(attempt_get_text(a, "in"), &at, &word);) {
        word = span_part(word, 0, span_find(word, '>', 0));
        *ret = span_is(word, "any") ? attempt_usual_state(a) : word;
        if (!span_is(word, "new")) return true;
    }
    return false;
}

#endif
