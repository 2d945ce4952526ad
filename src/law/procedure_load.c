// SPDX-License-Identifier: EUPL-1.2
/* Compiling procedures: those of the Union's packs, and for each state those with its overlays. */
#include "law/procedure_load.h"

#include "law/law_private.h"
#include "law/office.h"

static struct err states_load(const struct load *l, const struct yaml *rows, struct state_row **ret, size_t *ret_count) {
    void *at = NULL;
    TRY(rows_begin(l->arena, rows, sizeof **ret, &at, ret_count, l->why));
    struct state_row *states = at;
    for (size_t i = 0; i < *ret_count; i++) {
        const struct yaml *row = &rows->items[i];
        states[i].node = row;
        TRY(yaml_only(row, "state label final held", l->why));
        TRY(yaml_need(row, "state", &states[i].id, l->why));
        TRY(yaml_need(row, "label", &states[i].label, l->why));
        TRY(yaml_flag(row, "final", false, &states[i].is_final, l->why));
        struct span held = states[i].held = yaml_get_text(row, "held");
        const struct office_kind *kind = office_kind_find(l->law, held);
        if (held.len > 0 && (kind == NULL || (kind->does & OFFICE_HOLDS) == 0 || workspace_held(l->law, held) == NULL))
            return yaml_refuse(row, l->why, "pack.held", "held: the kind of office that receives is expected, which may hold");
    }
    *ret = states;
    return err_none();
}

// suggests: {of: [procedures], document: D, same: [facts], mentions: [fields], within_days: N}
static struct err suggests_load(const struct load *l, const struct yaml *node, struct procedure *p) {
    struct suggestion_row *row = &p->suggests;
    if (node == NULL) return err_none();
    if (!span_is(p->parties, "cases")) return yaml_refuse(node, l->why, "pack.suggests", "only where parties are cases");
    TRY(yaml_only(node, "of document same mentions within_days", l->why));
    TRY(yaml_names(l->arena, yaml_get(node, "of"), &row->of, l->why));
    TRY(yaml_need(node, "document", &row->document, l->why));
    TRY(yaml_names(l->arena, yaml_get(node, "same"), &row->same, l->why));
    TRY(yaml_names(l->arena, yaml_get(node, "mentions"), &row->mentions, l->why));
    TRY(yaml_number(node, "within_days", 30, &row->within_days, l->why));
    if (row->within_days < 1 || row->within_days > 366) return yaml_refuse(node, l->why, "pack.suggests", "within_days: 1 to 366 is expected");
    row->node = node;
    return err_none();
}

// parties: what the procedure's parties are, and the states of a party's part.
static struct err parties_load(const struct load *l, const struct yaml *root, struct procedure *p) {
    p->parties = yaml_get_text(root, "parties");
    if (p->parties.len > 0 && !span_is(p->parties, "entities") && !span_is(p->parties, "cases") && !span_is(p->parties, "offices"))
        return yaml_refuse(root, l->why, "pack.parties", "parties: entities, cases or offices is expected");
    TRY(yaml_flag(root, "parties_see_parties", false, &p->do_parties_see_parties, l->why));
    if (p->do_parties_see_parties && !span_is(p->parties, "offices"))
        return yaml_refuse(root, l->why, "pack.parties", "parties_see_parties: only offices know of each other");
    TRY(states_load(l, yaml_get(root, "party_states"), &p->party_states, &p->party_state_count));
    if ((p->parties.len > 0) != (p->party_state_count > 0))
        return yaml_refuse(root, l->why, "pack.parties", "parties and party_states stand together");
    return suggests_load(l, yaml_get(root, "suggests"), p);
}

// Which nodes have it: a state's (the default), the Union's, or any. Empty for another word.
static struct span nodes_of(const struct yaml *root) {
    struct span nodes = yaml_get_text(root, "node");
    if (nodes.len == 0) return SPAN("state");
    return span_is(nodes, "state") || span_is(nodes, "union") || span_is(nodes, "any") ? nodes : span_make(NULL, 0);
}

