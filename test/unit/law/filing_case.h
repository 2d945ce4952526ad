// SPDX-License-Identifier: EUPL-1.2
/* One filing that test/unit/law/filings.c tries: who files what in which case, as a row of test/law/filings/ says, and what came of it. */
#ifndef TEST_FILING_CASE_H
#define TEST_FILING_CASE_H

#include <stdlib.h>

#include "filing_form.h"
#include "law/procedure.h"

enum { STATES_MAX = 16, ROLES_MAX = 16, OUTCOME_MAX = 160 };
#define TODAY ((struct civil){.year = 2026, .month = 11, .day = 21})
#define NOW_MS 1780315200000 // 2026-06-01T12:00:00Z

struct attempt {
    const struct law *law;
    struct span node, procedure, document, role, state; // node: LU or EU
    struct span recorded_by; // the office that records it for who files; empty: none
    const struct yaml *about, *row, *variant; // of the procedure, of the document; NULL: no variant
    const struct json *form;
    bool owes_all;   // all that the procedure can owe is open before
    bool with_parts; // also what is needed only within what need not be given
    size_t state_count;
    struct span states[STATES_MAX];
};

// --- words between blanks ---

static inline bool next_word(struct span words, size_t *at, struct span *ret) {
    while (*at < words.len && (words.at[*at] == ' ' || words.at[*at] == '\n')) ++*at;
    size_t from = *at;
    while (*at < words.len && words.at[*at] != ' ' && words.at[*at] != '\n') ++*at;
    *ret = span_part(words, from, *at);
    return ret->len > 0;
}

static inline bool words_have(struct span words, struct span word) {
    struct span one;
    for (size_t at = 0; next_word(words, &at, &one);)
        if (span_equals(one, word)) return true;
    return false;
}

struct outcome {
    size_t count;
    struct outcome_row { struct span article, word; } items[OUTCOME_MAX];
};

static inline void outcome_add(struct outcome *o, struct span article, struct span word) {
    if (o->count == OUTCOME_MAX) abort();
    o->items[o->count++] = (struct outcome_row){article, word};
}
static inline bool outcome_has(const struct outcome *o, const struct outcome_row *row) {
    for (size_t i = 0; i < o->count; i++)
        if (span_equals(o->items[i].article, row->article) && span_equals(o->items[i].word, row->word)) return true;
    return false;
}
// {"NIS2 23(4)(a)": "aware_at summary"}
static inline void outcome_expect(const struct yaml *rows, struct outcome *ret) {
    struct span word;
    for (size_t i = 0; rows != NULL && i < rows->count; i++)
        for (size_t at = 0; next_word(rows->pairs[i].value.text, &at, &word);) outcome_add(ret, rows->pairs[i].name, word);
}

// --- what the row says ---

static inline const struct yaml *attempt_get(const struct attempt *a, const char *name) {
    const struct yaml *own = a->variant == NULL ? NULL : yaml_get(a->variant, name);
    return own != NULL ? own : yaml_get(a->row, name);
}
static inline struct span attempt_get_text(const struct attempt *a, const char *name) {
    const struct yaml *node = attempt_get(a, name);
    return node == NULL ? SPAN("") : node->text;
}

