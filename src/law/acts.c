// SPDX-License-Identifier: EUPL-1.2
/*
 * Asking every act. Unknown facts are tried in all their values (a number as none and as very much): a report on which all agree is
 * settled, else it is open, and needs exactly the facts of which some value changes it.
 */
#include "law/acts_private.h"

#include <stdio.h>

#include "law/decimal.h"
#include "law/pack_rows.h"
#include "law/scope_private.h"

#define MANY INT64_C(1000000000)
enum { TRIES_MAX = 1 << ACT_UNKNOWN_MAX };

struct asking {
    struct acts_answer *answer;
    const struct act_book *book;
    struct json given; // object, in the form that conditions read
    struct json all_types;
    const struct json *values, *filings;
    struct json_tree tree;
    const struct clock_profile *profile;
    struct why *why;
};

// --- facts from outside ---

static struct err refuse(const struct asking *a, const struct act_fact *fact, const char *expected) {
    char field[96], article[96];
    (void)snprintf(field, sizeof field, "/%.*s", SPAN_FMT(fact->name));
    (void)snprintf(article, sizeof article, "%.*s", SPAN_FMT(fact->article));
    return why_set(a->why, ERR_INPUT, field, "acts.value", article, "%s is expected", expected);
}

static struct err value_read(struct asking *a, const struct act_fact *fact, const struct json *value, struct json *ret) {
    struct stamp stamp;
    int64_t hundredths;
    *ret = *value;
    switch (fact->type) {
    case ACT_BOOL: return value->type == JSON_BOOL ? err_none() : refuse(a, fact, "true or false");
    case ACT_ENUM: return value->type == JSON_STRING && names_have(&fact->values, value->string) ? err_none() : refuse(a, fact, "one of its values");
    case ACT_NUMBER:
        if (value->type == JSON_INT && value->integer >= 0 && value->integer <= MANY) return err_none();
        return value->type == JSON_STRING && decimal_parse(value->string, 100 * MANY, &hundredths) ? err_none() : refuse(a, fact, "a number of at most two decimals, not negative,");
    case ACT_INSTANT:
        if (value->type != JSON_STRING || is_err(stamp_parse(value->string, a->answer->zone, "", &stamp, NULL)))
            return refuse(a, fact, "an instant like 2026-11-22T10:00:00+01:00");
        *ret = json_tree_instant(&a->tree, stamp.ms);
        return err_none();
    case ACT_TYPES: break;
    }
    for (size_t i = 0; value->type == JSON_ARRAY && i < value->count; i++)
        if (value->items[i].type != JSON_STRING || (a->answer->law->scope != NULL && book_type(a->answer->law->scope, value->items[i].string) == TYPES_MAX))
            return refuse(a, fact, "a list of codes of entity types");
    return value->type == JSON_ARRAY ? err_none() : refuse(a, fact, "a list of codes of entity types");
}

static struct err facts_read(struct asking *a, const struct json *facts) {
    if (facts->type != JSON_OBJECT) return why_set(a->why, ERR_INPUT, "", "acts.form", "", "an object of facts is expected");
    a->given = json_object();
    for (size_t i = 0; i < facts->count; i++) {
        const struct act_fact *fact = act_fact_find(a->book, facts->members[i].name);
        char field[96];
        (void)snprintf(field, sizeof field, "/%.*s", (int)(facts->members[i].name.len < 80 ? facts->members[i].name.len : 80), (const char *)facts->members[i].name.at);
        if (fact == NULL) return why_set(a->why, ERR_INPUT, field, "acts.fact", "", "there is no such fact (varde acts --facts names them)");
        struct json value;
        if (json_is_null(&facts->members[i].value)) continue;
        TRY(value_read(a, fact, &facts->members[i].value, &value));
        (void)json_tree_set(&a->tree, &a->given, fact->name, value);
    }
    return a->tree.is_failed ? err_make(ERR_MEMORY) : err_none();
}

// --- truth ---

static struct facts facts_of(const struct asking *a, const struct json *values) {
    return (struct facts){.case_facts = values, .filings = a->filings, .settings = a->profile->settings, .zone = a->answer->zone};
}

// What follows from the facts, in the order of the packs, so that a derived fact may use an earlier one.
static void derive(struct asking *a, struct json *values) {
    for (size_t i = 0; i < a->book->derived_count; i++) {
        const struct act_derived *d = &a->book->derived[i];
        struct facts facts = facts_of(a, values);
        int64_t count = 0;
        for (size_t k = 0; k < d->count; k++) count += condition_holds(d->parts[k], &facts);
        (void)json_tree_set(&a->tree, values, d->name, d->is_count ? json_from_int(count) : json_from_bool(count > 0));
    }
}

struct unknowns {
    const struct asking *asking;
    size_t count;
    const struct act_fact *facts[ACT_UNKNOWN_MAX];
    bool is_too_many;
};

