// SPDX-License-Identifier: EUPL-1.2
/*
 * Runs the rows of test/law/filings/: what each document of each procedure asks, who files it in which states, and what follows. A document of
 * the packs without a row fails, as does a row without a document. doc/filings.md says how a row is read.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "filing_case.h"
#include "filing_ends.h"
#include "law_under_test.h"
#include "os/tree.h"
#include "story_zone.h"

static struct arena program, arena;
static struct law *law;
static struct embedded_file *files;
static struct yaml *roots;
static size_t file_count, wrong_count;
static const struct yaml *used[4096];
static size_t used_count;
static struct ends_seen ends;

static int setup(void **state) {
    (void)state;
    struct why why = {0};
    arena_init(&program, (size_t)192 * 1024 * 1024);
    arena_init(&arena, (size_t)64 * 1024 * 1024);
    struct err e = law_under_test(&program, &law, &why);
    if (!is_err(e)) e = tree_read(&program, "test/law/filings", ".yaml", LIMIT_YAML_BYTES, &files, &file_count, &why);
    roots = arena_take_array(&program, file_count + 1, sizeof *roots);
    for (size_t i = 0; !is_err(e) && i < file_count; i++) e = yaml_load(&program, files[i].path, span_make(files[i].bytes, files[i].size_bytes), &roots[i], &why);
    if (!is_err(e)) return 0;
    print_error("%s\n", why.words);
    return 1;
}
static int teardown(void **state) {
    (void)state;
    arena_fini(&arena);
    arena_fini(&program);
    return 0;
}

// --- what is wrong with a row; all are told before the test fails ---

static void wrong(const struct attempt *a, const char *format, ...) PRINTF_LIKE(2, 3);
static void wrong(const struct attempt *a, const char *format, ...) {
    char words[1024];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(words, sizeof words, format, args);
    va_end(args);
    if (++wrong_count <= 40)
        print_error("%s:%u: %.*s.%.*s, %.*s, in \"%.*s\": %s\n", a->row == NULL ? "" : a->row->file, a->variant != NULL ? a->variant->line : a->row == NULL ? 0 : a->row->line,
                    SPAN_FMT(a->procedure), SPAN_FMT(a->document), SPAN_FMT(a->role), SPAN_FMT(a->state), words);
}

static void wrong_fault(const struct attempt *a, const char *what, const struct procedure_decision *d) {
    const struct fault none = {0}, *f = d->fault_count > 0 ? &d->faults[0] : &none;
    wrong(a, "%s; the first fault is %.*s %.*s \"%.*s\" %.*s", what, SPAN_FMT(f->field), SPAN_FMT(f->rule), SPAN_FMT(f->article), SPAN_FMT(f->words));
}

static bool has_fault(const struct procedure_decision *d, const char *rule, struct span field, struct span article) {
    for (size_t i = 0; i < d->fault_count; i++)
        if (span_is(d->faults[i].rule, rule) && (field.at == NULL || span_equals(d->faults[i].field, field)) && span_equals(d->faults[i].article, article)) return true;
    return false;
}

// --- one filing ---

static void decide(const struct attempt *a, bool is_filled, struct span except, struct procedure_decision *ret, struct span *ret_pointer) {
    struct json fields = json_object();
    *ret_pointer = SPAN("");
    if (is_filled) {
        struct filing_form f;
        form_begin(&f, a, &arena);
        f.except = except;
        fields = form_fill(&f, json_get(a->form, "fields"), SPAN(""), SPAN(""));
        if (except.len == 0 && f.used_count != f.given_count) wrong(a, "%zu of %zu given fields are in the form", f.used_count, f.given_count);
        *ret_pointer = f.missing_pointer;
    }
    struct procedure_input input;
    attempt_input(a, law, &arena, &fields, story_zone(&program, span_is(a->node, "EU") ? SPAN("Europe/Brussels") : SPAN("Europe/Luxembourg")), &input);
    struct why why = {0};
    if (is_err(procedure_decide(&input, &arena, ret, &why))) fail_msg("%.*s.%.*s: %s", SPAN_FMT(a->procedure), SPAN_FMT(a->document), why.words);
}

// --- what follows, as rows of articles and words ---

static void outcome_compare(const struct attempt *a, const char *name, struct outcome *found) {
    struct outcome expected = {0};
    outcome_expect(attempt_get(a, name), &expected);
    if (a->variant != NULL) outcome_expect(yaml_get(yaml_get(a->variant, "and"), name), &expected);
    for (size_t i = 0; i < expected.count; i++) {
        struct span word = expected.items[i].word;
        if (span_ends_with(word, SPAN(":filer?"))) expected.items[i].word = arena_printf(&arena, "%.*s%.*s?", (int)word.len - 6, (const char *)word.at, SPAN_FMT(a->role));
    }
    for (size_t i = 0; i < expected.count; i++)
        if (!outcome_has(found, &expected.items[i])) wrong(a, "%s: no %.*s \"%.*s\"", name, SPAN_FMT(expected.items[i].word), SPAN_FMT(expected.items[i].article));
    for (size_t i = 0; i < found->count; i++)
        if (!outcome_has(&expected, &found->items[i])) wrong(a, "%s: also %.*s \"%.*s\"", name, SPAN_FMT(found->items[i].word), SPAN_FMT(found->items[i].article));
}

static void outcomes_check(const struct attempt *a, const struct procedure_decision *d) {
    static const char *const NAMES[] = {"tells", "proposes", "does", "owes", "flags", "warns"};
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        struct outcome found = {0};
        outcome_find(a, &arena, NAMES[i], d, &found);
        outcome_compare(a, NAMES[i], &found);
    }
}

static void state_after_check(const struct attempt *a, const struct procedure_decision *d, struct span after) {
    const struct json *where = d->party_state != NULL ? d->party_state : d->case_state;
    struct span now = json_get_string(where, "state");
    if (after.len == 0 && d->party_state == NULL) after = a->state;
    if (after.len > 0 && !span_equals(now, after)) wrong(a, "then it is \"%.*s\", not \"%.*s\"", SPAN_FMT(now), SPAN_FMT(after));
}

// --- a row ---

// With what is needed it is accepted; without one of it it is refused, naming the field and its article.
static void needs_check(struct attempt *a) {
    struct procedure_decision d;
    struct span pointer;
    struct outcome needs = {0};
    a->with_parts = a->variant == NULL;
    decide(a, true, SPAN(""), &d, &pointer);
    if (!d.is_accepted) wrong_fault(a, "with what is needed it is refused", &d);
    attempt_needs(a, &needs);
    for (size_t i = 0; d.is_accepted && i < needs.count; i++) {
        struct procedure_decision without;
        decide(a, true, needs.items[i].word, &without, &pointer);
        if (pointer.len == 0) wrong(a, "the form has no field %.*s", SPAN_FMT(needs.items[i].word));
        else if (!has_fault(&without, "field.required", pointer, needs.items[i].article)) wrong_fault(a, (const char *)arena_printf(&arena, "without %.*s it is not refused for that", SPAN_FMT(pointer)).at, &without);
    }
    a->with_parts = false;
}

// What the form asks besides, by article; nothing that it asks goes unnamed.
static void asks_check(const struct attempt *a) {
    struct outcome named = {0}, found = {0};
    static const char *const NAMES[] = {"needs", "parts", "may"};
    const struct yaml *recorded = yaml_get(a->row, "intake") == NULL ? NULL : yaml_get(a->about, "recorded");
    for (size_t i = 0; i < 3; i++) {
        outcome_expect(yaml_get(a->row, NAMES[i]), &named);
        outcome_expect(yaml_get(recorded, NAMES[i]), &named);
    }
    const struct yaml *also = yaml_get(a->row, "also");
    for (size_t i = 0; also != NULL && i < also->count; i++) outcome_expect(yaml_get(&also->items[i], "needs"), &named);
    form_list(&arena, json_get(a->form, "fields"), SPAN(""), &found);
    for (size_t i = 0; i < found.count; i++)
        if (!outcome_has(&named, &found.items[i])) wrong(a, "the form asks %.*s \"%.*s\" too", SPAN_FMT(found.items[i].word), SPAN_FMT(found.items[i].article));
    for (size_t i = 0; i < named.count; i++)
        if (!outcome_has(&found, &named.items[i])) wrong(a, "the form does not ask %.*s \"%.*s\"", SPAN_FMT(named.items[i].word), SPAN_FMT(named.items[i].article));
}

// In each state and by each role: who may file it there, and nobody else or elsewhere.
static void who_check(struct attempt *a) {
    struct span roles[ROLES_MAX];
    size_t role_count = roles_of(a->node, roles);
    const struct yaml *article = yaml_get(a->row, "article");
    struct procedure_decision d;
    struct span pointer;
    for (size_t s = 0; s <= a->state_count; s++) {
        a->state = s == a->state_count ? SPAN("new") : a->states[s];
        struct span after;
        bool is_there = attempt_is_in(a, a->state, &after);
        for (size_t r = 0; r < role_count; r++) {
            a->role = roles[r];
            bool may = attempt_names_role(a, "by", a->role);
            a->variant = attempt_usual_of(a, a->role);
            decide(a, is_there && may, SPAN(""), &d, &pointer);
            if (is_there && may && !d.is_accepted) wrong_fault(a, "it is refused", &d);
            else if (is_there && may) state_after_check(a, &d, after);
            if (!may && !has_fault(&d, "filing.role", SPAN(""), article->text)) wrong_fault(a, "that role is not refused", &d);
            if (!is_there && !has_fault(&d, "filing.state", SPAN(""), article->text)) wrong_fault(a, "that state is not refused", &d);
        }
        arena_reset(&arena);
        attempt_form(a, law, &arena);
    }
    a->variant = NULL;
}

static void traits_check(const struct attempt *a) {
    struct procedure_document d;
    assert_false(is_err(procedure_find(law, a->node, TODAY, a->procedure, a->document, &d, NULL)));
    const struct { const char *name; bool is_so; } TRAITS[] = {
        {"repeatable", d.is_repeatable}, {"head", d.needs_head}, {"no_entity", !d.needs_entity}, {"public", json_get_bool(a->form, "is_public", false)},
        {"of_office", d.is_other_of_office}};
    for (size_t i = 0; i < sizeof TRAITS / sizeof TRAITS[0]; i++)
        if (TRAITS[i].is_so != words_have(yaml_get_text(a->row, "is"), span_of(TRAITS[i].name))) wrong(a, "%s is %s", TRAITS[i].name, TRAITS[i].is_so ? "so" : "not so");
    struct span second = d.other_document;
    for (size_t i = 0; i < d.other_same_count; i++) second = arena_printf(&arena, "%.*s %.*s", SPAN_FMT(second), SPAN_FMT(d.other_same[i]));
    if (!span_equals(second, yaml_get_text(a->row, "second"))) wrong(a, "another person files \"%.*s\" first", SPAN_FMT(second));
    struct span marking = yaml_get_text(a->row, "marking"), expected = marking.at != NULL ? marking : SPAN("TLP:AMBER");
    if (!span_equals(d.marking, expected)) wrong(a, "it is marked %.*s", SPAN_FMT(d.marking));
    roles_compare(a, "seen_by", json_get(a->form, "seen_by"), wrong);
    roles_compare(a, "intake", json_get(a->form, "intake"), wrong);
}

// In the row's first state where a variant names none.
static void variant_run(struct attempt *a) {
    struct procedure_decision d;
    struct span pointer, words = attempt_get_text(a, "in"), after = SPAN("");
    for (size_t at = 0; next_word(words, &at, &a->state);) {
        size_t arrow = span_find(a->state, '>', 0);
        after = span_part(a->state, arrow + 1, a->state.len);
        bool is_said = arrow < a->state.len;
        a->state = span_part(a->state, 0, arrow);
        if (span_is(a->state, "any")) a->state = attempt_usual_state(a);
        if (!is_said) (void)attempt_is_in(a, a->state, &after);
        const struct yaml *refused = a->variant == NULL ? NULL : yaml_get(a->variant, "refused");
        if (refused == NULL) {
            needs_check(a);
            decide(a, true, SPAN(""), &d, &pointer);
            if (!d.is_accepted) break;
            outcomes_check(a, &d);
            state_after_check(a, &d, after);
        } else {
            decide(a, true, SPAN(""), &d, &pointer);
            struct span rule = refused->pairs[0].value.text;
            if (!has_fault(&d, (const char *)arena_copy(&arena, rule).at, span_make(NULL, 0), refused->pairs[0].name)) wrong_fault(a, "it is not refused for that", &d);
        }
        if (a->variant == NULL || yaml_get(a->variant, "in") == NULL) break;
    }
}

// Where an officer may record it for who files it, how it came is asked besides; other offices record nothing.
static void recorded_run(struct attempt *a) {
    struct span roles[ROLES_MAX], pointer;
    struct procedure_decision d;
    size_t count = roles_of(a->node, roles);
    const struct yaml *own = yaml_get(a->row, "recorded");
    a->role = attempt_first_filer(a);
    for (size_t i = 0; i < count; i++) {
        if (!role_is_office(roles[i])) continue;
        a->recorded_by = roles[i];
        a->variant = own != NULL ? own : yaml_get(a->about, "recorded");
        if (attempt_names_role(a, "intake", roles[i])) {
            variant_run(a);
            continue;
        }
        a->variant = NULL;
        a->state = SPAN("new");
        decide(a, true, SPAN(""), &d, &pointer);
        if (!has_fault(&d, "filing.intake", SPAN("/on_behalf"), yaml_get_text(a->row, "article"))) wrong_fault(a, "that office may record it", &d);
    }
    a->recorded_by = SPAN("");
    a->variant = NULL;
}

// --- what ends what is owed ---

static const struct yaml *row_find(struct span home, struct span document);

// Of the procedure itself, or of what the table says that it takes in.
static const struct yaml *duty_find(const struct attempt *a, struct span duty) {
    struct span homes = arena_printf(&arena, "%.*s %.*s", SPAN_FMT(a->procedure), SPAN_FMT(yaml_get_text(a->about, "includes"))), home;
    for (size_t at = 0; next_word(homes, &at, &home);) {
        const struct yaml *duties = row_find(home, SPAN("duties"));
        const struct yaml *row = duties == NULL ? NULL : yaml_get(duties, (const char *)arena_copy(&arena, duty).at);
        if (row != NULL) return row;
    }
    return NULL;
}

// With all open that the procedure can owe, the filing ends what the table says, and nothing else.
static void ends_check(struct attempt *a) {
    static const char *const HOW[] = {"done", "closed"};
    const struct procedure *p = procedure_get(law, a->node, TODAY, a->procedure);
    struct procedure_decision d;
    struct span pointer;
    a->owes_all = true;
    decide(a, true, SPAN(""), &d, &pointer);
    a->owes_all = false;
    struct filing_form f = {.arena = &arena, .tree = {.arena = &arena}, .now_ms = NOW_MS, .own_state = a->node};
    const struct json *before = case_before(a, &f);
    if (!d.is_accepted && a->variant == NULL) wrong_fault(a, "while all is owed it is refused", &d);
    for (size_t i = 0; d.is_accepted && i < p->duty_count; i++) {
        const struct duty_row *duty = &p->duties[i];
        const struct yaml *row = duty_find(a, duty->id);
        for (size_t k = 0; row != NULL && k < 2; k++) {
            bool is_over = duty_is_over(a, duty, before) || words_have(attempt_get_text(a, "settled"), duty->id);
            size_t said = is_over ? 0 : ends_expected(a, yaml_get_text(row, HOW[k]), duty->id);
            size_t found = (size_t)duty_is_ended(&d, duty, HOW[k], form_id(&arena, 'F', 1)) + duty_is_ended(&d, duty, HOW[k], form_id(&arena, 'F', 2));
            if (found > 0) ends_note(&ends, (struct ends_row){row, HOW[k], a->document});
            if (said != found) wrong(a, "of two of %.*s it ends %zu as %s, not %zu", SPAN_FMT(duty->id), found, HOW[k], said);
        }
    }
}

// The table says of each duty what ends it, and each of that was seen.
static void duties_check(struct attempt *a) {
    static const char *const HOW[] = {"done", "closed"};
    const struct procedure *p = procedure_get(law, a->node, TODAY, a->procedure);
    for (size_t i = 0; i < p->duty_count; i++) {
        const struct yaml *row = duty_find(a, p->duties[i].id);
        struct span word;
        if (row == NULL) wrong(a, "nothing is said of what ends %.*s", SPAN_FMT(p->duties[i].id));
        for (size_t k = 0; row != NULL && k < 2; k++)
            for (size_t at = 0; next_word(yaml_get_text(row, HOW[k]), &at, &word);) {
                while (span_ends_with(word, SPAN("?")) || span_ends_with(word, SPAN("="))) word.len--;
                if (!ends_is_seen(&ends, &(struct ends_row){row, HOW[k], word})) wrong(a, "nothing shows that %.*s is %s by %.*s", SPAN_FMT(p->duties[i].id), HOW[k], SPAN_FMT(word));
            }
    }
}

static void row_run(struct attempt *a) {
    assert_true(used_count + 1 < sizeof used / sizeof used[0]);
    used[used_count++] = a->row;
    struct span node = a->node, law_of = yaml_get_text(a->row, "law");
    if (law_of.len > 0) a->node = law_of; // only that state has it
    attempt_form(a, law, &arena);
    traits_check(a);
    asks_check(a);
    const struct yaml *also = yaml_get(a->row, "also");
    for (size_t i = 0; i <= (also == NULL ? 0 : also->count); i++) {
        a->variant = i == 0 ? NULL : &also->items[i - 1];
        a->role = attempt_first_filer(a);
        if (!attempt_has_role(a)) continue; // only offices of the other node file it
        variant_run(a);
        bool is_taken = a->variant == NULL || yaml_get(a->variant, "refused") == NULL;
        if (is_taken && attempt_later_state(a, &a->state)) ends_check(a);
    }
    a->variant = NULL;
    recorded_run(a);
    who_check(a);
    a->node = node;
}

static const struct yaml *row_find(struct span home, struct span document) {
    for (size_t i = 0; i < file_count; i++) {
        const struct yaml *of = yaml_get(&roots[i], (const char *)arena_copy(&arena, home).at);
        const struct yaml *row = of == NULL ? NULL : yaml_get(of, (const char *)arena_copy(&arena, document).at);
        if (row != NULL) return row;
    }
    return NULL;
}

// Of the procedure itself, or of what the table says that it takes in.
static const struct yaml *row_of(struct span procedure, struct span document) {
    const struct yaml *row = row_find(procedure, document), *about = row_find(procedure, SPAN("procedure"));
    struct span home, takes_in = about == NULL ? SPAN("") : yaml_get_text(about, "includes");
    for (size_t at = 0; row == NULL && next_word(takes_in, &at, &home);) row = row_find(home, document);
    return row;
}

// --- who sees the case ---

// WHO: kinds of office of the node, `guest*` for those of them that were admitted, `=csirt` for the office that opened it.
static void sees_check(struct attempt *a, struct span who) {
    struct filing_form f = {.arena = &arena, .tree = {.arena = &arena}, .now_ms = NOW_MS, .own_state = a->node};
    struct procedure_reach reach;
    struct json subject = json_object();
    struct span word;
    if (is_err(procedure_reach(law, a->node, TODAY, a->procedure, &subject, case_before(a, &f), &arena, &reach, NULL))) fail_msg("no reach");
    for (size_t at = 0; next_word(who, &at, &word);)
        if (node_has(a->node, word) && !words_have(reach.offices, word)) wrong(a, "%.*s does not see it", SPAN_FMT(word));
    for (size_t at = 0; next_word(reach.offices, &at, &word);)
        if (node_has(a->node, word) && !words_have(who, word)) wrong(a, "%.*s sees it", SPAN_FMT(word));
    struct span closed = yaml_get_text(a->about, "closed");
    if (reach.is_closed_to_entity != (words_have(closed, a->state) || span_is(closed, "any"))) wrong(a, "its entity sees it, or not");
}

static void reach_check(struct attempt *a) {
    const struct yaml *also = yaml_get(a->about, "sees_also");
    size_t also_count = also == NULL ? 0 : also->count;
    a->row = a->about;
    for (size_t i = 0; i < a->state_count; i++) {
        a->state = a->states[i];
        const struct yaml *own = NULL;
        for (size_t k = 0; k < also_count; k++)
            if (is_only_state(&also->items[k], a->state)) own = &also->items[k];
        sees_check(a, own != NULL ? yaml_get_text(own, "who") : yaml_get_text(a->about, "sees"));
    }
    for (size_t k = 0; k < also_count; k++) {
        struct span in = yaml_get_text(&also->items[k], "in");
        a->variant = &also->items[k];
        a->state = in.len > 0 ? in : attempt_usual_state(a);
        sees_check(a, yaml_get_text(a->variant, "who"));
    }
    a->variant = a->row = NULL;
}

static void procedure_run(struct span node, const struct json *procedure) {
    const struct json *states = json_get(procedure, "states"), *documents = json_get(procedure, "documents");
    struct attempt a = {.node = node, .procedure = json_get_string(procedure, "procedure"), .law = law};
    a.about = row_find(a.procedure, SPAN("procedure"));
    if (a.about == NULL) {
        wrong(&a, "the procedure has no row");
        return;
    }
    used[used_count++] = a.about;
    if (!span_equals(json_get_string(procedure, "article"), yaml_get_text(a.about, "article"))) wrong(&a, "the procedure is of \"%.*s\"", SPAN_FMT(json_get_string(procedure, "article")));
    for (size_t i = 0; i < states->count && i < STATES_MAX; i++) {
        a.states[a.state_count++] = json_get_string(&states->items[i], "state");
        if (json_get_bool(&states->items[i], "is_final", false) != words_have(yaml_get_text(a.about, "final"), a.states[i])) wrong(&a, "\"%.*s\" is final, or not", SPAN_FMT(a.states[i]));
    }
    reach_check(&a);
    for (size_t i = 0; i < documents->count; i++) {
        a.document = json_get_string(&documents->items[i], "document");
        a.role = a.state = SPAN("");
        a.variant = NULL;
        a.row = row_of(a.procedure, a.document);
        if (a.row == NULL) wrong(&a, "the document has no row");
        else row_run(&a);
        arena_reset(&arena);
    }
    a.document = a.role = a.state = SPAN("");
    a.row = a.variant = NULL;
    duties_check(&a);
}

static void every_document_of_every_procedure(void **state) {
    (void)state;
    static const char *const NODES[] = {"LU", "EU"};
    for (size_t n = 0; n < 2; n++) {
        struct buf text;
        struct json_out out;
        struct json list;
        buf_init(&text, &program, (size_t)8 * 1024 * 1024);
        json_out_init(&out, &text);
        procedure_write_list(&out, law, span_of(NODES[n]), TODAY, SPAN("en"));
        assert_false(is_err(json_parse_within(&program, buf_span(&text), (size_t)8 * 1024 * 1024, &list, NULL)));
        for (size_t i = 0; i < list.count; i++) procedure_run(span_of(NODES[n]), &list.items[i]);
    }
    for (size_t i = 0; i < file_count; i++)
        for (size_t k = 0; k < roots[i].count; k++) {
            const struct yaml *duties = yaml_get(&roots[i].pairs[k].value, "duties");
            if (duties != NULL) used[used_count++] = duties;
            for (size_t m = 0; m < roots[i].pairs[k].value.count; m++) {
                const struct yaml *row = &roots[i].pairs[k].value.pairs[m].value;
                bool is_used = false;
                for (size_t u = 0; u < used_count; u++) is_used = is_used || used[u] == row;
                struct attempt a = {.row = row, .procedure = roots[i].pairs[k].name, .document = roots[i].pairs[k].value.pairs[m].name};
                if (!is_used) wrong(&a, "the packs have no such document");
            }
        }
    if (wrong_count > 0) fail_msg("%zu wrong", wrong_count);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_document_of_every_procedure)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
