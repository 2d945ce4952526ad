// SPDX-License-Identifier: EUPL-1.2
/* Counting: each entity is read and classified twice, once by each law. */
#include "law/what_if_private.h"

const char *move_name(enum move move) {
    static const char *const NAMES[MOVES] = {"stays", "leaves", "enters", "falls", "rises", "open"};
    return NAMES[move];
}

enum move move_between(enum entity_class from, enum entity_class to) {
    if (from == to) return MOVE_STAYS;
    if (from == ENTITY_UNDETERMINED || to == ENTITY_UNDETERMINED) return MOVE_OPEN;
    if (to == ENTITY_OUT) return MOVE_LEAVES;
    if (from == ENTITY_OUT) return MOVE_ENTERS;
    return to < from ? MOVE_FALLS : MOVE_RISES;
}

static uint8_t sector_put(struct what_if *w, struct span sector) {
    for (size_t i = 0; i < w->sector_count; i++)
        if (span_equals(w->sectors[i], sector)) return (uint8_t)i;
    if (w->sector_count + 1 < MOVE_SECTORS_MAX) w->sectors[w->sector_count++] = sector; // a place stays for ""
    return (uint8_t)(w->sector_count - 1);
}

struct err what_if_new(const struct law *now, const struct law *then, struct span state, struct civil at, struct arena *arena,
                       struct what_if **ret, struct why *why) {
    if (now->scope == NULL || then->scope == NULL) return why_set(why, ERR_LAW, NULL, "scope.book", NULL, "no pack says what is in scope");
    if (law_amended_by(now) != NULL || law_amended_by(then) == NULL)
        return why_set(why, ERR_INPUT, NULL, "what_if.laws", NULL, "law in force and a law amended by a proposal are compared");
    struct what_if *w = ARENA_NEW(arena, struct what_if);
    if (w == NULL) return why_set(why, ERR_MEMORY, NULL, "what_if.memory", NULL, "no memory to count");
    w->now = now;
    w->then = then;
    w->state = state;
    w->at = at;
    w->arena = arena;
    const struct scope_book *book = then->scope;
    for (size_t t = 0; t < book->type_count; t++)
        if (book->types[t].sector.len > 0) w->sector_of[t] = sector_put(w, book->types[t].sector);
    size_t none = w->sector_count++;
    w->sectors[none] = SPAN("");
    for (size_t t = 0; t < book->type_count; t++)
        if (book->types[t].sector.len == 0) w->sector_of[t] = (uint8_t)none;
    w->size_count = size_count(&book->size) + 1;
    *ret = w;
    return err_none();
}

// The law of the state on the day: kept for the register's own day, else made for this one entity.
static struct err view_of(struct what_if *w, bool is_then, struct span state, struct civil at, struct arena *scratch, const struct scope_view **ret, struct why *why) {
    const struct law *law = is_then ? w->then : w->now;
    size_t number = book_state(law->scope, state);
    if (number == STATES_MAX || civil_compare(at, w->at) != 0) return scope_view_make(law, state, at, scratch, ret, why);
    if (w->views[is_then][number] == NULL) TRY(scope_view_make(law, state, at, w->arena, &w->views[is_then][number], why));
    *ret = w->views[is_then][number];
    return err_none();
}

static size_t size_of(const struct what_if *w, const struct scope_facts *facts) {
    for (size_t s = 0; facts->is_sized && s + 1 < w->size_count; s++)
        if (facts->size_group == 1u << s) return s;
    return w->size_count - 1;
}

static void count_put(struct what_if *w, const struct scope_facts *facts, enum entity_class from, enum entity_class to) {
    bool is_counted[MOVE_SECTORS_MAX] = {false}, is_any = false;
    size_t size = size_of(w, facts);
    for (size_t i = 0; i < sizeof facts->types.word / sizeof facts->types.word[0]; i++)
        for (uint64_t bits = facts->types.word[i]; bits != 0; bits &= bits - 1) {
            size_t sector = w->sector_of[i * 64 + (size_t)__builtin_ctzll(bits)];
            is_any = true;
            if (!is_counted[sector]) w->counts[sector][size][from][to]++;
            is_counted[sector] = true;
        }
    if (!is_any) w->counts[w->sector_count - 1][size][from][to]++;
    w->counts[MOVE_SECTORS_MAX][size][from][to]++;
    w->moves[move_between(from, to)]++;
    w->entities++;
}

