// SPDX-License-Identifier: EUPL-1.2
/* varde law what-if: a register classified by the law in force and by the law as a proposal would make it. */
#include "law/what_if.h"

#include "cli/commands.h"
#include "cli/offline.h"
#include "cli/packs.h"
#include "cli/print.h"
#include "law/register_csv.h"
#include "law/register_line.h"
#include "os/clock.h"
#include "os/file.h"
#include "service/entity.h"

enum { REGISTER_BYTES = 1024 * 1024 * 1024, LINE_ARENA_BYTES = 8 * 1024 * 1024, TEXT_BYTES = 64 * 1024 * 1024, CHOSEN_MAX = 16, PAGE_ROWS = 200 };
#define LINES_NAMED 20 // unreadable lines that are named one by one

struct inquiry_of {
    const struct call *call;
    const struct law *now, *then;
    struct arena arena, scratch;
    struct span state;
    struct civil at;
    struct what_if *what_if;
    size_t lines, named;
};

static void line_refused(struct inquiry_of *q, const struct why *why) {
    if (q->named++ < LINES_NAMED) (void)fprintf(stderr, "line %zu: %s%s%s\n", q->lines, why->field, why->field[0] != '\0' ? ": " : "", why->words);
}

// A fault of one line is named and counted, and ends nothing.
static struct err facts_add(struct inquiry_of *q, const struct json *facts, struct why *why) {
    struct why reason = {0};
    struct err e = what_if_add(q->what_if, facts, &q->scratch, &reason);
    if (!is_err(e)) return e;
    if (e.code == ERR_INPUT) {
        line_refused(q, &reason);
        return err_none();
    }
    return why_set(why, e.code, reason.field, reason.rule, reason.article, "%s", reason.words);
}

static struct err csv_add(struct inquiry_of *q, struct span csv, struct why *why) {
    struct register_csv *reader;
    TRY(register_csv_open(q->then, csv, &q->arena, &reader, why));
    for (;;) {
        struct register_line line;
        arena_reset(&q->scratch);
        TRY(register_csv_next(reader, &q->scratch, &line, why));
        if (line.is_end) return err_none();
        q->lines = line.line;
        struct json nothing = {.type = JSON_NULL};
        if (line.is_bad) line_refused(q, &line.reason);
        struct why unread = {0};
        if (line.is_bad) (void)is_err(what_if_add(q->what_if, &nothing, &q->scratch, &unread)); // counted as unread
        else TRY(facts_add(q, &line.facts, why));
    }
}

static struct err lines_add(struct inquiry_of *q, struct span text, struct why *why) {
    const struct register_fields *fields;
    TRY(register_fields_new(q->then, &q->arena, &fields, why));
    for (size_t at = 0; at < text.len;) {
        size_t end = span_find(text, '\n', at);
        struct span line = span_trim(span_part(text, at, end));
        at = end + 1;
        q->lines++;
        if (line.len == 0) continue;
        arena_reset(&q->scratch);
        struct json facts = {.type = JSON_NULL};
        struct why reason = {0};
        struct err e = register_line_facts(fields, line, &q->scratch, &facts, &reason);
        if (is_err(e) && e.code == ERR_MEMORY) return why_set(why, e.code, NULL, "register.memory", NULL, "line %zu does not fit into memory", q->lines);
        if (is_err(e)) line_refused(q, &reason);
        struct why unread = {0};
        if (is_err(e)) (void)is_err(what_if_add(q->what_if, &facts, &q->scratch, &unread));
        else TRY(facts_add(q, &facts, why));
    }
    return err_none();
}

// --- a node's register ---