static inline size_t roles_of(struct span node, struct span roles[ROLES_MAX]) {
    struct span all = span_is(node, "EU") ? SPAN("enisa commission cert_eu eeas chair group_member csirt_member cyclone_member spoc_member authority_member guest expert party anyone node")
                                          : SPAN("csirt ca spoc ccma entity party anyone node");
    size_t count = 0;
    for (size_t at = 0; count < ROLES_MAX && next_word(all, &at, &roles[count]);) count++;
    return count;
}
static inline bool role_is_office(struct span role) {
    return !span_is(role, "entity") && !span_is(role, "party") && !span_is(role, "anyone") && !span_is(role, "node");
}
// `union` stands for all offices of the Union's node, `offices` for all of the node.
static inline bool attempt_names_role(const struct attempt *a, const char *name, struct span role) {
    struct span words = yaml_get_text(a->row, name);
    if (words_have(words, role)) return true;
    return role_is_office(role) && (words_have(words, SPAN("offices")) || (words_have(words, SPAN("union")) && span_is(a->node, "EU")));
}
static inline struct span attempt_first_filer(const struct attempt *a) {
    struct span roles[ROLES_MAX], named = a->variant == NULL ? SPAN("") : yaml_get_text(a->variant, "as");
    size_t count = roles_of(a->node, roles);
    for (size_t i = 0; named.len == 0 && i < count; i++)
        if (attempt_names_role(a, "by", roles[i])) return roles[i];
    return named;
}
// Whether a word of who sees a case is said of the node: offices of the other one are not.
static inline bool node_has(struct span node, struct span word) {
    struct span roles[ROLES_MAX], kind = span_ends_with(word, SPAN("*")) ? span_part(word, 0, word.len - 1) : word;
    size_t count = roles_of(node, roles);
    for (size_t i = 0; i < count; i++)
        if (span_equals(roles[i], kind)) return true;
    return word.at[0] == '=';
}
// {in: local, who: ..}: a state alone, whatever else the case holds.
static inline bool is_only_state(const struct yaml *row, struct span state) { return row->count == 2 && span_equals(yaml_get_text(row, "in"), state); }

// Whether the node has the role that files.
static inline bool attempt_has_role(const struct attempt *a) {
    struct span roles[ROLES_MAX];
    size_t count = roles_of(a->node, roles);
    for (size_t i = 0; i < count; i++)
        if (span_equals(roles[i], a->role)) return true;
    return false;
}
// in: "new>reported reported": *RET_AFTER is the state that follows, empty where it stays.
static inline bool attempt_is_in(const struct attempt *a, struct span state, struct span *ret_after) {
    struct span word;
    *ret_after = SPAN("");
    for (size_t at = 0; next_word(yaml_get_text(a->row, "in"), &at, &word);) {
        size_t arrow = span_find(word, '>', 0);
        struct span from = span_part(word, 0, arrow);
        if (!span_equals(from, state) && (!span_is(from, "any") || span_is(state, "new"))) continue;
        *ret_after = span_part(word, arrow + 1, word.len);
        return true;
    }
    return false;
}

// The state in which what is filed in any state is tried.
static inline struct span attempt_usual_state(const struct attempt *a) {
    struct span usual = yaml_get_text(a->about, "usual");
    return usual.len > 0 ? usual : a->states[0];
}
// What ROLE always files otherwise than the row says: {as: node, always: yes, ..}. NULL: nothing.
static inline const struct yaml *attempt_usual_of(const struct attempt *a, struct span role) {
    const struct yaml *also = yaml_get(a->row, "also");
    for (size_t i = 0; also != NULL && i < also->count; i++)
        if (yaml_get(&also->items[i], "always") != NULL && span_equals(yaml_get_text(&also->items[i], "as"), role)) return &also->items[i];
    return NULL;
}

// What is needed in this attempt: the row's, and the variant's own; with parts also what lists that need not be given ask.
static inline void attempt_needs(const struct attempt *a, struct outcome *ret) {
    struct outcome all = {0};
    outcome_expect(yaml_get(a->row, "needs"), &all);
    if (a->variant != NULL) outcome_expect(yaml_get(a->variant, "needs"), &all);
    if (a->with_parts) outcome_expect(yaml_get(a->row, "parts"), &all);
    struct span without = a->variant == NULL ? SPAN("") : yaml_get_text(a->variant, "without");
    for (size_t i = 0; i < all.count; i++)
        if (!words_have(without, all.items[i].word)) outcome_add(ret, all.items[i].article, all.items[i].word);
}

