// SPDX-License-Identifier: EUPL-1.2
#include "law/obligation.h"

#include "law/law_private.h"
#include "law/procedure_private.h"

struct obligation_list {
    struct span state; // "be"; empty for the Union's
    size_t count;
    struct obligation rows[OBLIGATIONS_MAX];
};
struct obligation_book {
    size_t count;
    struct obligation_list *lists; // the first is the Union's
};

// --- loading ---

static struct json json_of(struct json_tree *tree, const struct yaml *node) {
    struct json out = node->type == YAML_MAPPING ? json_object() : node->type == YAML_SEQUENCE ? json_array() : json_from_string(node->text);
    for (size_t i = 0; node->type != YAML_SCALAR && i < node->count; i++) {
        if (node->type == YAML_MAPPING) (void)json_tree_add(tree, &out, node->pairs[i].name, json_of(tree, &node->pairs[i].value));
        else (void)json_tree_push(tree, &out, json_of(tree, &node->items[i]));
    }
    return out;
}

static struct err days_load(const struct yaml *row, struct obligation *ret, struct why *why) {
    struct span first = yaml_get_text(row, "first"), counts = yaml_get_text(row, "counts"), missed = yaml_get_text(row, "missed");
    ret->has_first = first.len > 0;
    if (ret->has_first && !civil_parse(first, &ret->first)) return yaml_refuse(row, why, "obligation.first", "first: a day like 2025-04-17 is expected");
    TRY(yaml_number(row, "every_months", 0, &ret->months, why));
    TRY(yaml_number(row, "opens_months_before", 0, &ret->lead_months, why));
    if (ret->months < 0 || ret->months > 1200 || ret->lead_months < 0 || ret->lead_months > 1200)
        return yaml_refuse(row, why, "obligation.months", "0 to 1200 months are expected");
    if (counts.len > 0 && !span_is(counts, "grid") && !span_is(counts, "last")) return yaml_refuse(row, why, "obligation.counts", "counts: grid or last is expected");
    if (missed.len > 0 && !span_is(missed, "each") && !span_is(missed, "last")) return yaml_refuse(row, why, "obligation.missed", "missed: each or last is expected");
    ret->counts_from_last = span_is(counts, "last");
    ret->skips_missed = span_is(missed, "last");
    bool is_by_calendar = ret->procedure.len == 0;
    if (is_by_calendar && !ret->has_first) return yaml_refuse(row, why, "obligation.first", "first is missing, or in_case");
    if (!is_by_calendar && (ret->has_first || ret->months > 0)) return yaml_refuse(row, why, "obligation.first", "what is owed in a case has no days here");
    return err_none();
}

static struct err done_load(struct arena *arena, const struct yaml *row, struct obligation *ret, struct why *why) {
    static const struct name_lists NO_LISTS = {0};
    const struct yaml *rows = yaml_get(row, "done_by");
    if (rows == NULL) return err_none();
    if (rows->type != YAML_SEQUENCE) return yaml_refuse(rows, why, "obligation.done_by", "done_by: a list of documents is expected");
    struct obligation_done *list = arena_take_array(arena, rows->count + 1, sizeof *list);
    if (list == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < rows->count; i++) {
        const struct yaml *one = &rows->items[i];
        struct span name = one->type == YAML_SCALAR ? one->text : yaml_get_text(one, "document");
        size_t dot = span_find(name, '.', 0);
        if (one->type != YAML_SCALAR) TRY(yaml_only(one, "document when", why));
        if (dot + 1 >= name.len) return yaml_refuse(one, why, "obligation.done_by", "procedure.document is expected");
        list[i] = (struct obligation_done){.procedure = span_part(name, 0, dot), .document = span_part(name, dot + 1, name.len)};
        if (one->type == YAML_MAPPING) TRY(condition_load(arena, yaml_get(one, "when"), &NO_LISTS, &list[i].when, why));
    }
    ret->done_by = list;
    ret->done_count = rows->count;
    return err_none();
}