static struct err profiles_add(struct inquiry_of *q, const struct offline *node, const struct rows *page, struct arena *arena, struct why *why) {
    struct json ids = {.type = JSON_ARRAY, .items = arena_take_array(arena, page->count + 1, sizeof *ids.items)};
    struct span text;
    struct rows rows;
    if (ids.items == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < page->count; i++) ids.items[ids.count++] = json_from_string(rows_span(page, i, 0));
    TRY(json_canonical_text(arena, &ids, &text));
    struct value param = value_text(text);
    TRY(store_read(node->conn, STMT_SELECTION_PROFILES, &param, 1, arena, &rows, why));
    for (size_t i = 0; i < rows.count; i++) {
        struct entity entity;
        struct json facts;
        arena_reset(&q->scratch);
        q->lines++;
        TRY(entity_of_row(&rows, i, &q->scratch, &entity, why));
        TRY(entity_scope_facts(&node->services, &entity.profile, &q->scratch, &facts));
        TRY(facts_add(q, &facts, why));
    }
    return err_none();
}

static struct err node_add(struct inquiry_of *q, const struct offline *node, struct why *why) {
    struct arena arena;
    struct value after[2] = {value_text(SPAN("")), value_text(SPAN(""))};
    struct err e = err_none();
    struct buf last;
    buf_init(&last, NULL, 64 * 1024);
    arena_init(&arena, (size_t)64 * 1024 * 1024);
    for (bool is_more = true; is_more && !is_err(e);) {
        struct rows page;
        struct value params[] = {after[0], after[1], value_int(PAGE_ROWS), value_null(), value_null(), value_null(), value_null(), value_null()};
        arena_reset(&arena);
        e = store_read(node->conn, STMT_ENTITY_PAGE, params, 8, &arena, &page, why);
        is_more = !is_err(e) && page.count == PAGE_ROWS;
        if (!is_err(e) && page.count > 0) e = profiles_add(q, node, &page, &arena, why);
        if (!is_more || is_err(e)) continue;
        struct span name = rows_span(&page, page.count - 1, 10), id = rows_span(&page, page.count - 1, 0);
        buf_clear(&last);
        buf_add(&last, name);
        buf_add(&last, id);
        after[0] = value_text(span_part(buf_span(&last), 0, name.len));
        after[1] = value_text(span_part(buf_span(&last), name.len, last.len));
    }
    arena_fini(&arena);
    buf_fini(&last);
    return e;
}

// --- the command ---

static int choices_of(const struct call *call, struct law_choice *chosen, size_t *ret_count) {
    size_t at = 0;
    *ret_count = 0;
    for (const char *text = call_option_next(call, "--choose", &at); text != NULL; text = call_option_next(call, "--choose", &at)) {
        struct span both = span_of(text);
        size_t equals = span_find(both, '=', 0);
        if (equals == both.len || *ret_count == CHOSEN_MAX) return call_misuse(call, "--choose %s: NAME=VALUE is expected", text);
        chosen[(*ret_count)++] = (struct law_choice){span_part(both, 0, equals), span_part(both, equals + 1, both.len)};
    }
    return EXIT_DONE;
}

static struct err register_add(struct inquiry_of *q, struct why *why) {
    const char *path = call_argument(q->call, 1);
    struct span text;
    TRY(input_read(&q->arena, path, REGISTER_BYTES, &text, why));
    struct span first = span_trim(span_part(text, 0, text.len < 4096 ? text.len : 4096));
    return first.len > 0 && first.at[0] == '{' ? lines_add(q, text, why) : csv_add(q, text, why);
}

static void result_print(struct inquiry_of *q, struct span lang) {
    bool covers_union = call_has(q->call, "--union");
    struct buf text;
    buf_init(&text, NULL, TEXT_BYTES);
    arena_reset(&q->scratch);
    if (call_has(q->call, "--json")) {
        struct json_out out;
        json_out_init(&out, &text);
        what_if_write_json(&out, q->what_if, covers_union, lang, &q->scratch);
        buf_add_byte(&text, '\n');
    } else if (call_has(q->call, "--csv")) {
        what_if_write_csv(&text, q->what_if, covers_union, lang, &q->scratch);
    } else {
        what_if_write_text(&text, q->what_if, covers_union, lang, &q->scratch);
    }
    print_span(buf_span(&text));
    buf_fini(&text);
}

