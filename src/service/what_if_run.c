// SPDX-License-Identifier: EUPL-1.2
#include "service/what_if_run.h"

#include <pthread.h>

#include "base/limits.h"
#include "law/pack.h"
#include "service/entity.h"
#include "service/gate_entity.h"

enum { PAGE_ROWS = 500, STEP_PAGES = 10, ROW_BYTES = 4 * 1024 * 1024, KEPT_MS = 10 * 60 * 1000 };
enum { ROW_ID, ROW_NAME, ROW_PROFILE };

struct slot {
    pthread_mutex_t lock; // held by the request that works on the run
    bool is_used;
    int64_t used_ms;
    char id[18], person[LIMIT_NAME_BYTES];
    struct arena arena;
    struct what_if_run run;
};
struct what_if_runs {
    pthread_mutex_t lock; // of the table: which slots are used, by whom
    struct slot slots[LIMIT_WHAT_IF_RUNS];
};

struct what_if_runs *what_if_runs_new(void) {
    struct what_if_runs *runs = mem_take(sizeof *runs);
    if (runs == NULL) return NULL;
    memset(runs, 0, sizeof *runs);
    (void)pthread_mutex_init(&runs->lock, NULL);
    for (size_t i = 0; i < LIMIT_WHAT_IF_RUNS; i++) (void)pthread_mutex_init(&runs->slots[i].lock, NULL);
    return runs;
}

static void slot_empty(struct slot *slot) {
    if (slot->is_used) arena_fini(&slot->arena);
    slot->is_used = false;
}

// A slot for the person, its lock held: the one that she had, a free one, or one that nobody asked for any more.
static struct slot *slot_take(struct what_if_runs *runs, struct span person, int64_t now_ms) {
    struct slot *found = NULL;
    (void)pthread_mutex_lock(&runs->lock);
    for (int pass = 0; pass < 3 && found == NULL; pass++)
        for (size_t i = 0; i < LIMIT_WHAT_IF_RUNS && found == NULL; i++) {
            struct slot *slot = &runs->slots[i];
            bool is_hers = slot->is_used && span_equals(slot->run.person, person), is_old = slot->is_used && now_ms - slot->used_ms > KEPT_MS;
            bool fits = pass == 0 ? is_hers : pass == 1 ? !slot->is_used : is_old;
            if (!fits || pthread_mutex_trylock(&slot->lock) != 0) continue;
            slot_empty(slot);
            found = slot;
        }
    (void)pthread_mutex_unlock(&runs->lock);
    return found;
}

static struct err run_make(struct slot *slot, const struct services *services, const struct what_if_question *question, struct why *why) {
    const struct pack *proposal = law_pack(services->law, question->proposal);
    const struct law *then;
    if (proposal == NULL) return why_set(why, ERR_INPUT, "/proposal", "law.pack", "", "there is no such pack; GET /api/v1/law/packs names them");
    TRY(law_amend(services->law, proposal, question->choices, question->choice_count, &slot->arena, &then, why));
    return what_if_new(services->law, then, services->state, question->at, &slot->arena, &slot->run.what_if, why);
}

struct err what_if_run_begin(const struct services *services, const struct principal *principal, const struct what_if_question *question, int64_t now_ms,
                             struct arena *arena, struct span *ret_id, struct why *why) {
    struct span person = principal->person_id;
    struct slot *slot = services->what_ifs == NULL || person.len >= LIMIT_NAME_BYTES ? NULL : slot_take(services->what_ifs, person, now_ms);
    if (slot == NULL) return why_set(why, ERR_BUSY, "", "what_if.busy", "", "too many of these questions are being counted; ask again in some minutes");
    slot->is_used = true;
    slot->used_ms = now_ms;
    arena_init(&slot->arena, LIMIT_WHAT_IF_BYTES);
    services->random_id('W', slot->id);
    memcpy(slot->person, person.at, person.len);
    slot->run = (struct what_if_run){.id = span_of(slot->id), .person = span_make(slot->person, person.len), .at = question->at, .covers_union = question->covers_union};
    struct err e = run_make(slot, services, question, why);
    *ret_id = arena_copy(arena, slot->run.id);
    if (is_err(e)) slot_empty(slot);
    (void)pthread_mutex_unlock(&slot->lock);
    return e;
}

