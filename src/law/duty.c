// SPDX-License-Identifier: EUPL-1.2
/*
 * Duties of a case: opened, fulfilled, closed; and how one stands at a given moment.
 *
 * A duty's anchor and due date are written once and stay, whatever is filed later; only a clock whose rows all bind
 * (earliest) may bring it forward, and only further readings may put off the moment from which it counts as late.
 */
#include "law/procedure_private.h"

static void text_set(struct decision *d, struct json *object, const char *name, struct span text) {
    (void)json_tree_set(d->tree, object, span_of(name), text.len > 0 ? json_from_string(text) : json_null());
}

static bool is_open(const struct json *duty) {
    return json_is_null(json_get(duty, "done_by")) && json_is_null(json_get(duty, "closed_by"));
}

static const struct duty_row *row_of(const struct decision *d, struct span id) {
    for (size_t i = 0; i < d->procedure->duty_count; i++) {
        const struct duty_row *row = &d->procedure->duties[i];
        if (span_equals(row->id, id) && is_valid_at(&row->validity, d->input->at)) return row;
    }
    return NULL;
}

static int64_t filed_ms(const struct decision *d, struct span filing) {
    for (size_t i = 0; i < d->filings->count; i++)
        if (span_equals(json_get_string(&d->filings->items[i], "id"), filing))
            return json_instant(json_get(&d->filings->items[i], "received_at"), NULL);
    return INSTANT_NONE;
}

// --- times ---

static struct json local_text(struct decision *d, int64_t instant_ms) {
    struct buf text;
    buf_init(&text, d->tree->arena, 64);
    buf_add_stamp(&text, instant_ms, zone_offset_s(d->input->zone, instant_ms));
    return json_from_string(buf_span(&text));
}

static void due_write(struct decision *d, struct json *duty, const struct clock_reading *main) {
    const struct deadline *deadline = &main->deadline;
    text_set(d, duty, "anchor", main->anchor);
    (void)json_tree_set(d->tree, duty, SPAN("anchor_at"), json_tree_instant(d->tree, main->anchor_ms));
    (void)json_tree_set(d->tree, duty, SPAN("due"), json_tree_instant(d->tree, deadline->due_ms));
    (void)json_tree_set(d->tree, duty, SPAN("due_local"), local_text(d, deadline->due_ms));
    struct json day = deadline->is_day ? json_from_string(civil_text(d->tree->arena, deadline->day)) : json_null();
    (void)json_tree_set(d->tree, duty, SPAN("due_day"), day);
    if (main->article.len > 0) text_set(d, duty, "article", main->article);
    text_set(d, duty, "note", main->words);
}

static void readings_write(struct decision *d, struct json *duty, const struct clock_result *result) {
    struct json readings = json_array();
    for (size_t i = 0; result->count > 1 && i < result->count; i++) {
        const struct clock_reading *reading = &result->readings[i];
        struct json one = json_object();
        text_set(d, &one, "as", reading->as);
        text_set(d, &one, "anchor", reading->anchor);
        (void)json_tree_add(d->tree, &one, SPAN("anchor_at"), json_tree_instant(d->tree, reading->anchor_ms));
        (void)json_tree_add(d->tree, &one, SPAN("due"), json_tree_instant(d->tree, reading->deadline.due_ms));
        (void)json_tree_add(d->tree, &one, SPAN("due_latest"), json_tree_instant(d->tree, reading->deadline.due_latest_ms));
        text_set(d, &one, "article", reading->article);
        (void)json_tree_push(d->tree, &readings, one);
    }
    (void)json_tree_set(d->tree, duty, SPAN("readings"), readings);
}

static void times_write(struct decision *d, struct json *duty, const struct clock *clock, const struct clock_result *result) {
    if (!result->is_known) return;
    int64_t due_ms = json_instant(json_get(duty, "due"), NULL), latest_ms = json_instant(json_get(duty, "due_latest"), NULL);
    bool is_earlier = clock->take == CLOCK_EARLIEST && result->main.deadline.due_ms < due_ms;
    if (due_ms == INSTANT_NONE || is_earlier) due_write(d, duty, &result->main);
    if (latest_ms == INSTANT_NONE || result->due_latest_ms > latest_ms)
        (void)json_tree_set(d->tree, duty, SPAN("due_latest"), json_tree_instant(d->tree, result->due_latest_ms));
    readings_write(d, duty, result);
}