static struct err owner_load(struct arena *arena, const struct yaml *row, struct obligation *ret, struct why *why) {
    struct span in_case = yaml_get_text(row, "in_case");
    const struct yaml *selection = yaml_get(row, "selection");
    struct json_tree tree = {.arena = arena};
    struct names owners, watchers;
    TRY(yaml_names(arena, yaml_get(row, "owner"), &owners, why));
    TRY(yaml_names(arena, yaml_get(row, "watched_by"), &watchers, why));
    TRY(done_load(arena, row, ret, why));
    ret->owners = owners.items;
    ret->owner_count = owners.count;
    ret->watchers = watchers.items;
    ret->watcher_count = watchers.count;
    TRY(yaml_flag(row, "body", false, &ret->is_outside, why));
    ret->is_of_entities = names_have(&owners, SPAN("entities"));
    if (ret->is_outside != (owners.count == 0)) return yaml_refuse(row, why, "obligation.owner", "either an owner or body: yes is expected");
    if (watchers.count > 0 && (!ret->is_outside || in_case.len > 0))
        return yaml_refuse(row, why, "obligation.watched_by", "watched_by: only what a body outside owes by the calendar is watched");
    if (ret->is_of_entities && (owners.count > 1 || (selection == NULL) != (in_case.len > 0)))
        return yaml_refuse(row, why, "obligation.selection", "obligations of entities need a selection, or in_case, and no other owner");
    if (!ret->is_of_entities && selection != NULL) return yaml_refuse(row, why, "obligation.selection", "only obligations of entities have a selection");
    if (selection != NULL) ret->selection = json_of(&tree, selection);
    if (tree.is_failed) return err_make(ERR_MEMORY);
    size_t dot = span_find(in_case, '.', 0);
    if (in_case.len > 0 && dot + 1 >= in_case.len) return yaml_refuse(row, why, "obligation.in_case", "in_case: procedure.duty is expected");
    if (in_case.len == 0) return err_none();
    ret->procedure = span_part(in_case, 0, dot);
    ret->duty = span_part(in_case, dot + 1, in_case.len);
    return err_none();
}

static struct err row_load(struct arena *arena, const struct yaml *row, struct obligation *ret, struct why *why) {
    TRY(yaml_only(row, "obligation article node owner body watched_by selection first every_months counts opens_months_before missed done_by in_case from to certainty", why));
    *ret = (struct obligation){.yaml = row, .certainty = yaml_get_text(row, "certainty")};
    TRY(yaml_need(row, "obligation", &ret->id, why));
    TRY(yaml_need(row, "article", &ret->article, why));
    TRY(yaml_need(row, "node", &ret->node, why));
    if (!span_is(ret->node, "state") && !span_is(ret->node, "union")) return yaml_refuse(row, why, "obligation.node", "node: state or union is expected");
    struct validity validity;
    TRY(yaml_validity(row, &validity, why));
    ret->has_from = validity.has_from;
    ret->has_to = validity.has_to;
    ret->from = validity.from;
    ret->to = validity.to;
    TRY(owner_load(arena, row, ret, why));
    return days_load(row, ret, why);
}

static struct err file_load(struct law *law, const struct yaml *root, struct obligation_list *list, struct why *why) {
    struct names off;
    TRY(yaml_only(root, "title source checked_on off obligations certainty", why));
    TRY(yaml_names(law->arena, yaml_get(root, "off"), &off, why));
    for (size_t i = 0; i < off.count; i++) {
        size_t k = 0;
        while (k < list->count && !span_equals(list->rows[k].id, off.items[i])) k++;
        if (k == list->count) return yaml_refuse(root, why, "obligation.off", "there is no obligation \"%.*s\"", SPAN_FMT(off.items[i]));
        memmove(&list->rows[k], &list->rows[k + 1], (--list->count - k) * sizeof list->rows[0]);
    }
    const struct yaml *rows = yaml_get(root, "obligations");
    if (rows != NULL && rows->type != YAML_SEQUENCE) return yaml_refuse(rows, why, "obligation.form", "a list of obligations is expected");
    for (size_t i = 0; rows != NULL && i < rows->count; i++) {
        struct obligation row;
        size_t k = 0;
        TRY(row_load(law->arena, &rows->items[i], &row, why));
        while (k < list->count && !span_equals(list->rows[k].id, row.id)) k++;
        if (k == OBLIGATIONS_MAX) return yaml_refuse(row.yaml, why, "obligation.count", "at most %d obligations", OBLIGATIONS_MAX);
        list->rows[k] = row;
        if (k == list->count) list->count++;
    }
    return err_none();
}

struct err obligations_load(struct law *law, struct why *why) {
    struct obligation_book *book = ARENA_NEW(law->arena, struct obligation_book);
    if (book == NULL) return err_make(ERR_MEMORY);
    law->obligations = book;
    book->lists = arena_take_array(law->arena, law_pack_count(law) + 1, sizeof *book->lists);
    if (book->lists == NULL) return err_make(ERR_MEMORY);
    struct obligation_list *base = &book->lists[book->count++];
    for (size_t i = 0; i < law_pack_count(law); i++) {
        const struct pack *pack = law_pack_at(law, i);
        const struct yaml *root = pack_file_root(pack, "obligations.yaml");
        if (root != NULL && pack->has_from && span_starts_with(pack->id, SPAN("eu/"))) TRY(file_load(law, root, base, why));
    }
    for (size_t i = 0; i < law_pack_count(law); i++) {
        const struct pack *pack = law_pack_at(law, i);
        const struct yaml *root = pack_file_root(pack, "obligations.yaml");
        if (root == NULL || !span_starts_with(pack->id, SPAN("national/"))) continue;
        struct obligation_list *own = &book->lists[book->count++];
        *own = *base;
        own->state = span_part(pack->id, 9, pack->id.len);
        TRY(file_load(law, root, own, why));
    }
    return err_none();
}