struct err what_if_run_take(const struct services *services, const struct principal *principal, struct span id, int64_t now_ms, struct what_if_run **ret,
                            struct why *why) {
    struct what_if_runs *runs = services->what_ifs;
    struct slot *found = NULL;
    bool is_held = false;
    if (runs == NULL) return why_set(why, ERR_NOT_FOUND, "", "what_if.unknown", "", "there is no such count of yours; it is kept for ten minutes after it was last asked for");
    (void)pthread_mutex_lock(&runs->lock);
    for (size_t i = 0; i < LIMIT_WHAT_IF_RUNS && found == NULL; i++) {
        struct slot *slot = &runs->slots[i];
        if (!slot->is_used || !span_equals(slot->run.id, id) || !span_equals(slot->run.person, principal->person_id)) continue;
        found = slot;
        is_held = pthread_mutex_trylock(&slot->lock) == 0;
        if (is_held) slot->used_ms = now_ms;
    }
    (void)pthread_mutex_unlock(&runs->lock);
    if (found == NULL) return why_set(why, ERR_NOT_FOUND, "", "what_if.unknown", "", "there is no such count of yours; it is kept for ten minutes after it was last asked for");
    if (!is_held) return why_set(why, ERR_BUSY, "", "what_if.busy", "", "another request is counting this; ask again");
    *ret = &found->run;
    return err_none();
}

void what_if_run_give(const struct services *services, struct what_if_run *run) {
    for (size_t i = 0; run != NULL && i < LIMIT_WHAT_IF_RUNS; i++)
        if (&services->what_ifs->slots[i].run == run) (void)pthread_mutex_unlock(&services->what_ifs->slots[i].lock);
}

// --- entries of the register ---

struct looking {
    const struct services *services;
    struct store_conn *conn;
    const struct principal *principal;
    int64_t now_ms;
    struct gate_list gate;
    struct arena one; // for an entry
};

// The facts of a row; *RET_IS_LISTED false: the entry is in no list for this person.
static struct err facts_of(struct looking *l, const struct rows *rows, size_t row, struct json *ret, struct span *ret_name, bool *ret_is_listed, struct why *why) {
    struct json profile;
    arena_reset(&l->one);
    TRY(gate_entity_name(&l->gate, l->services, l->conn, l->principal, l->now_ms, rows_span(rows, row, ROW_ID), rows_span(rows, row, ROW_NAME), &l->one, ret_name, why));
    *ret_is_listed = ret_name->at != NULL;
    *ret = (struct json){.type = JSON_NULL}; // what can't be read is counted as unread
    if (!*ret_is_listed || is_err(json_parse(&l->one, rows_span(rows, row, ROW_PROFILE), &profile, NULL))) return err_none();
    return entity_scope_facts(l->services, &profile, &l->one, ret);
}

static struct err looking_begin(struct looking *l, const struct services *services, struct store_conn *conn, const struct principal *principal, int64_t now_ms,
                                struct arena *arena, struct why *why) {
    *l = (struct looking){.services = services, .conn = conn, .principal = principal, .now_ms = now_ms};
    TRY(gate_list_load(conn, now_ms, arena, &l->gate, why));
    arena_init(&l->one, ROW_BYTES);
    return err_none();
}

static struct err page_read(struct store_conn *conn, struct span after, size_t count, struct arena *arena, struct rows *ret, struct why *why) {
    struct value params[] = {value_text(after.at == NULL ? SPAN("") : after), value_int((int64_t)count)};
    return store_read(conn, STMT_WHAT_IF_PAGE, params, 2, arena, ret, why);
}