// --- fulfilling ---

// Whether the filing being decided fulfils the duty. *ret_names: it names the duty's own opener.
static bool fulfils(const struct decision *d, const struct duty_row *row, const struct json *duty, bool *ret_is_single) {
    *ret_is_single = false;
    for (size_t i = 0; i < row->done_count; i++) {
        const struct done_row *done = &row->done_by[i];
        if (!span_equals(done->document, d->document->id) || !condition_holds(done->when, &d->facts)) continue;
        if (done->matches.len == 0) return true;
        const struct json *named = json_find(d->values, done->matches);
        *ret_is_single = json_is_null(named);
        if (*ret_is_single || span_equals(named->string, json_get_string(duty, "opened_by"))) return true;
    }
    return false;
}

static void done_write(struct decision *d, struct json *duty, struct span filing, int64_t at_ms) {
    text_set(d, duty, "done_by", filing);
    (void)json_tree_set(d->tree, duty, SPAN("done_at"), json_tree_instant(d->tree, at_ms));
}

static void duties_fulfil(struct decision *d) {
    struct span single_done = SPAN(""); // a filing that names no opener fulfils the oldest only
    for (size_t i = 0; i < d->duties->count; i++) {
        struct json *duty = &d->duties->items[i];
        const struct duty_row *row = row_of(d, json_get_string(duty, "duty"));
        bool is_single;
        if (row == NULL || !is_open(duty) || !fulfils(d, row, duty, &is_single)) continue;
        if (is_single && span_equals(single_done, row->id)) continue;
        if (is_single) single_done = row->id;
        done_write(d, duty, d->input->filing_id, d->input->received_at.ms);
    }
}

// The first filing that stands and fulfils the duty without further conditions; the one being decided is among them.
static const struct json *earlier_fulfilment(const struct decision *d, const struct duty_row *row, int64_t from_ms) {
    for (size_t i = 0; i < d->filings->count; i++) {
        const struct json *filing = &d->filings->items[i];
        if (span_is(json_get_string(filing, "status"), "withdrawn")) continue;
        if (json_instant(json_get(filing, "received_at"), NULL) < from_ms) continue;
        for (size_t k = 0; k < row->done_count; k++)
            if (row->done_by[k].when == NULL && row->done_by[k].matches.len == 0 &&
                span_equals(row->done_by[k].document, json_get_string(filing, "document")))
                return filing;
    }
    return NULL;
}

void duties_reopen(struct decision *d, struct span withdrawn) {
    if (d->is_party) {
        party_reopen(d, withdrawn);
        return;
    }
    for (size_t i = 0; i < d->duties->count; i++) {
        struct json *duty = &d->duties->items[i];
        const struct duty_row *row = row_of(d, json_get_string(duty, "duty"));
        if (row == NULL || !span_equals(json_get_string(duty, "done_by"), withdrawn)) continue;
        int64_t from_ms = row->opens_on.count > 0 ? filed_ms(d, json_get_string(duty, "opened_by")) : INT64_MIN;
        const struct json *other = earlier_fulfilment(d, row, from_ms);
        if (other != NULL) {
            done_write(d, duty, json_get_string(other, "id"), json_instant(json_get(other, "received_at"), NULL));
        } else {
            (void)json_tree_set(d->tree, duty, SPAN("done_by"), json_null());
            (void)json_tree_set(d->tree, duty, SPAN("done_at"), json_null());
        }
    }
}

// --- opening ---

static bool has_instance(const struct decision *d, const struct duty_row *row) {
    const struct json *duties = duty_row_is_of_parties(row) ? d->party_duties : d->duties;
    for (size_t i = 0; i < duties->count; i++) {
        const struct json *duty = &duties->items[i];
        if (!span_equals(json_get_string(duty, "duty"), row->id) || !json_is_null(json_get(duty, "closed_by"))) continue;
        if (!row->is_again || json_is_null(json_get(duty, "done_by"))) return true;
    }
    return false;
}