// --- asking ---

size_t obligations_of(const struct law *law, struct span state, const struct obligation **ret) {
    const struct pack *pack = law_pack_of_state(law, state);
    const struct obligation_list *list = &law->obligations->lists[0];
    for (size_t i = 1; pack != NULL && i < law->obligations->count; i++)
        if (span_equals(law->obligations->lists[i].state, span_part(pack->id, 9, pack->id.len))) list = &law->obligations->lists[i];
    *ret = list->rows;
    return list->count;
}

bool obligation_is_of(const struct obligation *o, struct span state, struct civil at) {
    struct validity validity = {.has_from = o->has_from, .has_to = o->has_to, .from = o->from, .to = o->to};
    return span_is(o->node, span_is(state, "EU") ? "union" : "state") && is_valid_at(&validity, at);
}

const struct obligation *obligation_find(const struct law *law, struct span state, struct span id) {
    const struct obligation *rows;
    size_t count = obligations_of(law, state, &rows);
    for (size_t i = 0; i < count; i++)
        if (span_equals(rows[i].id, id)) return &rows[i];
    return NULL;
}

bool obligation_is_told(const struct obligation *o) { return o->is_outside && o->watcher_count == 0; }

bool obligation_is_done(const struct obligation_done *done, const struct json *case_content) {
    struct facts facts = {.case_facts = json_get(case_content, "facts"), .flags = json_get(case_content, "flags"), .received_ms = INSTANT_NONE};
    return condition_holds(done->when, &facts);
}

// --- the days ---

static struct civil day_after(struct civil day) { return civil_from_days(civil_to_days(day) + 1); }

static struct civil nth(const struct obligation *o, int64_t n) { return civil_add_months(o->first, (int)(n * o->months)); }

// When the one opens that is due on DUE, the one before having been due a period earlier.
static struct civil opens_on(const struct obligation *o, struct civil due) {
    if (o->lead_months > 0) return civil_add_months(due, -(int)o->lead_months);
    return o->months > 0 ? day_after(civil_add_months(due, -(int)o->months)) : due;
}

static bool on_grid(const struct obligation *o, struct civil least, struct obligation_next *ret) {
    int64_t n = 0, months = (int64_t)(least.year - o->first.year) * 12 + least.month - o->first.month;
    if (o->months == 0 && civil_compare(o->first, least) < 0) return false;
    if (o->months > 0 && months > o->months) n = months / o->months - 1; // no step too far: month ends
    while (o->months > 0 && civil_compare(nth(o, n), least) < 0) n++;
    ret->due = nth(o, n);
    ret->opens = opens_on(o, ret->due);
    return true;
}

bool obligation_next(const struct obligation *o, const struct obligation_past *past, struct civil from, struct civil today, struct obligation_next *ret) {
    if (!o->has_first || (past->is_there && o->months == 0)) return false;
    if (past->is_there && o->counts_from_last) {
        if (!past->is_done) return false; // still owed
        ret->due = civil_add_months(past->done, (int)o->months);
        ret->opens = o->lead_months > 0 ? civil_add_months(ret->due, -(int)o->lead_months) : day_after(past->done);
        return true;
    }
    struct civil least = past->is_there ? day_after(past->due) : from;
    if (o->skips_missed && civil_compare(least, today) < 0) least = today;
    return on_grid(o, least, ret);
}

// The form by which the node opens obligations; NULL where the state has none.
static const struct document *form_of(const struct law *law, struct span state, struct civil at, const char *as) {
    struct procedure_document found;
    if (is_err(procedure_find_doing(law, state, at, SPAN("obligation"), span_of(as), &found, NULL))) return NULL;
    const struct procedure *p = procedure_get(law, state, at, found.procedure);
    return p == NULL ? NULL : document_get(p, at, found.document);
}

static struct span label_in(const struct law *law, struct span state, struct civil at, const char *as, struct span id, struct span lang, struct arena *arena) {
    const struct document *d = form_of(law, state, at, as);
    for (size_t i = 0; d != NULL && i < d->field_count; i++)
        for (size_t k = 0; k < d->fields[i].choice_count; k++)
            if (span_equals(d->fields[i].choices[k].value, id)) {
                struct span key = arena_printf(arena, "%.*s.choice.%.*s", SPAN_FMT(d->fields[i].key), SPAN_FMT(id));
                struct span word = key.at == NULL || span_is(lang, "en") ? span_make(NULL, 0) : law_word(law, state, key, lang);
                return word.len > 0 ? word : d->fields[i].choices[k].label;
            }
    return span_make(NULL, 0);
}