static struct err page_count(struct what_if_run *run, struct looking *l, struct arena *arena, struct why *why) {
    struct rows rows;
    arena_reset(arena);
    TRY(page_read(l->conn, run->last, PAGE_ROWS, arena, &rows, why));
    for (size_t i = 0; i < rows.count; i++) {
        struct json facts;
        struct span name;
        bool is_listed;
        struct why unread = {0};
        TRY(facts_of(l, &rows, i, &facts, &name, &is_listed, why));
        if (!is_listed) continue;
        struct err e = what_if_add(run->what_if, &facts, &l->one, &unread);
        if (is_err(e) && e.code != ERR_INPUT) return why_set(why, e.code, unread.field, unread.rule, unread.article, "%s", unread.words);
    }
    run->looked_at += rows.count;
    run->is_done = rows.count < PAGE_ROWS;
    if (rows.count == 0) return err_none();
    struct span last = rows_span(&rows, rows.count - 1, ROW_ID);
    memcpy(run->last_id, last.at, last.len < sizeof run->last_id ? last.len : sizeof run->last_id);
    run->last = span_make(run->last_id, last.len < sizeof run->last_id ? last.len : sizeof run->last_id);
    return err_none();
}

struct err what_if_run_step(struct what_if_run *run, const struct services *services, struct store_conn *conn, const struct principal *principal, int64_t now_ms,
                            struct arena *arena, struct why *why) {
    struct looking l;
    struct arena page;
    if (run->is_done) return err_none();
    TRY(looking_begin(&l, services, conn, principal, now_ms, arena, why));
    arena_init(&page, LIMIT_WHAT_IF_BYTES);
    struct err e = err_none();
    for (int i = 0; i < STEP_PAGES && !run->is_done && !is_err(e); i++) e = page_count(run, &l, &page, why);
    arena_fini(&page);
    arena_fini(&l.one);
    return e;
}

static struct err entries_read(struct what_if_run *run, struct looking *l, const struct rows *rows, enum move move, struct arena *arena, struct what_if_entry *into,
                               size_t *count, struct why *why) {
    for (size_t i = 0; i < rows->count; i++) {
        struct what_if_entry entry;
        struct json facts;
        bool is_listed;
        struct why unread = {0};
        TRY(facts_of(l, rows, i, &facts, &entry.name, &is_listed, why));
        if (!is_listed || is_err(what_if_classify(run->what_if, &facts, &l->one, &entry.from, &entry.to, &unread)) || entry.from == entry.to) continue;
        if (move != MOVES && move_between(entry.from, entry.to) != move) continue;
        entry.id = rows_span(rows, i, ROW_ID);
        entry.name = arena_copy(arena, entry.name);
        into[(*count)++] = entry;
    }
    return err_none();
}

struct err what_if_run_entries(struct what_if_run *run, const struct services *services, struct store_conn *conn, const struct principal *principal, enum move move,
                               struct span after, size_t window, int64_t now_ms, struct arena *arena, struct what_if_entry **ret, size_t *ret_count,
                               struct span *ret_next, struct why *why) {
    struct looking l;
    struct rows rows;
    size_t count = 0;
    struct what_if_entry *entries = arena_take_array(arena, window + 1, sizeof *entries);
    if (entries == NULL) return err_make(ERR_MEMORY);
    TRY(page_read(conn, after, window, arena, &rows, why));
    TRY(looking_begin(&l, services, conn, principal, now_ms, arena, why));
    struct err e = entries_read(run, &l, &rows, move, arena, entries, &count, why);
    arena_fini(&l.one);
    TRY(e);
    *ret = entries;
    *ret_count = count;
    *ret_next = rows.count == window ? rows_span(&rows, rows.count - 1, ROW_ID) : span_make(NULL, 0);
    return err_none();
}