static inline void form_begin(struct filing_form *f, const struct attempt *a, struct arena *arena) {
    struct outcome needs = {0};
    *f = (struct filing_form){.arena = arena, .tree = {.arena = arena}, .now_ms = NOW_MS, .own_state = a->node};
    attempt_needs(a, &needs);
    for (size_t i = 0; i < needs.count && f->name_count < FORM_NAMES_MAX; i++) f->names[f->name_count++] = needs.items[i].word;
    struct span without = a->variant == NULL ? SPAN("") : yaml_get_text(a->variant, "without");
    const struct yaml *of_procedure = yaml_get(yaml_get(a->about, "gives"), (const char *)arena_copy(arena, a->document).at);
    const struct yaml *known, *sources[] = {a->variant == NULL ? NULL : yaml_get(a->variant, "given"), yaml_get(a->row, "given"), of_procedure};
    for (size_t k = 0; k < 3; k++)
        for (size_t i = 0; sources[k] != NULL && i < sources[k]->count; i++)
            if (!form_is_given(f, sources[k]->pairs[i].name, &known) && !words_have(without, sources[k]->pairs[i].name) && f->given_count < FORM_NAMES_MAX)
                f->given[f->given_count++] = (struct given){sources[k]->pairs[i].name, &sources[k]->pairs[i].value};
}

// All fields that FIELDS ask, with their articles.
static inline void form_list(struct arena *arena, const struct json *fields, struct span path, struct outcome *ret) {
    for (size_t i = 0; i < fields->count; i++) {
        const struct json *field = &fields->items[i], *nested = json_get(field, "fields");
        struct span name = json_get_string(field, "name"), article = json_get_string(field, "article");
        struct span whole = path.len == 0 ? name : arena_printf(arena, "%.*s.%.*s", SPAN_FMT(path), SPAN_FMT(name));
        outcome_add(ret, article.at == NULL ? SPAN("") : article, whole);
        if (nested != NULL) form_list(arena, nested, whole, ret);
    }
}

static inline void attempt_form(struct attempt *a, const struct law *law, struct arena *arena) {
    struct buf text;
    struct json_out out;
    struct json *form = ARENA_NEW(arena, struct json);
    buf_init(&text, arena, (size_t)1024 * 1024);
    json_out_init(&out, &text);
    bool is_good = !is_err(procedure_write_form(&out, law, a->node, TODAY, a->procedure, a->document, SPAN("en"), NULL)) &&
                   !is_err(json_parse_within(arena, buf_span(&text), (size_t)1024 * 1024, form, NULL));
    if (!is_good) abort();
    a->form = form;
}

// --- the case before ---