static void unknown_visit(void *context, const char *kind, struct span name, const struct yaml *node) {
    struct unknowns *u = context;
    (void)node;
    if (strcmp(kind, "case") != 0) return;
    const struct act_fact *fact = act_fact_find(u->asking->book, name);
    for (size_t i = 0; fact == NULL && i < u->asking->book->derived_count; i++) {
        const struct act_derived *d = &u->asking->book->derived[i];
        for (size_t k = 0; span_equals(d->name, name) && k < d->count; k++) condition_visit(d->parts[k], unknown_visit, u);
    }
    bool is_known = fact == NULL || fact->type == ACT_INSTANT || json_find(&u->asking->given, name) != NULL;
    for (size_t i = 0; !is_known && i < u->count; i++) is_known = u->facts[i] == fact;
    if (is_known) return;
    if (u->count == ACT_UNKNOWN_MAX) u->is_too_many = true;
    else u->facts[u->count++] = fact;
}

// One of two values that stand for all: no or yes, nothing or very much, no type or every type, the last or the first of an enumeration.
static struct json value_tried(const struct asking *a, const struct act_fact *fact, bool is_second) {
    if (fact->type == ACT_BOOL) return json_from_bool(is_second);
    if (fact->type == ACT_NUMBER) return json_from_int(is_second ? MANY : 0);
    if (fact->type == ACT_ENUM) return json_from_string(is_second ? fact->values.items[0] : fact->values.items[fact->values.count - 1]);
    return is_second ? a->all_types : json_array();
}

static bool holds_with(struct asking *a, const struct act_report *report, const struct unknowns *u, size_t mask) {
    struct json values = {.type = JSON_OBJECT};
    for (size_t i = 0; i < a->given.count; i++) (void)json_tree_add(&a->tree, &values, a->given.members[i].name, a->given.members[i].value);
    for (size_t i = 0; i < u->count; i++) (void)json_tree_set(&a->tree, &values, u->facts[i]->name, value_tried(a, u->facts[i], (mask >> i & 1) != 0));
    derive(a, &values);
    struct facts facts = facts_of(a, &values);
    return condition_holds(report->when, &facts);
}

static struct err truth_find(struct asking *a, struct act_finding *finding) {
    struct unknowns u = {.asking = a};
    struct arena scratch;
    condition_visit(finding->report->when, unknown_visit, &u);
    size_t tries = (size_t)1 << u.count, yes = 0;
    uint8_t *results = arena_take(a->answer->arena, TRIES_MAX);
    if (results == NULL) return err_make(ERR_MEMORY);
    arena_init(&scratch, (size_t)16 * 1024 * 1024);
    struct json_tree kept = a->tree;
    a->tree = (struct json_tree){.arena = &scratch};
    for (size_t mask = 0; mask < tries; mask++) {
        arena_reset(&scratch);
        results[mask] = holds_with(a, finding->report, &u, mask);
        yes += results[mask];
    }
    bool is_failed = a->tree.is_failed;
    a->tree = kept;
    arena_fini(&scratch);
    if (is_failed) return err_make(ERR_MEMORY);
    finding->truth = yes == tries ? ACT_YES : yes == 0 && !u.is_too_many ? ACT_NO : ACT_OPEN;
    for (size_t i = 0; finding->truth == ACT_OPEN && i < u.count; i++) {
        bool matters = false;
        for (size_t mask = 0; mask < tries && !matters; mask++) matters = results[mask] != results[mask ^ (size_t)1 << i];
        if (matters) finding->needs[finding->need_count++] = u.facts[i]->name;
    }
    return err_none();
}

// --- times and fields ---

static void due_find(struct asking *a, struct act_finding *finding) {
    struct json values = json_tree_copy(&a->tree, &a->given);
    derive(a, &values);
    struct facts facts = facts_of(a, &values);
    for (size_t i = 0; i < finding->report->stage_count; i++) {
        const struct clock *clock = clock_find(a->profile, finding->report->stages[i].clock, a->answer->at);
        struct act_due *due = &finding->due[i];
        if (clock == NULL) continue;
        due->clock = clock_evaluate(clock, a->profile, a->answer->at, &facts, INSTANT_NONE);
        due->applies = due->clock.applies;
        due->is_known = due->clock.is_known;
        for (size_t r = 0; !due->is_known && r < clock->row_count; r++)
            if (is_valid_at(&clock->rows[r].validity, a->answer->at) && condition_holds(clock->rows[r].when, &facts)) due->anchor = clock->rows[r].anchor;
    }
}

static void fields_fill(const struct asking *a, struct act_finding *finding) {
    for (size_t i = 0; i < finding->report->field_count; i++) {
        const struct act_field *field = &finding->report->fields[i];
        finding->values[i] = json_null();
        for (size_t k = 0; json_is_null(&finding->values[i]) && k < field->takes.count; k++) {
            const struct json *value = json_find(a->values, field->takes.items[k]);
            if (json_is_null(value)) value = json_find(&a->given, field->takes.items[k]);
            if (json_is_null(value)) continue;
            finding->values[i] = *value;
            finding->taken[i] = field->takes.items[k];
        }
    }
}