static bool should_open(const struct decision *d, const struct duty_row *row) {
    if (!is_valid_at(&row->validity, d->input->at)) return false;
    if (row->opens_on.count > 0) {
        if (d->is_correction || !names_have(&row->opens_on, d->document->id)) return false;
    } else if (has_instance(d, row)) {
        return false;
    }
    return condition_holds(row->opens_when, &d->facts) && !(row->closes_when != NULL && condition_holds(row->closes_when, &d->facts));
}

static struct json duty_make(struct decision *d, const struct duty_row *row) {
    struct json duty = json_object(), words = json_object();
    bool is_firm = row->firm_when != NULL ? condition_holds(row->firm_when, &d->facts) : row->is_firm;
    static const char *const EMPTY[] = {"anchor", "anchor_at", "due", "due_latest", "due_local", "due_day", "note"};
    text_set(d, &duty, "duty", row->id);
    text_set(d, &duty, "document", row->document);
    text_set(d, &duty, "owed_by", names_have(&row->owed_by, SPAN("filer")) ? d->input->filer_role : row->owed_by.items[0]);
    text_set(d, &duty, "opened_by", d->input->filing_id);
    for (size_t i = 0; i < sizeof EMPTY / sizeof EMPTY[0]; i++) (void)json_tree_add(d->tree, &duty, span_of(EMPTY[i]), json_null());
    (void)json_tree_add(d->tree, &duty, SPAN("is_firm"), json_from_bool(is_firm));
    text_set(d, &duty, "article", row->article);
    text_set(d, &words, "en", row->words);
    (void)json_tree_add(d->tree, &duty, SPAN("words"), words);
    (void)json_tree_add(d->tree, &duty, SPAN("readings"), json_array());
    text_set(d, &duty, "done_by", SPAN(""));
    text_set(d, &duty, "done_at", SPAN(""));
    text_set(d, &duty, "closed_by", SPAN(""));
    const struct names *audience = duty_audience(d->procedure, row);
    if (audience->count > 0) (void)json_tree_add(d->tree, &duty, SPAN("seen_by"), json_tree_names(d->tree, audience));
    return duty;
}

static void duty_open(struct decision *d, const struct duty_row *row) {
    const struct clock *clock = row->clock.len > 0 ? clock_find(d->profile, row->clock, d->input->at) : NULL;
    if (row->clock.len > 0 && clock == NULL && row->needs_clock) return;
    struct clock_result result = {0};
    if (clock != NULL) {
        result = clock_evaluate(clock, d->profile, d->input->at, &d->facts, d->input->received_at.ms);
        if (!result.applies) return;
    }
    struct json duty = duty_make(d, row);
    if (clock != NULL) times_write(d, &duty, clock, &result);
    if (duty_row_is_of_parties(row)) { // of those that join by this filing, or of all that are parties
        text_set(d, &duty, "of", document_adds_parties(d->document) ? SPAN("joined") : SPAN("all"));
        (void)json_tree_push(d->tree, d->party_duties, duty);
        return;
    }
    bool is_single, may_be_done = row->opens_on.count == 0 || row->is_done_at_once;
    const struct json *filing = row->opens_on.count == 0 && !row->is_again ? earlier_fulfilment(d, row, INT64_MIN) : NULL;
    if (filing != NULL) done_write(d, &duty, json_get_string(filing, "id"), json_instant(json_get(filing, "received_at"), NULL));
    else if (may_be_done && fulfils(d, row, &duty, &is_single) && !is_single)
        done_write(d, &duty, d->input->filing_id, d->input->received_at.ms);
    (void)json_tree_push(d->tree, d->duties, duty);
}

