// SPDX-License-Identifier: EUPL-1.2
/* Reading offices.yaml: kinds of office and workspaces. */
#include "law/office.h"

#include "law/json_tree.h"
#include "law/law_private.h"

struct office_book {
    size_t office_count, workspace_count;
    struct office_kind offices[LIMIT_OFFICE_KINDS];
    struct workspace workspaces[LIMIT_WORKSPACES];
    struct span readers[2], all[2]; // of a state's node and of the Union's
};

static struct err does_load(struct arena *arena, const struct yaml *row, uint32_t *ret, struct why *why) {
    static const struct { const char *name; enum office_does bit; } DOES[] = {
        {"reads_register", OFFICE_READS_REGISTER}, {"manages_register", OFFICE_MANAGES_REGISTER}, {"selects", OFFICE_SELECTS},
        {"answers", OFFICE_ANSWERS}, {"on_call", OFFICE_ON_CALL}, {"records", OFFICE_RECORDS}, {"holds", OFFICE_HOLDS}, {"asks_what_if", OFFICE_ASKS_WHAT_IF},
    };
    struct names names;
    TRY(yaml_names(arena, yaml_get(row, "does"), &names, why));
    for (size_t i = 0; i < names.count; i++) {
        uint32_t bit = 0;
        for (size_t k = 0; k < sizeof DOES / sizeof DOES[0]; k++)
            if (span_is(names.items[i], DOES[k].name)) bit = DOES[k].bit;
        if (bit == 0) return yaml_refuse(row, why, "office.does", "no office does \"%.*s\"", SPAN_FMT(names.items[i]));
        *ret |= bit;
    }
    return err_none();
}

static struct err office_load(struct law *law, struct office_book *book, const struct yaml *row, struct why *why) {
    struct office_kind kind = {.index = book->office_count};
    struct span node;
    TRY(yaml_only(row, "office node label article body each does certainty", why));
    TRY(yaml_need(row, "office", &kind.id, why));
    TRY(yaml_need(row, "node", &node, why));
    TRY(yaml_need(row, "label", &kind.label, why));
    TRY(yaml_need(row, "article", &kind.article, why));
    kind.body = yaml_get_text(row, "body");
    TRY(does_load(law->arena, row, &kind.does, why));
    kind.is_of_union = span_is(node, "union");
    kind.is_of_each_state = span_is(yaml_get_text(row, "each"), "state");
    if (yaml_get(row, "each") != NULL && !kind.is_of_each_state) return yaml_refuse(row, why, "office.each", "each: state is expected");
    if (!kind.is_of_union && !span_is(node, "state")) return yaml_refuse(row, why, "office.node", "node: state or union is expected");
    if (!role_is_office(kind.id) || span_is(kind.id, "offices") || span_is(kind.id, "union") || span_is(kind.id, "parties"))
        return yaml_refuse(row, why, "office.name", "\"%.*s\" is no name for a kind of office", SPAN_FMT(kind.id));
    if (book->office_count == LIMIT_OFFICE_KINDS) return yaml_refuse(row, why, "office.count", "at most %d kinds of office", LIMIT_OFFICE_KINDS);
    for (size_t i = 0; i < book->office_count; i++)
        if (span_equals(book->offices[i].id, kind.id)) return yaml_refuse(row, why, "office.name", "two kinds of office have the same name");
    book->offices[book->office_count++] = kind;
    return err_none();
}

static struct err kinds_known(const struct office_book *book, const struct yaml *row, const struct names *names, struct why *why) {
    for (size_t i = 0; i < names->count; i++) {
        bool is_known = false;
        for (size_t k = 0; k < book->office_count; k++) is_known = is_known || span_equals(book->offices[k].id, names->items[i]);
        if (!is_known) return yaml_refuse(row, why, "office.kind", "there is no kind of office \"%.*s\"", SPAN_FMT(names->items[i]));
    }
    return err_none();
}

// " csirt ca "
static struct span words_of(struct arena *arena, const struct span *items, size_t count) {
    struct buf words;
    buf_init(&words, arena, (size_t)LIMIT_OFFICE_KINDS * LIMIT_NAME_BYTES);
    buf_add_byte(&words, ' ');
    for (size_t i = 0; i < count; i++) {
        buf_add(&words, items[i]);
        buf_add_byte(&words, ' ');
    }
    return words.is_failed ? span_make(NULL, 0) : buf_span(&words);
}

