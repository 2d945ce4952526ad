// SPDX-License-Identifier: EUPL-1.2
/* Procedures, documents and forms as JSON for people and programs, and what may be filed next. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "law/office.h"
#include "law/pack.h"
#include "law/pack_rows.h"
#include "law/procedure_private.h"

struct writer {
    struct json_out *out;
    const struct law *law;
    struct span state, lang;
    struct civil at;
};

// The text of KEY + SUFFIX in the reader's language, or the pack's English text. Null where there is none.
static void text_write(struct writer *w, const char *name, struct span key, const char *suffix, struct span english) {
    char whole[512];
    struct span found = span_make(NULL, 0);
    if (english.len == 0) {
        json_out_member_string(w->out, name, span_make(NULL, 0));
        return;
    }
    if (!span_is(w->lang, "en") && key.len + strlen(suffix) < sizeof whole) {
        memcpy(whole, key.at, key.len);
        memcpy(whole + key.len, suffix, strlen(suffix));
        found = law_word(w->law, w->state, span_make(whole, key.len + strlen(suffix)), w->lang);
    }
    json_out_member_string(w->out, name, found.at != NULL ? found : english);
}

// Of a field: the form's own words before those of the set that it stands in.
static void field_text_write(struct writer *w, const char *name, const struct field *field, const char *suffix, struct span english) {
    char whole[512];
    bool is_from_set = field->set_key.len > 0 && field->key.len + strlen(suffix) < sizeof whole;
    if (is_from_set) {
        memcpy(whole, field->key.at, field->key.len);
        memcpy(whole + field->key.len, suffix, strlen(suffix));
        is_from_set = law_word_exact(w->law, w->state, span_make(whole, field->key.len + strlen(suffix)), w->lang).at == NULL;
    }
    text_write(w, name, is_from_set ? field->set_key : field->key, suffix, english);
}

static void names_write(struct json_out *out, const char *name, const struct names *names) {
    json_out_name(out, name);
    json_out_array(out);
    for (size_t i = 0; i < names->count; i++) json_out_string(out, names->items[i]);
    json_out_array_end(out);
}

static struct span document_key(char *buffer, size_t size_bytes, const struct procedure *p, const struct document *d) {
    struct span home = d == NULL ? p->id : d->home;
    size_t len = home.len + 1 + (d == NULL ? 0 : d->id.len);
    if (len > size_bytes) return span_make(buffer, 0);
    memcpy(buffer, home.at, home.len);
    buffer[home.len] = '.';
    if (d != NULL) memcpy(buffer + home.len + 1, d->id.at, d->id.len);
    return span_make(buffer, d == NULL ? home.len : len);
}

static void states_write(struct writer *w, const struct procedure *p) {
    json_out_name(w->out, "states");
    json_out_array(w->out);
    for (size_t i = 0; i < p->state_count; i++) {
        const struct state_row *row = &p->states[i];
        char key[256];
        int len = snprintf(key, sizeof key, "%.*s.state.%.*s", SPAN_FMT(p->id), SPAN_FMT(row->id));
        json_out_object(w->out);
        json_out_member_string(w->out, "state", row->id);
        text_write(w, "label", span_make(key, len < 0 || (size_t)len >= sizeof key ? 0 : (size_t)len), ".label", row->label);
        json_out_member_bool(w->out, "is_final", row->is_final);
        json_out_object_end(w->out);
    }
    json_out_array_end(w->out);
}

void procedure_write_list(struct json_out *out, const struct law *law, struct span state, struct civil at, struct span lang) {
    struct writer w = {.out = out, .law = law, .state = state, .lang = lang, .at = at};
    const struct procedure *all;
    size_t count = procedures_of(law, state, at, &all);
    char key[256];
    json_out_array(out);
    for (size_t i = 0; i < count; i++) {
        const struct procedure *p = &all[i];
        if (procedure_get(law, state, at, p->id) != p) continue;
        json_out_object(out);
        json_out_member_string(out, "procedure", p->id);
        text_write(&w, "label", document_key(key, sizeof key, p, NULL), ".label", p->label);
        json_out_member_string(out, "article", p->article);
        if (p->workspace.len > 0) json_out_member_string(out, "workspace", p->workspace);
        states_write(&w, p);
        json_out_name(out, "documents");
        json_out_array(out);
        for (size_t k = 0; k < p->document_count; k++) {
            const struct document *d = &p->documents[k];
            if (!is_valid_at(&d->validity, at)) continue;
            json_out_object(out);
            json_out_member_string(out, "document", d->id);
            text_write(&w, "label", document_key(key, sizeof key, p, d), ".label", d->label);
            json_out_member_string(out, "article", d->article);
            names_write(out, "by", &d->by);
            json_out_member_bool(out, "opens", d->may_open);
            json_out_object_end(out);
        }
        json_out_array_end(out);
        json_out_object_end(out);
    }
    json_out_array_end(out);
}

static void choices_write(struct writer *w, const struct field *field) {
    json_out_name(w->out, "choices");
    json_out_array(w->out);
    for (size_t i = 0; i < field->choice_count; i++) {
        char suffix[160];
        (void)snprintf(suffix, sizeof suffix, ".choice.%.*s", SPAN_FMT(field->choices[i].value));
        json_out_object(w->out);
        json_out_member_string(w->out, "value", field->choices[i].value);
        field_text_write(w, "label", field, suffix, field->choices[i].label);
        json_out_object_end(w->out);
    }
    json_out_array_end(w->out);
}

static void limits_write(struct writer *w, const struct field *field) {
    enum field_type single = field_type_single(field->type);
    bool is_number = single == FIELD_INT || single == FIELD_DECIMAL;
    int64_t scale = 1;
    for (int64_t i = 0; i < field->decimals; i++) scale *= 10;
    if (is_number && field->min > INT64_MIN / 10000000 * scale) json_out_member_int(w->out, "min", field->min / scale);
    if (is_number && field->max < INT64_MAX / 10000000 * scale) json_out_member_int(w->out, "max", field->max / scale);
    if (single == FIELD_DECIMAL) json_out_member_int(w->out, "decimals", field->decimals);
    if (single == FIELD_TEXT || single == FIELD_LONG_TEXT) json_out_member_int(w->out, "max_chars", (int64_t)field->max_chars);
    if (field->min_chars > 0) json_out_member_int(w->out, "min_chars", (int64_t)field->min_chars);
    if (single != field->type) json_out_member_int(w->out, "max_items", (int64_t)field->max_items);
    if (field->min_items > 0) json_out_member_int(w->out, "min_items", (int64_t)field->min_items);
}

static void fields_write(struct writer *w, const struct field *fields, size_t count);

// What the pack says beside every long text and upload. Nothing where it says nothing.
static void notice_write(struct writer *w, const char *member, const char *key) {
    struct span words = law_notice(w->law, w->state, key, w->lang);
    if (words.at != NULL) json_out_member_string(w->out, member, words);
}

static void field_write(struct writer *w, const struct field *field) {
    struct json_out *out = w->out;
    json_out_object(out);
    json_out_member_string(out, "name", field->name);
    json_out_member_text(out, "type", field_type_name(field->type));
    field_text_write(w, "label", field, ".label", field->label);
    field_text_write(w, "help", field, ".help", field->help);
    if (field->type == FIELD_LONG_TEXT) notice_write(w, "notice", "notice.long_text");
    if (field->fill != NULL) json_out_member_text(out, "autocomplete", field->fill);
    json_out_member_string(out, "article", field->article);
    json_out_member_bool(out, "is_required", field->is_required);
    json_out_name(out, "required_when");
    condition_write(out, field->required_when);
    json_out_name(out, "shown_when");
    condition_write(out, field->shown_when);
    if (field->choice_count > 0) choices_write(w, field);
    if (field->catalogue.len > 0) json_out_member_string(out, "catalogue", field->catalogue);
    limits_write(w, field);
    json_out_member_string(out, "register", field->register_as);
    if (field->visible_to.count > 0) names_write(out, "visible_to", &field->visible_to);
    if (field->hidden_from.count > 0) names_write(out, "hidden_from", &field->hidden_from);
    if (field->count > 0) {
        json_out_name(out, "fields");
        fields_write(w, field->fields, field->count);
    }
    json_out_object_end(out);
}

static void fields_write(struct writer *w, const struct field *fields, size_t count) {
    json_out_array(w->out);
    for (size_t i = 0; i < count; i++)
        if (is_valid_at(&fields[i].validity, w->at)) field_write(w, &fields[i]);
    json_out_array_end(w->out);
}

static void rules_write(struct writer *w, const struct document *d, struct span key) {
    json_out_name(w->out, "rules");
    json_out_array(w->out);
    for (size_t i = 0; i < d->rule_count; i++) {
        char suffix[160];
        (void)snprintf(suffix, sizeof suffix, ".rule.%.*s", SPAN_FMT(d->rules[i].id));
        json_out_object(w->out);
        json_out_member_string(w->out, "rule", d->rules[i].id);
        json_out_member_string(w->out, "article", d->rules[i].article);
        bool is_of_set = d->rules[i].set_key.len > 0;
        text_write(w, "words", is_of_set ? d->rules[i].set_key : key, is_of_set ? "" : suffix, d->rules[i].words);
        if (d->rules[i].is_warning) json_out_member_bool(w->out, "is_warning", true);
        names_write(w->out, "fields", &d->rules[i].fields);
        if (d->rules[i].is_overridable) json_out_member_bool(w->out, "is_overridable", true);
        json_out_object_end(w->out);
    }
    json_out_array_end(w->out);
}

static struct err document_need(const struct law *law, struct span state, struct civil at, struct span procedure, struct span document,
                                const struct procedure **ret_procedure, const struct document **ret, struct why *why) {
    const struct procedure *p = procedure_get(law, state, at, procedure);
    const struct document *d = document_get(p, at, document);
    if (d == NULL)
        return why_set(why, ERR_NOT_FOUND, "", "document.unknown", "", "There is no document \"%.*s\" of procedure \"%.*s\" here on this date.",
                       document.len > 80 ? 80 : (int)document.len, (const char *)document.at, procedure.len > 80 ? 80 : (int)procedure.len,
                       (const char *)procedure.at);
    *ret_procedure = p;
    *ret = d;
    return err_none();
}

struct err procedure_write_form(struct json_out *out, const struct law *law, struct span state, struct civil at,
                                struct span procedure, struct span document, struct span lang, struct why *why) {
    const struct procedure *p = NULL;
    const struct document *d = NULL;
    TRY(document_need(law, state, at, procedure, document, &p, &d, why));
    assert(p != NULL && d != NULL);
    struct writer w = {.out = out, .law = law, .state = state, .lang = lang, .at = at};
    char buffer[256];
    struct span key = document_key(buffer, sizeof buffer, p, d);
    json_out_object(out);
    json_out_member_string(out, "procedure", p->id);
    json_out_member_string(out, "document", d->id);
    text_write(&w, "label", key, ".label", d->label);
    text_write(&w, "help", key, ".help", d->help);
    json_out_member_string(out, "article", d->article);
    json_out_member_string(out, "caution", law_caution(law, state, at, lang));
    names_write(out, "by", &d->by);
    if (d->seen_by.count > 0) names_write(out, "seen_by", &d->seen_by);
    json_out_member_bool(out, "opens", d->may_open);
    names_write(out, "in", &d->in);
    json_out_member_bool(out, "needs_entity", d->needs_entity);
    json_out_member_bool(out, "is_repeatable", d->is_repeatable);
    json_out_member_string(out, "marking", d->marking);
    json_out_member_bool(out, "is_public", d->is_public);
    if (d->public_when != NULL) json_out_name(out, "public_when"), condition_write(out, d->public_when);
    json_out_member_int(out, "max_attachments", (int64_t)d->max_attachments);
    if (d->max_attachments > 0) notice_write(&w, "attachment_notice", "notice.attachment");
    names_write(out, "intake", &d->intake);
    json_out_name(out, "fields");
    fields_write(&w, d->fields, d->field_count);
    rules_write(&w, d, key);
    json_out_object_end(out);
    return err_none();
}

struct err procedure_find(const struct law *law, struct span state, struct civil at, struct span procedure,
                          struct span document, struct procedure_document *ret, struct why *why) {
    const struct procedure *p = NULL;
    const struct document *d = NULL;
    TRY(document_need(law, state, at, procedure, document, &p, &d, why));
    assert(p != NULL && d != NULL);
    *ret = (struct procedure_document){.procedure = p->id,
                                       .document = d->id,
                                       .article = d->article,
                                       .marking = d->marking,
                                       .may_open = d->may_open,
                                       .needs_entity = d->needs_entity,
                                       .is_repeatable = d->is_repeatable,
                                       .needs_head = d->needs_head,
                                       .other_than = d->other_than,
                                       .other_document = d->other_document,
                                       .other_same_count = d->other_same.count,
                                       .other_same = d->other_same.items,
                                       .is_other_of_office = d->is_other_of_office,
                                       .is_by_party = d->is_by_party,
                                       .max_attachments = d->max_attachments,
                                       .claim = d->claim,
                                       .intake_count = d->intake.count,
                                       .intake = d->intake.items};
    return err_none();
}

struct err procedure_filers(const struct law *law, struct span state, struct civil at, struct span procedure,
                            struct span document, struct arena *arena, const struct span **ret, size_t *ret_count, struct why *why) {
    const struct procedure *p = NULL;
    const struct document *d = NULL;
    TRY(document_need(law, state, at, procedure, document, &p, &d, why));
    assert(d != NULL);
    (void)arena; // the names live in the law
    *ret = d->by.items;
    *ret_count = d->by.count;
    return err_none();
}

struct span procedure_workspace(const struct law *law, struct span state, struct span procedure) {
    const struct procedure *all;
    size_t count = procedures_of(law, state, latest_day(), &all);
    for (size_t i = 0; i < count; i++)
        if (span_equals(all[i].id, procedure)) return all[i].workspace;
    return workspace_first(law)->id;
}

bool procedure_state_is_final(const struct law *law, struct span state, struct civil at, struct span procedure, struct span case_state) {
    const struct procedure *all;
    size_t count = procedures_of(law, state, at, &all);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; span_equals(all[i].id, procedure) && k < all[i].state_count; k++)
            if (span_equals(all[i].states[k].id, case_state)) return all[i].states[k].is_final;
    return false;
}

// --- what next ---

static int step_order(const void *a, const void *b) {
    const struct procedure_step *x = a, *y = b;
    if (x->is_owed != y->is_owed) return x->is_owed ? -1 : 1;
    int64_t left = x->due_ms == INSTANT_NONE ? INT64_MAX : x->due_ms, right = y->due_ms == INSTANT_NONE ? INT64_MAX : y->due_ms;
    return left < right ? -1 : left > right;
}

// Marks the step where an open duty of the role is fulfilled by its document.
static void owed_mark(const struct procedure *p, const struct json *duties, struct span role, struct procedure_step *step) {
    for (size_t i = 0; duties != NULL && i < duties->count; i++) {
        const struct json *duty = &duties->items[i];
        if (!json_is_null(json_get(duty, "done_by")) || !json_is_null(json_get(duty, "closed_by"))) continue;
        for (size_t k = 0; k < p->duty_count; k++) {
            if (!span_equals(p->duties[k].id, json_get_string(duty, "duty"))) continue;
            bool is_filers = names_have(&p->duties[k].owed_by, SPAN("filer")) && span_equals(json_get_string(duty, "owed_by"), role);
            if (!is_filers && !names_have(&p->duties[k].owed_by, role)) continue;
            if (!span_equals(p->duties[k].document, step->document)) continue;
            int64_t due_ms = json_instant(json_get(duty, "due"), NULL);
            if (due_ms != INSTANT_NONE && (step->due_ms == INSTANT_NONE || due_ms < step->due_ms)) step->due_ms = due_ms;
            step->is_owed = true;
        }
    }
}

static struct err steps_make(const struct law *law, struct span state, struct civil at, const struct procedure *p, const struct facts *with,
                             bool is_new, const struct json *duties, struct span lang, struct arena *arena,
                             const struct procedure_step **ret, size_t *ret_count) {
    struct procedure_step *steps = arena_take_array(arena, p->document_count + 1, sizeof *steps);
    if (steps == NULL) return err_make(ERR_MEMORY);
    struct facts facts = *with;
    facts.settings = clock_profile_of(law, state, at)->settings;
    facts.received_ms = INSTANT_NONE;
    size_t count = 0;
    for (size_t i = 0; i < p->document_count; i++) {
        const struct document *d = &p->documents[i];
        bool fits = is_new ? d->may_open : document_fits_state(d, facts.state);
        if (!fits || !is_valid_at(&d->validity, at) || !names_have(&d->by, facts.role) || !condition_holds(d->when, &facts)) continue;
        char buffer[256];
        struct span key = document_key(buffer, sizeof buffer, p, d);
        struct span word = arena_printf(arena, "%.*s.label", SPAN_FMT(key));
        struct span label = span_is(lang, "en") ? d->label : law_word(law, state, word, lang);
        steps[count] = (struct procedure_step){.document = d->id, .label = label.at != NULL ? label : d->label, .article = d->article, .due_ms = INSTANT_NONE};
        owed_mark(p, duties, facts.role, &steps[count++]);
    }
    qsort(steps, count, sizeof *steps, step_order);
    *ret = steps;
    *ret_count = count;
    return err_none();
}

static struct facts facts_of(const struct json *case_state, const struct json *subject, struct span role) {
    return (struct facts){.subject = subject,
                          .case_facts = json_get(case_state, "facts"),
                          .flags = json_get(case_state, "flags"),
                          .filings = json_get(case_state, "filings"),
                          .duties = json_get(case_state, "duties"),
                          .state = json_get_string(case_state, "state"),
                          .role = role};
}

static struct err procedure_need(const struct law *law, struct span state, struct civil at, struct span id, const struct procedure **ret,
                                 struct why *why) {
    *ret = procedure_get(law, state, at, id);
    if (*ret != NULL) return err_none();
    return why_set(why, ERR_NOT_FOUND, "", "procedure.unknown", "", "There is no such procedure here on this date.");
}

struct err procedure_next(const struct law *law, struct span state, struct civil at, struct span procedure,
                          struct span filer_role, const struct json *subject, const struct json *case_state, struct span lang,
                          struct arena *arena, const struct procedure_step **ret, size_t *ret_count, struct why *why) {
    const struct procedure *p;
    TRY(procedure_need(law, state, at, procedure, &p, why));
    struct facts facts = facts_of(case_state, subject, filer_role);
    return steps_make(law, state, at, p, &facts, json_is_null(case_state), facts.duties, lang, arena, ret, ret_count);
}

struct err procedure_next_of_party(const struct law *law, struct span state, struct civil at, struct span procedure,
                                   const struct json *subject, const struct json *case_state, const struct json *party_state,
                                   struct span joined_by, struct span lang, struct arena *arena, const struct procedure_step **ret,
                                   size_t *ret_count, struct why *why) {
    const struct procedure *p;
    struct json duties;
    TRY(procedure_need(law, state, at, procedure, &p, why));
    TRY(party_duties(case_state, party_state, joined_by, arena, &duties));
    struct facts facts = facts_of(case_state, subject, SPAN("party"));
    facts.party_facts = json_get(party_state, "facts");
    facts.party_state = json_get_string(party_state, "state");
    if (facts.party_state.at == NULL && p->party_state_count > 0) facts.party_state = p->party_states[0].id;
    return steps_make(law, state, at, p, &facts, false, &duties, lang, arena, ret, ret_count);
}
