// SPDX-License-Identifier: EUPL-1.2
/* Compiling procedures: those of the Union's packs, and for each state those with its overlays. */
#include "law/procedure_load.h"

#include "law/law_private.h"

static struct err states_load(const struct load *l, const struct yaml *rows, struct procedure *p) {
    void *at = NULL;
    TRY(rows_begin(l->arena, rows, sizeof *p->states, &at, &p->state_count, l->why));
    p->states = at;
    for (size_t i = 0; i < p->state_count; i++) {
        const struct yaml *row = &rows->items[i];
        p->states[i].node = row;
        TRY(yaml_only(row, "state label final", l->why));
        TRY(yaml_need(row, "state", &p->states[i].id, l->why));
        TRY(yaml_need(row, "label", &p->states[i].label, l->why));
        TRY(yaml_flag(row, "final", false, &p->states[i].is_final, l->why));
    }
    return err_none();
}

// facts: a mapping "name: type".
static struct err fact_names_load(const struct load *l, const struct yaml *node, struct procedure *p) {
    static const char *const TYPES[] = {"instant", "date", "choice", "bool", "int", "countries"};
    if (node != NULL && node->type != YAML_MAPPING) return yaml_refuse(node, l->why, "pack.facts", "facts: names with types are expected");
    size_t count = node == NULL ? 0 : node->count;
    p->facts = arena_take_array(l->arena, count + 1, sizeof *p->facts);
    if (p->facts == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < count; i++) {
        struct span type = node->pairs[i].value.text;
        bool is_known = false;
        for (size_t k = 0; k < sizeof TYPES / sizeof TYPES[0]; k++) is_known = is_known || span_is(type, TYPES[k]);
        if (!is_known)
            return yaml_refuse(&node->pairs[i].value, l->why, "pack.facts", "a fact is instant, date, choice, bool, int or countries");
        p->facts[i] = (struct fact_name){.name = node->pairs[i].name, .type = type, .node = &node->pairs[i].value};
    }
    p->fact_count = count;
    return err_none();
}

static struct err rows_load(const struct load *l, const struct yaml *root, struct procedure *p) {
    void *at = NULL;
    const struct yaml *rows = yaml_get(root, "documents");
    TRY(rows_begin(l->arena, rows, sizeof *p->documents, &at, &p->document_count, l->why));
    p->documents = at;
    for (size_t i = 0; i < p->document_count; i++) TRY(document_load(l, &rows->items[i], &p->documents[i]));
    rows = yaml_get(root, "duties");
    TRY(rows_begin(l->arena, rows, sizeof *p->duties, &at, &p->duty_count, l->why));
    p->duties = at;
    for (size_t i = 0; i < p->duty_count; i++) TRY(duty_load(l, &rows->items[i], &p->duties[i]));
    rows = yaml_get(root, "proposals");
    TRY(rows_begin(l->arena, rows, sizeof *p->proposals, &at, &p->proposal_count, l->why));
    p->proposals = at;
    for (size_t i = 0; i < p->proposal_count; i++) TRY(proposal_load(l, &rows->items[i], &p->proposals[i]));
    return err_none();
}

static struct err procedure_load(struct law *law, const struct pack *pack, const struct yaml *root, struct procedure *ret,
                                 struct why *why) {
    TRY(yaml_only(root, "procedure label article workspace lists sets states facts flags documents duties proposals from to", why));
    struct procedure p = {.pack = pack, .node = root};
    TRY(yaml_need(root, "procedure", &p.id, why));
    TRY(yaml_need(root, "label", &p.label, why));
    TRY(yaml_need(root, "article", &p.article, why));
    p.workspace = yaml_get_text(root, "workspace");
    if (p.workspace.len == 0) p.workspace = SPAN("desk");
    if (!span_is(p.workspace, "desk") && !span_is(p.workspace, "supervision"))
        return yaml_refuse(root, why, "pack.workspace", "workspace: desk or supervision is expected");
    TRY(yaml_validity(root, &p.validity, why));
    TRY(name_lists_load(law->arena, yaml_get(root, "lists"), &p.lists, why));
    struct name_lists *lists = ARENA_NEW(law->arena, struct name_lists);
    if (lists == NULL) return err_make(ERR_MEMORY);
    *lists = p.lists;
    struct load l = {.arena = law->arena, .lists = lists, .sets = yaml_get(root, "sets"), .procedure = p.id, .why = why};
    TRY(states_load(&l, yaml_get(root, "states"), &p));
    TRY(fact_names_load(&l, yaml_get(root, "facts"), &p));
    TRY(yaml_names(l.arena, yaml_get(root, "flags"), &p.flags, why));
    TRY(rows_load(&l, root, &p));
    *ret = p;
    return err_none();
}

static const struct yaml *file_of(const struct pack *pack, struct span procedure) {
    for (size_t i = 0; i < pack->file_count; i++) {
        if (!pack_file_is_under(&pack->files[i], "procedures/")) continue;
        if (span_equals(yaml_get_text(pack->files[i].root, "procedure"), procedure)) return pack->files[i].root;
    }
    return NULL;
}