static struct err procedure_load(struct law *law, const struct commons *commons, const struct pack *pack, const struct yaml *root, bool is_of_union,
                                 struct procedure *ret, struct why *why) {
    TRY(yaml_only(root, "procedure label article title source checked_on node workspace include reaches closed_to_entity_in overridable locks strands lists sets states parties party_states parties_see_parties suggests indications facts flags documents duties proposals from to", why));
    struct procedure p = {.pack = pack, .node = root};
    TRY(yaml_need(root, "procedure", &p.id, why));
    TRY(yaml_need(root, "label", &p.label, why));
    TRY(yaml_need(root, "article", &p.article, why));
    if (common_of(commons, p.id) != NULL) return yaml_refuse(root, why, "pack.common", "a common file is called \"%.*s\" already", SPAN_FMT(p.id));
    p.workspace = yaml_get_text(root, "workspace");
    if (p.workspace.len == 0) p.workspace = workspace_first(law)->id;
    const struct workspace *workspace = workspace_find(law, p.workspace);
    if (workspace == NULL || workspace->held.len > 0) return yaml_refuse(root, why, "pack.workspace", "workspace: one of offices.yaml that is not quarantine is expected");
    p.nodes = nodes_of(root);
    if (p.nodes.len == 0) return yaml_refuse(root, why, "pack.node", "node: state, union or any is expected");
    bool may_be_overridden;
    TRY(yaml_flag(root, "overridable", true, &may_be_overridden, why));
    p.is_never_overridden = !may_be_overridden;
    TRY(yaml_validity(root, &p.validity, why));
    TRY(yaml_names(law->arena, yaml_get(root, "include"), &p.includes, why));
    TRY(yaml_names(law->arena, yaml_get(root, "closed_to_entity_in"), &p.closed_to_entity, why));
    struct load l = {.law = law, .is_of_union = is_of_union};
    struct name_lists *lists = ARENA_NEW(law->arena, struct name_lists);
    if (lists == NULL) return err_make(ERR_MEMORY);
    TRY(common_context(commons, root, &p.includes, law->arena, &l, lists, why));
    p.lists = *lists;
    l.procedure = p.id;
    TRY(states_load(&l, yaml_get(root, "states"), &p.states, &p.state_count));
    TRY(parties_load(&l, root, &p));
    TRY(indications_load(&l, yaml_get(root, "indications"), &p));
    TRY(locks_load(&l, yaml_get(root, "locks"), &p));
    TRY(procedure_rows_add(&l, root, &p));
    for (size_t i = 0; i < p.includes.count; i++) {
        const struct common *common = common_of(commons, p.includes.items[i]);
        l.procedure = common->id;
        TRY(procedure_rows_add(&l, common->root, &p));
    }
    TRY(suggests_check(&p, why));
    *ret = p;
    return err_none();
}

// The pack's file that is laid over a procedure (NAME "procedure"), or over what several have in common ("common").
static const struct yaml *file_of(const struct pack *pack, const char *name, struct span id) {
    for (size_t i = 0; i < pack->file_count; i++) {
        if (!pack_file_is_under(&pack->files[i], "procedures/")) continue;
        if (span_equals(yaml_get_text(pack->files[i].root, name), id)) return pack->files[i].root;
    }
    return NULL;
}

// How many overlays the state has for the procedure, what it includes counted.
static size_t overlays_of(const struct pack *pack, const struct procedure *base) {
    size_t count = file_of(pack, "procedure", base->id) != NULL;
    for (size_t i = 0; i < base->includes.count; i++) count += file_of(pack, "common", base->includes.items[i]) != NULL;
    return count;
}

static struct err overlays_apply(struct law *law, const struct commons *commons, const struct pack *pack, const struct procedure *base,
                                 struct procedure *ret, struct why *why) {
    struct load l = {.law = law};
    struct name_lists *lists = ARENA_NEW(law->arena, struct name_lists);
    if (lists == NULL) return err_make(ERR_MEMORY);
    TRY(common_context(commons, base->node, &base->includes, law->arena, &l, lists, why));
    *ret = *base;
    for (size_t i = 0; i <= base->includes.count; i++) { // what is common first, so that the procedure's own has the last word
        bool is_own = i == base->includes.count;
        l.procedure = is_own ? base->id : base->includes.items[i];
        const struct yaml *overlay = file_of(pack, is_own ? "procedure" : "common", l.procedure);
        if (overlay != NULL) TRY(overlay_load(&l, overlay, ret, ret));
    }
    return err_none();
}

// Whether the state's file is a procedure of its own: it has states, and no procedure of the Union's has its name.
static bool is_own_procedure(const struct procedure_book *book, const struct yaml *root) {
    for (size_t k = 0; k < book->base_count; k++)
        if (span_equals(book->base[k].id, yaml_get_text(root, "procedure"))) return false;
    return yaml_get(root, "states") != NULL;
}

static struct err overlay_is_known(const struct procedure_book *book, const struct commons *commons, const struct yaml *root, struct why *why) {
    bool is_known = common_of(commons, yaml_get_text(root, "common")) != NULL;
    for (size_t k = 0; k < book->base_count; k++) is_known = is_known || span_equals(book->base[k].id, yaml_get_text(root, "procedure"));
    return is_known ? err_none() : yaml_refuse(root, why, "pack.overlay", "there is no such procedure to lay this over");
}