static struct err count_all(struct inquiry_of *q, const struct law *law, const struct law_choice *chosen, size_t count, struct offline *node, struct why *why) {
    const struct pack *proposal = law_pack(law, span_of(call_argument(q->call, 0)));
    if (proposal == NULL) return why_set(why, ERR_INPUT, "pack", "law.pack", NULL, "there is no pack %s (varde law list names them)", call_argument(q->call, 0));
    q->now = law;
    TRY(law_amend(law, proposal, chosen, count, &q->arena, &q->then, why));
    TRY(what_if_new(q->now, q->then, q->state, q->at, &q->arena, &q->what_if, why));
    return node != NULL ? node_add(q, node, why) : register_add(q, why);
}

static bool is_node_directory(const char *path) {
    struct arena arena;
    arena_init(&arena, 64 * 1024);
    struct span file = arena_printf(&arena, "%s/varde.yaml", path);
    bool is_node = file.at != NULL && file_exists((const char *)file.at);
    arena_fini(&arena);
    return is_node;
}

static int what_if_run(const struct call *call) {
    const char *at = call_option(call, "--at");
    struct law_choice chosen[CHOSEN_MAX];
    size_t count;
    int code = choices_of(call, chosen, &count);
    if (code != EXIT_DONE) return code;
    struct inquiry_of q = {.call = call, .state = span_of(call_option(call, "--state")), .at = wall_at(clock_now_ms(), 0).date};
    if (at != NULL && !civil_parse(span_of(at), &q.at)) return call_misuse(call, "--at %s is no date like 2026-11-22", at);
    struct packs packs;
    struct offline node;
    struct why why = {0};
    bool is_node = is_node_directory(call_argument(call, 1));
    struct err e = is_node ? offline_open(&node, call_argument(call, 1), &why) : packs_open(&packs, call_option(call, "--law"), &why);
    if (is_err(e)) {
        if (is_node) offline_close(&node);
        return call_fail(call, e, &why);
    }
    if (is_node && q.state.len == 0) q.state = node.services.state;
    arena_init(&q.arena, 2 * (size_t)REGISTER_BYTES);
    arena_init(&q.scratch, LINE_ARENA_BYTES);
    e = count_all(&q, is_node ? node.services.law : packs.law, chosen, count, is_node ? &node : NULL, &why);
    if (!is_err(e)) result_print(&q, call_has(call, "--lang") ? span_of(call_option(call, "--lang")) : SPAN("en"));
    code = is_err(e) ? call_fail(call, e, &why) : q.named > 0 ? EXIT_NO : EXIT_DONE;
    arena_fini(&q.scratch);
    arena_fini(&q.arena);
    if (is_node) offline_close(&node);
    else packs_close(&packs);
    return code;
}

static const struct option WHAT_IF_OPTIONS[] = {
    {"--choose", "NAME=VALUE", "a reading of what is not settled (varde law show PACK names the choices); may be repeated"},
    {"--state", "XX", "the state whose law is asked for, where a line names none (Greece is EL)"},
    {"--at", "DATE", "the law of this day instead of today's"},
    {"--union", NULL, "the register covers the Union: say so instead of \"not comparable\""},
    {"--lang", "LANG", "language of the words, where the packs have it (default: en)"},
    {"--law", "DIR", "use the packs in this directory instead of those built in"},
    {"--csv", NULL, "answer in CSV"},
    {"--json", NULL, "answer in JSON"},
    {NULL, NULL, NULL},
};
const struct command law_what_if_command = {
    .name = "law what-if",
    .arguments = "PACK REGISTER",
    .summary = "Say who would leave, enter or change class if a proposal became law",
    .help = "PACK is a proposal (a pack without date), for example eu/com-2026-13. REGISTER is CSV as varde scope takes it, one JSON object\n"
            "a line as varde import takes it, or the directory of a node that is not running. Each entity is classified by the law in force\n"
            "and by the law as proposed; the answer counts by sector and size.\n\n"
            "It is an unofficial reading of secondary sources and says so first. No node ever applies a proposal. Exit code 1 where lines\n"
            "could not be read; the first of them are named.",
    .options = WHAT_IF_OPTIONS,
    .run = what_if_run,
};