// A state's set: the Union's procedures, each with the state's overlay where it has one. None where it has no overlay.
static struct err state_load(struct law *law, const struct pack *pack, struct procedure_book *book, struct why *why) {
    size_t overlays = 0;
    for (size_t i = 0; i < book->base_count; i++) overlays += file_of(pack, book->base[i].id) != NULL;
    for (size_t i = 0; i < pack->file_count; i++) {
        if (!pack_file_is_under(&pack->files[i], "procedures/")) continue;
        bool is_known = false;
        for (size_t k = 0; k < book->base_count; k++)
            is_known = is_known || span_equals(book->base[k].id, yaml_get_text(pack->files[i].root, "procedure"));
        if (!is_known) return yaml_refuse(pack->files[i].root, why, "pack.overlay", "there is no such procedure to lay this over");
    }
    if (overlays == 0) return err_none();
    struct procedure_set *set = &book->states[book->state_count++];
    set->state = span_part(pack->id, 9, pack->id.len);
    set->count = book->base_count;
    set->procedures = arena_take_array(law->arena, set->count + 1, sizeof *set->procedures);
    if (set->procedures == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < set->count; i++) {
        const struct procedure *base = &book->base[i];
        const struct yaml *overlay = file_of(pack, base->id);
        set->procedures[i] = *base;
        if (overlay == NULL) continue;
        struct load l = {.arena = law->arena, .lists = &base->lists, .sets = yaml_get(base->node, "sets"), .procedure = base->id, .why = why};
        TRY(overlay_load(&l, overlay, base, &set->procedures[i]));
    }
    return err_none();
}

struct err procedures_load(struct law *law, struct why *why) {
    struct procedure_book *book = ARENA_NEW(law->arena, struct procedure_book);
    if (book == NULL) return err_make(ERR_MEMORY);
    law->procedures = book;
    size_t files = 0;
    for (size_t i = 0; i < law_pack_count(law); i++) files += law_pack_at(law, i)->file_count;
    book->base = arena_take_array(law->arena, files + 1, sizeof *book->base);
    book->states = arena_take_array(law->arena, law_pack_count(law) + 1, sizeof *book->states);
    if (book->base == NULL || book->states == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < law_pack_count(law); i++) {
        const struct pack *pack = law_pack_at(law, i);
        if (!span_starts_with(pack->id, SPAN("eu/")) || !pack->has_from) continue;
        for (size_t k = 0; k < pack->file_count; k++)
            if (pack_file_is_under(&pack->files[k], "procedures/"))
                TRY(procedure_load(law, pack, pack->files[k].root, &book->base[book->base_count++], why));
    }
    for (size_t i = 0; i < law_pack_count(law); i++)
        if (span_starts_with(law_pack_at(law, i)->id, SPAN("national/"))) TRY(state_load(law, law_pack_at(law, i), book, why));
    return err_none();
}

// Whether a catalogue of types (types.yaml of a pack) has the code.
static bool pack_has_type(const struct pack *pack, struct span code) {
    const struct yaml *types = yaml_get(pack_file_root(pack, "types.yaml"), "types");
    for (size_t i = 0; types != NULL && types->type == YAML_SEQUENCE && i < types->count; i++)
        if (span_equals(yaml_get_text(&types->items[i], "code"), code)) return true;
    return false;
}

bool entity_type_is_known(const struct law *law, struct span code) {
    for (size_t i = 0; i < law_pack_count(law); i++)
        if (pack_has_type(law_pack_at(law, i), code)) return true;
    return false;
}

size_t procedures_of(const struct law *law, struct span state, struct civil at, const struct procedure **ret) {
    const struct procedure_book *book = law->procedures;
    const struct pack *pack = law_pack_of_state(law, state);
    if (pack != NULL && pack->has_from && civil_compare(at, pack->from) < 0) pack = NULL;
    for (size_t i = 0; pack != NULL && i < book->state_count; i++) {
        if (!span_equals(book->states[i].state, span_part(pack->id, 9, pack->id.len))) continue;
        *ret = book->states[i].procedures;
        return book->states[i].count;
    }
    *ret = book->base;
    return book->base_count;
}

const struct procedure *procedure_get(const struct law *law, struct span state, struct civil at, struct span id) {
    const struct procedure *all;
    size_t count = procedures_of(law, state, at, &all);
    for (size_t i = 0; i < count; i++) {
        bool is_in_force = !all[i].pack->has_from || civil_compare(all[i].pack->from, at) <= 0;
        if (span_equals(all[i].id, id) && is_in_force && is_valid_at(&all[i].validity, at)) return &all[i];
    }
    return NULL;
}

const struct document *document_get(const struct procedure *procedure, struct civil at, struct span id) {
    for (size_t i = 0; procedure != NULL && i < procedure->document_count; i++)
        if (span_equals(procedure->documents[i].id, id) && is_valid_at(&procedure->documents[i].validity, at))
            return &procedure->documents[i];
    return NULL;
}

bool document_fits_state(const struct document *document, struct span state) {
    for (size_t i = 0; i < document->in.count; i++)
        if (span_is(document->in.items[i], "any") || span_equals(document->in.items[i], state)) return true;
    return false;
}