// A state's set: the Union's procedures, each with the state's overlay where it has one, and its own. None where it has neither.
static struct err state_load(struct law *law, const struct commons *commons, const struct pack *pack, struct procedure_book *book,
                             struct why *why) {
    size_t overlays = 0, own = 0;
    for (size_t i = 0; i < book->of_states_count; i++) overlays += overlays_of(pack, &book->base[i]);
    for (size_t i = 0; i < pack->file_count; i++)
        if (pack_file_is_under(&pack->files[i], "procedures/") && is_own_procedure(book, pack->files[i].root)) own++;
        else if (pack_file_is_under(&pack->files[i], "procedures/")) TRY(overlay_is_known(book, commons, pack->files[i].root, why));
    if (overlays + own == 0) return err_none();
    struct procedure_set *set = &book->states[book->state_count++];
    set->state = span_part(pack->id, 9, pack->id.len);
    set->count = book->of_states_count;
    set->procedures = arena_take_array(law->arena, set->count + own + 1, sizeof *set->procedures);
    if (set->procedures == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < set->count; i++) {
        set->procedures[i] = book->base[i];
        if (overlays_of(pack, &book->base[i]) > 0) TRY(overlays_apply(law, commons, pack, &book->base[i], &set->procedures[i], why));
    }
    for (size_t i = 0; i < pack->file_count; i++) {
        struct procedure *own_one = &set->procedures[set->count];
        if (!pack_file_is_under(&pack->files[i], "procedures/") || !is_own_procedure(book, pack->files[i].root)) continue;
        TRY(procedure_load(law, commons, pack, pack->files[i].root, false, own_one, why));
        for (size_t k = 0; k < set->count; k++)
            if (span_equals(set->procedures[k].id, own_one->id)) return yaml_refuse(own_one->node, why, "pack.twice", "there is a procedure \"%.*s\" already", SPAN_FMT(own_one->id));
        set->count++;
    }
    return err_none();
}

// The procedures that the Union's packs have for one kind of node.
static struct err node_load(struct law *law, const struct commons *commons, bool is_of_union, struct procedure *all, size_t *ret_count, struct why *why) {
    for (size_t i = 0; i < law_pack_count(law); i++) {
        const struct pack *pack = law_pack_at(law, i);
        if (!span_starts_with(pack->id, SPAN("eu/")) || !pack->has_from) continue;
        for (size_t k = 0; k < pack->file_count; k++) {
            if (!pack_file_is_under(&pack->files[k], "procedures/") || pack_file_is_under(&pack->files[k], "procedures/common/")) continue;
            if (span_is(nodes_of(pack->files[k].root), is_of_union ? "state" : "union")) continue;
            TRY(procedure_load(law, commons, pack, pack->files[k].root, is_of_union, &all[(*ret_count)++], why));
        }
    }
    return err_none();
}

struct err procedures_load(struct law *law, struct why *why) {
    struct procedure_book *book = ARENA_NEW(law->arena, struct procedure_book);
    struct commons commons;
    if (book == NULL) return err_make(ERR_MEMORY);
    law->procedures = book;
    TRY(commons_find(law, &commons, why));
    size_t files = 0;
    for (size_t i = 0; i < law_pack_count(law); i++) files += law_pack_at(law, i)->file_count;
    book->base = arena_take_array(law->arena, files + 1, sizeof *book->base);
    book->states = arena_take_array(law->arena, law_pack_count(law) + 1, sizeof *book->states);
    book->of_union = arena_take_array(law->arena, files + 1, sizeof *book->of_union);
    if (book->base == NULL || book->states == NULL || book->of_union == NULL) return err_make(ERR_MEMORY);
    TRY(node_load(law, &commons, false, book->base, &book->of_states_count, why));
    TRY(node_load(law, &commons, true, book->of_union, &book->union_count, why));
    book->base_count = book->of_states_count;
    for (size_t i = 0; i < book->union_count; i++)
        if (span_is(book->of_union[i].nodes, "union")) book->base[book->base_count++] = book->of_union[i];
    for (size_t i = 0; i < law_pack_count(law); i++)
        if (span_starts_with(law_pack_at(law, i)->id, SPAN("national/"))) TRY(state_load(law, &commons, law_pack_at(law, i), book, why));
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
    if (state_is_union(state)) {
        *ret = book->of_union;
        return book->union_count;
    }
    if (pack != NULL && pack->has_from && civil_compare(at, pack->from) < 0) pack = NULL;
    for (size_t i = 0; pack != NULL && i < book->state_count; i++) {
        if (!span_equals(book->states[i].state, span_part(pack->id, 9, pack->id.len))) continue;
        *ret = book->states[i].procedures;
        return book->states[i].count;
    }
    *ret = book->base;
    return book->of_states_count;
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