// Instants that stand for filings, for clocks that run from them, beside the filings of the case.
static void filings_add(struct asking *a, const struct json *filings) {
    struct json *all = ARENA_NEW(a->answer->arena, struct json);
    if (all == NULL) return;
    *all = filings != NULL ? json_tree_copy(&a->tree, filings) : json_array();
    for (size_t i = 0; i < a->book->fact_count; i++) {
        const struct json *at = a->book->facts[i].filing.len > 0 ? json_find(&a->given, a->book->facts[i].name) : NULL;
        if (at == NULL) continue;
        struct json one = json_object();
        (void)json_tree_add(&a->tree, &one, SPAN("document"), json_from_string(a->book->facts[i].filing));
        (void)json_tree_add(&a->tree, &one, SPAN("received_at"), *at);
        (void)json_tree_add(&a->tree, &one, SPAN("status"), json_from_string(SPAN("filed")));
        (void)json_tree_push(&a->tree, all, one);
    }
    a->filings = all;
}

struct err acts_answer_make(const struct law *law, const struct json *facts, const struct json *values, const struct json *filings,
                            struct span state, const struct zone *zone, struct civil at, struct arena *arena,
                            const struct acts_answer **ret, struct why *why) {
    struct acts_answer *answer = ARENA_NEW(arena, struct acts_answer);
    if (answer == NULL) return err_make(ERR_MEMORY);
    *answer = (struct acts_answer){.law = law, .state = state, .at = at, .zone = zone, .arena = arena};
    struct asking a = {.answer = answer, .book = law->acts, .values = values, .tree = {.arena = arena}, .profile = clock_profile_of(law, state, at), .why = why};
    TRY(facts_read(&a, facts));
    a.all_types = json_array();
    for (size_t i = 0; law->scope != NULL && i < law->scope->type_count; i++) (void)json_tree_push(&a.tree, &a.all_types, json_from_string(law->scope->types[i].code));
    filings_add(&a, filings);
    answer->findings = arena_take_array(arena, a.book->report_count + 1, sizeof *answer->findings);
    if (answer->findings == NULL) return err_make(ERR_MEMORY);
    for (size_t n = 0; n < 2 * a.book->report_count; n++) { // the Directive's own notification first
        const struct act_report *report = a.book->reports[n % a.book->report_count];
        if (span_is(report->relation, "itself") != (n < a.book->report_count)) continue;
        bool is_law = is_valid_at(&report->validity, at) && pack_is_in_force(report->pack, at);
        if (!is_law) continue;
        struct act_finding *finding = &answer->findings[answer->count++];
        finding->report = report;
        TRY(truth_find(&a, finding));
        if (finding->truth == ACT_NO) continue;
        due_find(&a, finding);
        fields_fill(&a, finding);
    }
    if (a.tree.is_failed) return err_make(ERR_MEMORY);
    *ret = answer;
    return err_none();
}

// --- from a case ---

static struct json plain_value(struct json_tree *tree, const struct act_fact *fact, const struct json *value) {
    if (fact->type == ACT_BOOL && value->type == JSON_STRING) // a choice of yes, no and not known yet
        return span_is(value->string, "yes") ? json_from_bool(true) : span_is(value->string, "no") ? json_from_bool(false) : json_null();
    if (fact->type == ACT_INSTANT) return json_tree_instant(tree, json_instant(value, NULL));
    if (fact->type == ACT_BOOL && value->type != JSON_BOOL) return json_null();
    if (fact->type == ACT_ENUM && !(value->type == JSON_STRING && names_have(&fact->values, value->string))) return json_null();
    return *value;
}

struct err acts_case_facts(const struct law *law, struct span procedure, const struct json *content, const struct json *subject,
                           struct arena *arena, struct json *ret, bool *ret_has) {
    struct json_tree tree = {.arena = arena};
    struct json out = json_object();
    struct facts facts = {.case_facts = json_get(content, "facts"), .flags = json_get(content, "flags"), .filings = json_get(content, "filings"),
                          .state = json_get_string(content, "state"), .subject = subject};
    *ret_has = false;
    for (size_t i = 0; i < law->acts->from_count; i++) {
        const struct act_from *from = &law->acts->from[i];
        if (!span_equals(from->procedure, procedure)) continue;
        *ret_has = true;
        const struct act_fact *fact = act_fact_find(law->acts, from->fact);
        struct json value = json_null();
        const struct json *found = from->from_case.len > 0 ? json_find(facts.case_facts, from->from_case) : from->from_subject.len > 0 ? json_find(subject, from->from_subject) : NULL;
        if (from->from_case.len == 0 && from->from_subject.len == 0) value = json_from_bool(condition_holds(from->when, &facts));
        else if (!json_is_null(found)) value = plain_value(&tree, fact, found);
        if (!json_is_null(&value)) (void)json_tree_set(&tree, &out, fact->name, value);
    }
    if (tree.is_failed) return err_make(ERR_MEMORY);
    *ret = out;
    return err_none();
}
