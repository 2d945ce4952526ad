// SPDX-License-Identifier: EUPL-1.2
/* Filings without account and filings recorded for another: what the packs say of them. */
#include "law/law_private.h"
#include "law/office.h"
#include "law/pack.h"
#include "law/procedure_private.h"

struct span state_held(const struct procedure *procedure, struct span state) {
    for (size_t i = 0; i < procedure->state_count; i++)
        if (span_equals(procedure->states[i].id, state)) return procedure->states[i].held;
    return span_make(NULL, 0);
}

struct span procedure_case_workspace(const struct law *law, struct span state, struct civil at, struct span procedure, struct span case_state) {
    const struct procedure *all;
    size_t count = procedures_of(law, state, at, &all);
    for (size_t i = 0; i < count; i++) {
        if (!span_equals(all[i].id, procedure)) continue;
        struct span held = state_held(&all[i], case_state);
        const struct workspace *own = workspace_held(law, held);
        if (own != NULL) return own->id;
    }
    return procedure_workspace(law, state, procedure);
}

size_t procedure_reports(const struct law *law, struct span state, struct civil at, struct procedure_report *ret, size_t max) {
    const struct procedure *all;
    size_t count = procedures_of(law, state, at, &all), found = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < all[i].document_count && procedure_get(law, state, at, all[i].id) == &all[i]; k++) {
            const struct document *d = &all[i].documents[k];
            bool is_one = d->claim == CLAIM_OPENS && !d->is_emergency && is_valid_at(&d->validity, at);
            if (is_one && found < max) ret[found++] = (struct procedure_report){.procedure = all[i].id, .label = d->label};
        }
    return found;
}

struct err procedure_claim_document(const struct law *law, struct span state, struct civil at, struct span procedure,
                                    enum claim_use use, struct procedure_document *ret, struct why *why) {
    const struct procedure *all;
    size_t count = procedures_of(law, state, at, &all);
    for (size_t i = 0; i < count; i++) {
        if ((procedure.len > 0 && !span_equals(all[i].id, procedure)) || procedure_get(law, state, at, all[i].id) != &all[i]) continue;
        for (size_t k = 0; k < all[i].document_count; k++)
            if (all[i].documents[k].claim == use && (procedure.len > 0 || use != CLAIM_OPENS || all[i].documents[k].is_emergency) && is_valid_at(&all[i].documents[k].validity, at))
                return procedure_find(law, state, at, all[i].id, all[i].documents[k].id, ret, why);
    }
    return why_set(why, ERR_NOT_FOUND, "", "document.claim", "", "The law of this state has no such document today.");
}

// Which report without account is meant where none is named must not hang on the order of files.
static bool emergency_count(const struct law *law, struct span state, struct buf *report) {
    const struct procedure *all;
    const struct yaml *first = NULL, *second = NULL;
    size_t count = procedures_of(law, state, latest_day(), &all), marked = 0;
    for (size_t i = 0; i < count; i++) {
        if (procedure_get(law, state, latest_day(), all[i].id) != &all[i]) continue;
        for (size_t k = 0; k < all[i].document_count; k++) {
            const struct document *d = &all[i].documents[k];
            if (d->claim != CLAIM_OPENS || !is_valid_at(&d->validity, latest_day())) continue;
            if (first == NULL) first = d->node;
            marked += d->is_emergency;
            if (d->is_emergency && marked == 2) second = d->node;
        }
    }
    if (first != NULL && marked == 0) buf_printf(report, "%s:%u: cases may be opened without account, but none of them says emergency: yes\n", first->file, first->line);
    if (second != NULL) buf_printf(report, "%s:%u: one emergency report is enough: another document says emergency: yes too\n", second->file, second->line);
    return first != NULL && marked != 1;
}

void emergency_check(const struct law *law, struct buf *report, size_t *findings) {
    bool is_wrong = emergency_count(law, SPAN(""), report) || emergency_count(law, SPAN("EU"), report);
    for (size_t i = 0; i < law_pack_count(law) && !is_wrong; i++) { // what is wrong for all is said once
        struct span id = law_pack_at(law, i)->id;
        if (span_starts_with(id, SPAN("national/"))) is_wrong = emergency_count(law, span_part(id, 9, id.len), report);
    }
    *findings += is_wrong;
}

static const struct document *document_at(const struct law *law, struct span state, struct civil at, struct span procedure, struct span document) {
    return document_get(procedure_get(law, state, at, procedure), at, document);
}

struct span procedure_compared(const struct law *law, struct span state, struct civil at, struct span procedure, struct span document,
                               const char *attribute) {
    const struct document *d = document_at(law, state, at, procedure, document);
    for (size_t i = 0; d != NULL && i < d->compare_count; i++)
        if (span_is(d->compare[i].attribute, attribute)) return d->compare[i].field;
    return span_make(NULL, 0);
}

struct span procedure_entity_field(const struct law *law, struct span state, struct civil at, struct span procedure, struct span document) {
    const struct document *d = document_at(law, state, at, procedure, document);
    for (size_t i = 0; d != NULL && i < d->effect_count; i++)
        if (d->effects[i].kind == EFFECT_CASE_ENTITY && d->effects[i].field.len > 0) return d->effects[i].field;
    return span_make(NULL, 0);
}

// What came by phone or on paper may wait before it is recorded, but not for ever.
void intake_check(const struct decision *d, struct fault_list *faults) {
    const struct procedure_input *input = d->input;
    const struct document *document = d->document;
    int64_t days = 0;
    if (!names_have(&document->intake, input->intake_kind))
        fault_add(faults, SPAN("/" FIELD_ON_BEHALF), "filing.intake", document->article, "\"%.*s\" is not recorded for another by an office of this kind.",
                  SPAN_FMT(document->label));
    if (!span_to_int(json_get_string(d->profile->settings, "intake_days"), &days)) days = 366;
    if (input->received_at.ms < input->recorded_ms - days * MS_PER_DAY)
        fault_add(faults, SPAN("/" FIELD_ON_BEHALF "/received_at"), "filing.intake_age", document->article,
                  "It would have come more than %lld days ago; please look at the date again.", (long long)days);
}

static struct span word_or(const struct law *law, struct span state, struct span key, struct span lang, struct span english) {
    struct span found = key.at != NULL && !span_is(lang, "en") ? law_word(law, state, key, lang) : span_make(NULL, 0);
    return found.at != NULL ? found : english;
}

struct span procedure_label(const struct law *law, struct span state, struct civil at, struct span procedure, struct span document,
                            struct span lang, struct arena *arena) {
    const struct document *d = document_at(law, state, at, procedure, document);
    if (d == NULL) return document;
    return word_or(law, state, arena_printf(arena, "%.*s.%.*s.label", SPAN_FMT(d->home), SPAN_FMT(d->id)), lang, d->label);
}

struct span procedure_state_label(const struct law *law, struct span state, struct civil at, struct span procedure, struct span case_state,
                                  struct span lang, struct arena *arena) {
    const struct procedure *p = procedure_get(law, state, at, procedure);
    for (size_t i = 0; p != NULL && i < p->state_count; i++)
        if (span_equals(p->states[i].id, case_state))
            return word_or(law, state, arena_printf(arena, "%.*s.state.%.*s.label", SPAN_FMT(procedure), SPAN_FMT(case_state)), lang, p->states[i].label);
    return case_state;
}