static inline struct json case_filings(const struct attempt *a, struct filing_form *f) {
    struct json out = json_array();
    struct span words = attempt_get_text(a, "filed"), word;
    int64_t number = 0;
    for (size_t at = 0; next_word(words.len == 0 ? SPAN("earlier") : words, &at, &word);) {
        struct json row = json_object();
        (void)json_tree_add(&f->tree, &row, SPAN("id"), json_from_string(form_id(f->arena, 'F', ++number)));
        (void)json_tree_add(&f->tree, &row, SPAN("document"), json_from_string(word));
        (void)json_tree_add(&f->tree, &row, SPAN("version"), json_from_int(1));
        (void)json_tree_add(&f->tree, &row, SPAN("received_at"), json_tree_instant(&f->tree, NOW_MS - MS_PER_DAY));
        (void)json_tree_add(&f->tree, &row, SPAN("status"), json_from_string(SPAN("filed")));
        (void)json_tree_push(&f->tree, &out, row);
    }
    return out;
}
// owed: "task:csirt": a duty that is open, opened by the first filing.
static inline struct json case_duties(const struct attempt *a, struct filing_form *f) {
    struct json out = json_array();
    struct span word;
    struct span owed = arena_printf(f->arena, "%.*s %.*s", SPAN_FMT(attempt_get_text(a, "owed")), SPAN_FMT(yaml_get_text(a->about, "owed")));
    for (size_t at = 0; next_word(owed, &at, &word);) {
        struct json row = json_object();
        size_t colon = span_find(word, ':', 0);
        (void)json_tree_add(&f->tree, &row, SPAN("duty"), json_from_string(span_part(word, 0, colon)));
        (void)json_tree_add(&f->tree, &row, SPAN("owed_by"), json_from_string(span_part(word, colon + 1, word.len)));
        (void)json_tree_add(&f->tree, &row, SPAN("opened_by"), json_from_string(form_id(f->arena, 'F', 1)));
        static const char *const NULLS[] = {"due", "due_latest", "done_by", "done_at", "closed_by"};
        for (size_t i = 0; i < 5; i++) (void)json_tree_add(&f->tree, &row, span_of(NULLS[i]), json_null());
        (void)json_tree_push(&f->tree, &out, row);
    }
    return out;
}
// asked: "public_information": a request of the filer's office to file that against a rule.
static inline struct json case_overrides(const struct attempt *a, struct filing_form *f) {
    struct json out = json_array(), row = json_object();
    struct span document = attempt_get_text(a, "asked");
    if (document.len == 0) return out;
    (void)json_tree_add(&f->tree, &row, SPAN("id"), json_from_string(form_id(f->arena, 'F', 1)));
    (void)json_tree_add(&f->tree, &row, SPAN("document"), json_from_string(document));
    (void)json_tree_add(&f->tree, &row, SPAN("office"), json_from_string(a->role));
    (void)json_tree_add(&f->tree, &row, SPAN("rules"), json_array());
    (void)json_tree_push(&f->tree, &out, row);
    return out;
}
static inline struct json case_values(const struct attempt *a, struct filing_form *f, const char *name) {
    const struct yaml *node = attempt_get(a, name);
    struct json out = json_object();
    if (node == NULL) node = yaml_get(a->about, name); // the entity or case that the procedure usually has
    for (size_t i = 0; node != NULL && i < node->count; i++) (void)json_tree_add(&f->tree, &out, node->pairs[i].name, form_given(f, &node->pairs[i].value, SPAN("instant")));
    return out;
}
static inline struct json all_owed(const struct attempt *a, struct json_tree *tree, bool is_of_parties, const struct json *before); // filing_ends.h

static inline struct json *case_before(const struct attempt *a, struct filing_form *f) {
    struct json *out = ARENA_NEW(f->arena, struct json), flags = json_object();
    struct span word;
    *out = json_object();
    for (size_t at = 0; next_word(attempt_get_text(a, "flagged"), &at, &word);) (void)json_tree_add(&f->tree, &flags, word, json_from_bool(true));
    (void)json_tree_add(&f->tree, out, SPAN("procedure"), json_from_string(a->procedure));
    (void)json_tree_add(&f->tree, out, SPAN("state"), json_from_string(a->state));
    (void)json_tree_add(&f->tree, out, SPAN("facts"), case_values(a, f, "facts"));
    (void)json_tree_add(&f->tree, out, SPAN("filings"), case_filings(a, f));
    (void)json_tree_add(&f->tree, out, SPAN("flags"), flags);
    (void)json_tree_add(&f->tree, out, SPAN("duties"), a->owes_all ? all_owed(a, &f->tree, false, out) : case_duties(a, f));
    if (procedure_parties(a->law, a->node, a->procedure, NULL).len > 0) (void)json_tree_add(&f->tree, out, SPAN("party_duties"), a->owes_all ? all_owed(a, &f->tree, true, out) : json_array());
    (void)json_tree_add(&f->tree, out, SPAN("overrides"), case_overrides(a, f));
    (void)json_tree_add(&f->tree, out, SPAN("opener"), json_from_string(SPAN("csirt")));
    return out;
}