static bool is_known_type(const struct law *law, const struct json *code) {
    return code->type != JSON_STRING || book_type(law->scope, code->string) != TYPES_MAX;
}

// What the law in force can read of facts that may name what only the proposal knows: types that it would add, facts that it would ask.
static struct err facts_now(const struct what_if *w, const struct json *facts, struct arena *scratch, struct json *ret) {
    *ret = *facts;
    if (facts->type != JSON_OBJECT) return err_none();
    ret->count = 0;
    ret->members = arena_take_array(scratch, facts->count + 1, sizeof *ret->members);
    if (ret->members == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < facts->count; i++) {
        struct json_member member = facts->members[i];
        bool is_new = book_variable(w->now->scope, member.name) == VARIABLES_MAX && book_variable(w->then->scope, member.name) != VARIABLES_MAX;
        if (is_new) continue;
        if (span_is(member.name, "types") && member.value.type == JSON_ARRAY) {
            struct json *items = arena_take_array(scratch, member.value.count + 1, sizeof *items);
            size_t count = 0;
            if (items == NULL) return err_make(ERR_MEMORY);
            for (size_t k = 0; k < member.value.count; k++)
                if (is_known_type(w->now, &member.value.items[k]) || !is_known_type(w->then, &member.value.items[k])) items[count++] = member.value.items[k];
            member.value.items = items;
            member.value.count = count;
        }
        ret->members[ret->count++] = member;
    }
    return err_none();
}

// THEN: what the amended law reads of the facts.
static struct err classify(struct what_if *w, const struct json *facts, struct arena *scratch, enum entity_class classes[2], const struct scope_facts **ret_then,
                           struct why *why) {
    const struct scope_facts *read[2];
    const struct scope_view *views[2];
    struct span state;
    struct civil at;
    struct json now;
    TRY(facts_now(w, facts, scratch, &now));
    TRY(scope_place_read(facts, w->state, w->at, &state, &at, why));
    for (int i = 0; i < 2; i++) {
        TRY(view_of(w, i == 1, state, at, scratch, &views[i], why));
        TRY(scope_facts_read(i == 1 ? w->then : w->now, i == 1 ? facts : &now, scratch, &read[i], why));
        classes[i] = scope_classify(views[i], read[i]);
    }
    *ret_then = read[1];
    return err_none();
}

struct err what_if_classify(struct what_if *w, const struct json *facts, struct arena *scratch, enum entity_class *ret_now, enum entity_class *ret_then,
                            struct why *why) {
    enum entity_class classes[2];
    const struct scope_facts *then;
    TRY(classify(w, facts, scratch, classes, &then, why));
    *ret_now = classes[0];
    *ret_then = classes[1];
    return err_none();
}

struct err what_if_add(struct what_if *w, const struct json *facts, struct arena *scratch, struct why *why) {
    enum entity_class classes[2];
    const struct scope_facts *then;
    struct err e = classify(w, facts, scratch, classes, &then, why);
    if (is_err(e) && e.code == ERR_INPUT) w->unread++;
    TRY(e);
    count_put(w, then, classes[0], classes[1]);
    return err_none();
}

void what_if_join(struct what_if *into, const struct what_if *from) {
    into->entities += from->entities;
    into->unread += from->unread;
    for (size_t m = 0; m < MOVES; m++) into->moves[m] += from->moves[m];
    uint64_t *to = &into->counts[0][0][0][0];
    const uint64_t *add = &from->counts[0][0][0][0];
    for (size_t i = 0; i < sizeof into->counts / sizeof *to; i++) to[i] += add[i];
}

uint64_t what_if_count(const struct what_if *w, enum move move) { return w->moves[move]; }
uint64_t what_if_read(const struct what_if *w) { return w->entities; }

struct span what_if_size(const struct what_if *w, size_t size) {
    return size + 1 < w->size_count ? size_name(&w->then->scope->size, size) : SPAN("unknown");
}