// Readings of open duties anew, for anchors that became known; what no longer applies is closed.
static void duties_refresh(struct decision *d, struct json *duties) {
    for (size_t i = 0; i < duties->count; i++) {
        struct json *duty = &duties->items[i];
        const struct duty_row *row = row_of(d, json_get_string(duty, "duty"));
        if (row == NULL || !json_is_null(json_get(duty, "closed_by"))) continue;
        bool is_done = !is_open(duty); // what was done is judged by the times as they now stand, too
        bool is_closed = !is_done && row->closes_when != NULL && condition_holds(row->closes_when, &d->facts);
        const struct clock *clock = row->clock.len > 0 ? clock_find(d->profile, row->clock, d->input->at) : NULL;
        bool is_opener = span_equals(json_get_string(duty, "opened_by"), d->input->filing_id);
        if (clock != NULL && !is_closed && !is_opener) {
            struct facts facts = d->facts;
            facts.fields = NULL; // those of the opening filing are not at hand; its times are written already
            int64_t opened_ms = filed_ms(d, json_get_string(duty, "opened_by"));
            struct clock_result result = clock_evaluate(clock, d->profile, d->input->at, &facts, opened_ms);
            if (result.applies) times_write(d, duty, clock, &result);
            else is_closed = !is_done && row->opens_on.count == 0;
        }
        if (is_closed) text_set(d, duty, "closed_by", d->input->filing_id);
    }
}

void duties_update(struct decision *d) {
    if (d->is_party) {
        party_fulfil(d);
        return;
    }
    duties_fulfil(d);
    duties_refresh(d, d->duties);
    if (d->party_duties != NULL) duties_refresh(d, d->party_duties);
    for (size_t i = 0; i < d->procedure->duty_count; i++)
        if (should_open(d, &d->procedure->duties[i])) duty_open(d, &d->procedure->duties[i]);
}

// --- standing ---

bool duty_read(const struct json *duty, struct duty_times *ret) {
    if (duty == NULL || json_get_string(duty, "duty").at == NULL) return false;
    *ret = (struct duty_times){.opened_ms = json_instant(json_get(duty, "anchor_at"), NULL),
                               .due_ms = json_instant(json_get(duty, "due"), NULL),
                               .due_latest_ms = json_instant(json_get(duty, "due_latest"), NULL),
                               .done_ms = json_instant(json_get(duty, "done_at"), NULL),
                               .is_firm = json_get_bool(duty, "is_firm", true),
                               .is_closed = !json_is_null(json_get(duty, "closed_by"))};
    return true;
}

static bool is_soon(const struct duty_times *times, int64_t now_ms) {
    int64_t week_ms = 7 * MS_PER_DAY;
    int64_t quarter_ms = times->opened_ms == INSTANT_NONE ? week_ms : (times->due_ms - times->opened_ms) / 4;
    return times->due_ms - now_ms < (quarter_ms < week_ms ? quarter_ms : week_ms);
}

enum duty_status duty_status(const struct duty_times *times, int64_t now_ms) {
    bool is_done = times->done_ms != INSTANT_NONE;
    int64_t then_ms = is_done ? times->done_ms : now_ms;
    if (!is_done && times->is_closed) return DUTY_CLOSED;
    if (times->due_ms == INSTANT_NONE || then_ms <= times->due_ms)
        return is_done ? DUTY_DONE_IN_TIME : times->due_ms != INSTANT_NONE && is_soon(times, now_ms) ? DUTY_DUE_SOON : DUTY_OPEN;
    if (then_ms <= times->due_latest_ms) return is_done ? DUTY_DONE_POSSIBLY_LATE : DUTY_POSSIBLY_LATE;
    if (!times->is_firm) return is_done ? DUTY_DONE_BEYOND_AIM : DUTY_BEYOND_AIM;
    return is_done ? DUTY_DONE_LATE : DUTY_LATE;
}

const char *duty_status_name(enum duty_status status) {
    static const char *const NAMES[] = {
        [DUTY_OPEN] = "open",
        [DUTY_DUE_SOON] = "due_soon",
        [DUTY_POSSIBLY_LATE] = "possibly_late",
        [DUTY_LATE] = "late",
        [DUTY_BEYOND_AIM] = "beyond_aim",
        [DUTY_DONE_IN_TIME] = "done_in_time",
        [DUTY_DONE_POSSIBLY_LATE] = "done_possibly_late",
        [DUTY_DONE_LATE] = "done_late",
        [DUTY_DONE_BEYOND_AIM] = "done_beyond_aim",
        [DUTY_CLOSED] = "closed",
    };
    return NAMES[status];
}