// noted: "dpa_fined:a": a note that stands at a point, here or in a case joined with it.
static inline struct json *case_noted(const struct attempt *a, struct arena *arena) {
    struct json_tree tree = {.arena = arena};
    struct json *out = ARENA_NEW(arena, struct json);
    struct span word;
    *out = json_object();
    for (size_t at = 0; next_word(attempt_get_text(a, "noted"), &at, &word);) {
        size_t colon = span_find(word, ':', 0);
        struct json points = json_array();
        (void)json_tree_push(&tree, &points, json_from_string(span_part(word, colon + 1, word.len)));
        (void)json_tree_set(&tree, out, span_part(word, 0, colon), points);
    }
    return out;
}

static inline void attempt_input(const struct attempt *a, const struct law *law, struct arena *arena, const struct json *fields, const struct zone *zone, struct procedure_input *ret) {
    struct filing_form f = {.arena = arena, .tree = {.arena = arena}, .now_ms = NOW_MS, .own_state = a->node};
    struct json *subject = ARENA_NEW(arena, struct json);
    bool is_party = span_is(a->role, "party");
    struct span parties = procedure_parties(law, a->node, a->procedure, NULL);
    *subject = case_values(a, &f, "subject");
    *ret = (struct procedure_input){.law = law, .state = a->node, .at = TODAY, .zone = zone, .procedure = a->procedure, .document = a->document, .filer_role = a->role,
                                    .filer_office = role_is_office(a->role) ? a->role : SPAN(""), .fields = fields, .subject = subject,
                                    .case_state = span_is(a->state, "new") ? NULL : case_before(a, &f), .received_at = {.ms = NOW_MS}, .recorded_ms = NOW_MS,
                                    .filing_id = form_id(arena, 'F', 99), .case_id = form_id(arena, 'C', 1),
                                    .entity_id = span_is(a->node, "EU") ? SPAN("") : form_id(arena, 'E', 1)};
    ret->intake_kind = a->recorded_by;
    ret->noted = case_noted(a, arena);
    if (!is_party) return;
    ret->party_id = span_is(parties, "offices") ? SPAN("group-member-lu") : form_id(arena, span_is(parties, "cases") ? 'C' : 'E', 1);
    ret->party_joined_by = form_id(arena, 'F', 1);
}

// --- what came of it ---

static inline struct span effect_target(struct arena *arena, const struct json *to) {
    struct span entity = json_get_string(to, "entity"), office = json_get_string(to, "office_kind"), body = json_get_string(to, "body");
    if (json_get(to, "states") != NULL && json_get(to, "parties") == NULL) return SPAN("states");
    if (json_get_string(to, "office").len > 0) return SPAN("opener");
    if (json_get_string(to, "parties").len == 0) return entity.len > 0 ? SPAN("entity") : office.len > 0 ? office : body;
    const struct json *states = json_get(to, "states");
    struct span out = json_get_bool(to, "joined", false) ? SPAN("parties+joined") : SPAN("parties");
    for (size_t i = 0; states != NULL && i < states->count; i++) out = arena_printf(arena, "%.*s+%.*s", SPAN_FMT(out), SPAN_FMT(states->items[i].string));
    return out;
}

static inline void effects_find(struct arena *arena, const char *name, const struct json *effects, struct outcome *ret) {
    for (size_t i = 0; i < effects->count; i++) {
        const struct json *e = &effects->items[i];
        struct span op = json_get_string(e, "op"), article = json_get_string(e, "article"), target = effect_target(arena, json_get(e, "to"));
        bool is_message = span_is(op, "message"), is_proposal = span_is(op, "proposal");
        if (span_is(op, "search") || span_is(op, "person") || span_is(op, "speaks_for") || span_is(op, "intake")) continue;
        if (article.at == NULL) article = SPAN("");
        if (is_message && strcmp(name, "tells") == 0)
            outcome_add(ret, article, arena_printf(arena, "%.*s>%.*s%s", SPAN_FMT(json_get_string(e, "kind")), SPAN_FMT(target), json_get_bool(e, "page", false) ? "!" : ""));
        if (is_proposal && strcmp(name, "proposes") == 0)
            outcome_add(ret, article, arena_printf(arena, "%.*s>%.*s", SPAN_FMT(json_get_string(e, "rule")), SPAN_FMT(target)));
        if (is_message || is_proposal || strcmp(name, "does") != 0) continue;
        static const char *const DETAILS[] = {"as", "kind", "status", "class", "lock", "note"};
        struct span detail = SPAN("");
        for (size_t k = 0; k < 6; k++)
            if (json_get_string(e, DETAILS[k]).len > 0) detail = json_get_string(e, DETAILS[k]);
        outcome_add(ret, article, detail.len == 0 ? op : arena_printf(arena, "%.*s:%.*s", SPAN_FMT(op), SPAN_FMT(detail)));
    }
}