struct span obligation_label(const struct law *law, struct span state, struct civil at, const struct obligation *o, struct span lang, struct arena *arena) {
    struct span label = label_in(law, state, at, o->is_of_entities ? "asked" : "opened", o->id, lang, arena);
    return label.len > 0 ? label : o->id;
}

// --- check ---

static void tell(const struct obligation *o, struct buf *report, size_t *findings, const char *words, struct span name) {
    buf_printf(report, "%s:%u: %s \"%.*s\"\n", o->yaml->file, o->yaml->line, words, SPAN_FMT(name));
    (*findings)++;
}

struct done_walk {
    const struct obligation *o;
    const struct procedure *procedure;
    struct buf *report;
    size_t *findings;
};

static void done_visit(void *context, const char *kind, struct span name, const struct yaml *node) {
    struct done_walk *walk = context;
    bool is_there = false;
    (void)node;
    for (size_t i = 0; strcmp(kind, "case") == 0 && i < walk->procedure->fact_count; i++) is_there = is_there || span_equals(walk->procedure->facts[i].name, name);
    for (size_t i = 0; strcmp(kind, "flag") == 0 && i < walk->procedure->flags.count; i++) is_there = is_there || span_equals(walk->procedure->flags.items[i], name);
    if (!is_there) tell(walk->o, walk->report, walk->findings, "what fulfils it can't be told by what its case does not have:", name);
}

static void done_check(const struct law *law, struct span state, const struct obligation *o, struct buf *report, size_t *findings) {
    for (size_t i = 0; i < o->done_count; i++) {
        const struct procedure *p = procedure_get(law, state, latest_day(), o->done_by[i].procedure);
        struct done_walk walk = {o, p, report, findings};
        if (p == NULL || document_get(p, latest_day(), o->done_by[i].document) == NULL) tell(o, report, findings, "no procedure has the document", o->done_by[i].document);
        else condition_visit(o->done_by[i].when, done_visit, &walk);
    }
}

static bool has_duty(const struct law *law, struct span state, const struct obligation *o) {
    const struct procedure *p = procedure_get(law, state, latest_day(), o->procedure);
    for (size_t i = 0; p != NULL && i < p->duty_count; i++)
        if (span_equals(p->duties[i].id, o->duty)) return true;
    return false;
}

// Whether the form takes that value in that field.
static bool form_takes(const struct document *form, const char *field, struct span value) {
    for (size_t i = 0; form != NULL && i < form->field_count; i++)
        for (size_t k = 0; span_is(form->fields[i].name, field) && k < form->fields[i].choice_count; k++)
            if (span_equals(form->fields[i].choices[k].value, value)) return true;
    return false;
}

// Who owes it, and who watches it, are values of the form by which the node opens it.
static void owners_check(const struct law *law, struct span state, const struct obligation *o, struct buf *report, size_t *findings) {
    const struct document *form = form_of(law, state, latest_day(), "opened");
    if (o->is_of_entities || o->procedure.len > 0 || obligation_is_told(o)) return;
    for (size_t i = 0; i < o->owner_count; i++)
        if (!form_takes(form, "owner", o->owners[i])) tell(o, report, findings, "the form by which the node opens obligations has no owner", o->owners[i]);
    if (o->is_outside && !form_takes(form, "owner", SPAN("body"))) tell(o, report, findings, "the form by which the node opens obligations has no owner", SPAN("body"));
    for (size_t i = 0; i < o->watcher_count; i++)
        if (!form_takes(form, "watched_by", o->watchers[i])) tell(o, report, findings, "the form by which the node opens obligations has no watched_by", o->watchers[i]);
}

void obligations_check(const struct law *law, struct buf *report, size_t *findings) {
    for (size_t l = 0; l < law->obligations->count; l++)
        for (size_t i = 0; i < law->obligations->lists[l].count; i++) {
            const struct obligation *o = &law->obligations->lists[l].rows[i];
            struct span state = span_is(o->node, "union") ? SPAN("EU") : law->obligations->lists[l].state; // the Union's rows for states: of none
            done_check(law, state, o, report, findings);
            owners_check(law, state, o, report, findings);
            if (o->procedure.len > 0 && !has_duty(law, state, o)) tell(o, report, findings, "no procedure has the duty", o->duty);
            if (label_in(law, state, latest_day(), o->is_of_entities ? "asked" : "opened", o->id, SPAN("en"), law->arena).len == 0)
                tell(o, report, findings, "the form by which the node opens obligations has no choice", o->id);
        }
}