static struct err workspace_load(struct law *law, struct office_book *book, const struct yaml *row, struct why *why) {
    struct workspace made = {0};
    struct names works, reach, held;
    TRY(yaml_only(row, "workspace number label article works reach anyone held certainty", why));
    TRY(yaml_need(row, "workspace", &made.id, why));
    TRY(yaml_need(row, "label", &made.label, why));
    TRY(yaml_need(row, "article", &made.article, why));
    TRY(yaml_number(row, "number", -1, &made.number, why));
    TRY(yaml_flag(row, "anyone", false, &made.is_for_anyone, why));
    TRY(yaml_names(law->arena, yaml_get(row, "works"), &works, why));
    TRY(yaml_names(law->arena, yaml_get(row, "reach"), &reach, why));
    TRY(yaml_names(law->arena, yaml_get(row, "held"), &held, why));
    TRY(kinds_known(book, row, &works, why));
    TRY(kinds_known(book, row, &reach, why));
    TRY(kinds_known(book, row, &held, why));
    made.is_own = span_is(made.id, "own");
    if (made.is_own && works.count + reach.count + held.count + made.is_for_anyone > 0) return yaml_refuse(row, why, "office.workspace", "own: no office works in it or sees what is there");
    if ((reach.count == 0 && !made.is_own) || held.count > 1) return yaml_refuse(row, why, "office.workspace", "reach: kinds of office, held: at most one");
    if (book->workspace_count == LIMIT_WORKSPACES) return yaml_refuse(row, why, "office.count", "at most %d workspaces", LIMIT_WORKSPACES);
    for (size_t i = 0; i < book->workspace_count; i++)
        if (made.number < 0 || book->workspaces[i].number == made.number || span_equals(book->workspaces[i].id, made.id))
            return yaml_refuse(row, why, "office.workspace", "two workspaces have the same name or number");
    made.works = works.items;
    made.work_count = works.count;
    made.reach = words_of(law->arena, reach.items, reach.count);
    if (held.count == 1) made.held = held.items[0];
    if (made.reach.at == NULL) return err_make(ERR_MEMORY);
    book->workspaces[book->workspace_count++] = made;
    return err_none();
}

static struct err text_make(struct law *law, bool is_of_union, uint32_t does, struct span *ret) {
    struct span ids[LIMIT_OFFICE_KINDS];
    size_t count = 0;
    for (size_t i = 0; i < law->offices->office_count; i++) {
        const struct office_kind *kind = &law->offices->offices[i];
        if (kind->is_of_union == is_of_union && (kind->does & does) == does) ids[count++] = kind->id;
    }
    *ret = words_of(law->arena, ids, count);
    return ret->at == NULL ? err_make(ERR_MEMORY) : err_none();
}

struct err offices_load(struct law *law, struct why *why) {
    struct office_book *book = law->offices = ARENA_NEW(law->arena, struct office_book);
    if (book == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < law->pack_count; i++) {
        const struct yaml *root = pack_file_root(&law->packs[i], "offices.yaml");
        if (root == NULL || !law->packs[i].has_from) continue;
        TRY(yaml_only(root, "offices workspaces", why));
        const struct yaml *offices = yaml_get(root, "offices"), *spaces = yaml_get(root, "workspaces");
        if (offices == NULL || offices->type != YAML_SEQUENCE || (spaces != NULL && spaces->type != YAML_SEQUENCE))
            return yaml_refuse(root, why, "office.rows", "lists of offices and workspaces are expected");
        for (size_t k = 0; k < offices->count; k++) TRY(office_load(law, book, &offices->items[k], why));
        for (size_t k = 0; spaces != NULL && k < spaces->count; k++) TRY(workspace_load(law, book, &spaces->items[k], why));
    }
    for (size_t node = 0; node < 2; node++) {
        TRY(text_make(law, node == 1, OFFICE_READS_REGISTER, &book->readers[node]));
        TRY(text_make(law, node == 1, 0, &book->all[node]));
    }
    return err_none();
}

bool state_is_union(struct span state) { return span_is(state, "EU"); }

bool role_is_office(struct span role) {
    static const char *const OTHERS[] = {"entity", "party", "anyone", "node"};
    for (size_t i = 0; i < sizeof OTHERS / sizeof OTHERS[0]; i++)
        if (span_is(role, OTHERS[i])) return false;
    return role.len > 0;
}

const struct office_kind *office_kind_find(const struct law *law, struct span id) {
    for (size_t i = 0; i < law->offices->office_count; i++)
        if (span_equals(law->offices->offices[i].id, id)) return &law->offices->offices[i];
    return NULL;
}

size_t office_kinds(const struct law *law, const struct office_kind **ret) {
    *ret = law->offices->offices;
    return law->offices->office_count;
}

const struct office_kind *office_kind_that(const struct law *law, struct span state, enum office_does does) {
    for (size_t i = 0; i < law->offices->office_count; i++) {
        const struct office_kind *kind = &law->offices->offices[i];
        if (kind->is_of_union == state_is_union(state) && (kind->does & (uint32_t)does) != 0) return kind;
    }
    return NULL;
}

struct span office_kinds_text(const struct law *law, struct span state, bool is_of_readers) {
    return is_of_readers ? law->offices->readers[state_is_union(state)] : law->offices->all[state_is_union(state)];
}

const struct workspace *workspace_find(const struct law *law, struct span id) {
    for (size_t i = 0; i < law->offices->workspace_count; i++)
        if (span_equals(law->offices->workspaces[i].id, id)) return &law->offices->workspaces[i];
    return NULL;
}

const struct workspace *workspace_first(const struct law *law) { return &law->offices->workspaces[0]; }

size_t workspaces(const struct law *law, const struct workspace **ret) {
    *ret = law->offices->workspaces;
    return law->offices->workspace_count;
}

const struct workspace *workspace_held(const struct law *law, struct span kind) {
    for (size_t i = 0; kind.len > 0 && i < law->offices->workspace_count; i++)
        if (span_equals(law->offices->workspaces[i].held, kind)) return &law->offices->workspaces[i];
    return NULL;
}

bool workspace_is_of(const struct workspace *workspace, const struct office_kind *kind) {
    for (size_t i = 0; workspace != NULL && i < workspace->work_count; i++)
        if (span_equals(workspace->works[i], kind->id)) return true;
    return workspace != NULL && workspace->work_count == 0 && !workspace->is_own;
}