// Duties that this filing opened and that are still open.
static inline void duties_find(struct arena *arena, const struct json *duties, const char *whose, struct outcome *ret) {
    for (size_t i = 0; duties != NULL && i < duties->count; i++) {
        const struct json *duty = &duties->items[i];
        bool is_open = json_is_null(json_get(duty, "done_by")) && json_is_null(json_get(duty, "closed_by"));
        struct span owed_by = whose != NULL ? span_of(whose) : json_get_string(duty, "owed_by");
        bool is_soft = !json_get_bool(duty, "is_firm", true);
        if (is_open && span_equals(json_get_string(duty, "opened_by"), form_id(arena, 'F', 99)))
            outcome_add(ret, json_get_string(duty, "article"), arena_printf(arena, "%.*s:%.*s%s", SPAN_FMT(json_get_string(duty, "duty")), SPAN_FMT(owed_by), is_soft ? "?" : ""));
    }
}

static inline void flags_find(const struct attempt *a, const struct json *flags, struct outcome *ret) {
    struct span before = attempt_get_text(a, "flagged"), word;
    for (size_t i = 0; flags != NULL && i < flags->count; i++)
        if (flags->members[i].value.boolean && !words_have(before, flags->members[i].name)) outcome_add(ret, SPAN("set"), flags->members[i].name);
    for (size_t at = 0; next_word(before, &at, &word);) {
        const struct json *now = json_find(flags, word);
        if (now == NULL || !now->boolean) outcome_add(ret, SPAN("clear"), word);
    }
}

static inline void warnings_find(const struct json *filings, struct outcome *ret) {
    const struct json *warnings = filings == NULL || filings->count == 0 ? NULL : json_get(&filings->items[filings->count - 1], "warnings");
    for (size_t i = 0; warnings != NULL && i < warnings->count; i++)
        outcome_add(ret, json_get_string(&warnings->items[i], "article"), json_get_string(&warnings->items[i], "rule"));
}

// NAME: tells, proposes, does, owes, flags, warns.
static inline void outcome_find(const struct attempt *a, struct arena *arena, const char *name, const struct procedure_decision *d, struct outcome *ret) {
    const struct json *where = d->party_state != NULL ? d->party_state : d->case_state;
    effects_find(arena, name, d->effects, ret);
    if (strcmp(name, "owes") == 0) {
        duties_find(arena, json_get(d->case_state, "duties"), NULL, ret);
        duties_find(arena, json_get(d->case_state, "party_duties"), "party", ret);
    }
    if (strcmp(name, "warns") == 0) warnings_find(json_get(where, "filings"), ret);
    if (strcmp(name, "flags") == 0) flags_find(a, json_get(where, "flags"), ret);
}

// The roles that the row's member NAME names are those FOUND.
typedef void attempt_teller(const struct attempt *, const char *, ...);
static inline void roles_compare(const struct attempt *a, const char *name, const struct json *found, attempt_teller *wrong) {
    struct span roles[ROLES_MAX];
    size_t count = roles_of(a->node, roles);
    for (size_t i = 0; i < count; i++) {
        bool is_found = found != NULL && json_has_string(found, roles[i]);
        if (is_found != attempt_names_role(a, name, roles[i])) wrong(a, "%s: %.*s is %s", name, SPAN_FMT(roles[i]), is_found ? "among them" : "not among them");
    }
}

#endif
