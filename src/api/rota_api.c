// SPDX-License-Identifier: EUPL-1.2
/* Who is on call at an office, where nobody is, and who can't be reached. */
#include "api/access_json.h"
#include "api/resources.h"
#include "service/reach.h"

enum { TURNS_MOST = 1000, GAP_DAYS = 14, STEPS = 3 };
#define PARAMS(...) ((const struct value[]){__VA_ARGS__}), sizeof((const struct value[]){__VA_ARGS__}) / sizeof(struct value)
#define TURN_MOST_MS (366 * MS_PER_DAY)

static const char *const STEP_NAMES[STEPS + 1] = {"", "first", "second", "head"};

struct turn {
    int64_t step, from_ms, until_ms;
    struct span person;
};

// --- reading ---

struct gaps {
    struct json_out *out;
    struct arena *arena;
    const struct rows *turns, *absences;
    int64_t from_ms, until_ms; // of the time looked at
};

// ROW of turns is whose turn it is but who is away; SIZE_MAX: nobody's.
static void write_gap(const struct gaps *g, int64_t step, int64_t from_ms, int64_t until_ms, size_t row) {
    json_out_object(g->out);
    json_out_member_text(g->out, "step", STEP_NAMES[step]);
    json_out_member_string(g->out, "from", instant_text(g->arena, from_ms));
    json_out_member_string(g->out, "until", instant_text(g->arena, until_ms));
    if (row != SIZE_MAX) {
        json_out_member_string(g->out, "person", rows_span(g->turns, row, 3));
        json_out_member_string(g->out, "name", rows_span(g->turns, row, 4));
    }
    json_out_object_end(g->out);
}

// When whose turn it is, is away. Absences come in the order of their beginnings and may overlap.
static void write_absences(const struct gaps *g, size_t row) {
    int64_t at_ms = rows_int(g->turns, row, 1) > g->from_ms ? rows_int(g->turns, row, 1) : g->from_ms;
    int64_t end_ms = rows_int(g->turns, row, 2) < g->until_ms ? rows_int(g->turns, row, 2) : g->until_ms;
    for (size_t i = 0; i < g->absences->count && at_ms < end_ms; i++) {
        int64_t from_ms = rows_int(g->absences, i, 1) > at_ms ? rows_int(g->absences, i, 1) : at_ms;
        int64_t until_ms = rows_int(g->absences, i, 2) < end_ms ? rows_int(g->absences, i, 2) : end_ms;
        if (until_ms <= from_ms || !span_equals(rows_span(g->absences, i, 0), rows_span(g->turns, row, 3))) continue;
        write_gap(g, rows_int(g->turns, row, 0), from_ms, until_ms, row);
        at_ms = until_ms;
    }
}

// Where nobody who is there stands on the step. Turns of a step do not overlap and come in order.
static void write_gaps(const struct gaps *g, int64_t step) {
    int64_t at_ms = g->from_ms;
    for (size_t i = 0; i <= g->turns->count && at_ms < g->until_ms; i++) {
        bool is_end = i == g->turns->count;
        if (!is_end && rows_int(g->turns, i, 0) != step) continue;
        int64_t next_ms = is_end || rows_int(g->turns, i, 1) > g->until_ms ? g->until_ms : rows_int(g->turns, i, 1);
        if (next_ms > at_ms) write_gap(g, step, at_ms, next_ms, SIZE_MAX);
        if (is_end) return;
        write_absences(g, i);
        if (rows_int(g->turns, i, 2) > at_ms) at_ms = rows_int(g->turns, i, 2);
    }
}

static struct err write_now(struct api_request *request, struct json_out *out, struct store_conn *conn, struct span office, struct why *why) {
    json_out_name(out, "now");
    json_out_object(out);
    for (int64_t step = 1; step <= STEPS; step++) {
        struct rows person;
        TRY(store_read(conn, STMT_ROTA_AT, PARAMS(value_text(office), value_int(step), value_int(request->received_ms)), request->arena, &person, why));
        json_out_name(out, STEP_NAMES[step]);
        if (person.count == 0 || rows_int(&person, 0, 1) != 0) json_out_null(out); // nobody, or who is away
        else json_out_string(out, rows_span(&person, 0, 0));
    }
    json_out_object_end(out);
    return err_none();
}

static struct err write_unreachable(struct api_request *request, struct json_out *out, struct store_conn *conn, const struct rows *turns, struct why *why) {
    json_out_name(out, "unreachable");
    json_out_array(out);
    for (size_t i = 0; i < turns->count; i++) {
        struct reach_list *list = ARENA_NEW(request->arena, struct reach_list);
        bool is_seen = false;
        if (list == NULL) return err_make(ERR_MEMORY);
        for (size_t k = 0; k < i; k++) is_seen = is_seen || span_equals(rows_span(turns, k, 3), rows_span(turns, i, 3));
        if (is_seen) continue;
        TRY(reach_person(conn, rows_span(turns, i, 3), request->arena, list, why));
        if (list->count == 0) json_out_string(out, rows_span(turns, i, 3));
    }
    json_out_array_end(out);
    return err_none();
}

static struct err write_rota(struct api_request *request, struct api_response *response, struct store_conn *conn, struct why *why) {
    struct arena *arena = request->arena;
    struct span office = request->params[0];
    struct rows rota, turns, absences;
    struct json_out out;
    const struct gaps gaps = {.out = &out, .arena = arena, .turns = &turns, .absences = &absences, .from_ms = request->received_ms,
                              .until_ms = request->received_ms + GAP_DAYS * MS_PER_DAY};
    TRY(store_read(conn, STMT_ROTA_GET, PARAMS(value_text(office)), arena, &rota, why));
    TRY(store_read(conn, STMT_ROTA_TURNS, PARAMS(value_text(office), value_int(request->received_ms - 7 * MS_PER_DAY)), arena, &turns, why));
    TRY(store_read(conn, STMT_ROTA_ABSENCES, PARAMS(value_text(office), value_int(gaps.from_ms), value_int(gaps.until_ms)), arena, &absences, why));
    if (api_etag(request, response, office, rota.count == 0 ? 0 : rows_int(&rota, 0, 0)) && span_is(request->method, "GET")) return err_none();
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_member_string(&out, "office", office);
    const struct reach_office *own = reach_office_find(request->services, office);
    json_out_member_int(&out, "page_after_s", own != NULL ? own->page_after_ms / 1000 : 0);
    TRY(write_now(request, &out, conn, office, why));
    json_out_name(&out, "turns");
    json_out_array(&out);
    for (size_t i = 0; i < turns.count; i++) {
        json_out_object(&out);
        json_out_member_string(&out, "person", rows_span(&turns, i, 3));
        json_out_member_string(&out, "name", rows_span(&turns, i, 4));
        json_out_member_text(&out, "step", STEP_NAMES[rows_int(&turns, i, 0)]);
        json_out_member_string(&out, "from", instant_text(arena, rows_int(&turns, i, 1)));
        json_out_member_string(&out, "until", instant_text(arena, rows_int(&turns, i, 2)));
        json_out_object_end(&out);
    }
    json_out_array_end(&out);
    json_out_name(&out, "gaps");
    json_out_array(&out);
    for (int64_t step = 1; step <= STEPS; step++) write_gaps(&gaps, step);
    json_out_array_end(&out);
    TRY(write_unreachable(request, &out, conn, &turns, why));
    json_out_object_end(&out);
    return err_none();
}

static struct err know_office(const struct api_request *request, struct why *why) {
    if (access_office_find(request->services->access, request->params[0]) == NULL ||
        (!access_has_role_at(&request->principal, request->params[0], ROLE_READER) && !(request->principal.is_administrator && request->principal.is_totp_done)))
        return why_set(why, ERR_NOT_FOUND, "", "rota.office", "", "there is no such office of yours");
    return err_none();
}

static struct err get_rota(struct api_request *request, struct api_response *response, struct why *why) {
    TRY(know_office(request, why));
    return write_rota(request, response, request->conn, why);
}

// --- setting ---

struct rota_ctx {
    size_t count;
    struct turn *turns;
    int64_t version;
};

static struct err turn_refuse(size_t i, const char *name, struct why *why, const char *words) {
    char field[64] = "/turns/";
    struct buf text;
    buf_init(&text, NULL, sizeof field);
    buf_printf(&text, "/turns/%zu%s", i, name);
    if (text.len < sizeof field) memcpy(field, text.at, text.len);
    field[text.len < sizeof field ? text.len : 0] = '\0';
    buf_fini(&text);
    return why_set(why, ERR_INPUT, field, "rota.turn", "", "%s", words);
}

struct known {
    struct rows people, turns; // who may be on call; what the rota says now
};

// Who may be on call and, where the turn is over, who was: what stands in the rota of what is past may stay, whoever left since.
static bool knows_person(const struct known *known, const struct turn *turn, int64_t now_ms) {
    for (size_t k = 0; k < known->people.count; k++)
        if (span_equals(rows_span(&known->people, k, 0), turn->person)) return true;
    for (size_t k = 0; k < known->turns.count && turn->until_ms <= now_ms; k++)
        if (span_equals(rows_span(&known->turns, k, 3), turn->person) && rows_int(&known->turns, k, 0) == turn->step &&
            rows_int(&known->turns, k, 1) <= turn->from_ms && rows_int(&known->turns, k, 2) >= turn->until_ms)
            return true;
    return false;
}

static struct err read_turn(const struct api_request *request, const struct known *known, const struct json *row, size_t i, struct turn *ret, struct why *why) {
    static const char *const NAMES[] = {"person", "step", "from", "until", "name", NULL};
    struct span step;
    if (row->type != JSON_OBJECT) return turn_refuse(i, "", why, "a turn is an object");
    TRY(api_members_only(row, NAMES, why));
    TRY(api_member_text(row, "person", 32, &ret->person, why));
    TRY(api_member_text(row, "step", 16, &step, why));
    TRY(member_instant_read(row, "from", INSTANT_NONE, &ret->from_ms, why));
    TRY(member_instant_read(row, "until", INSTANT_NONE, &ret->until_ms, why));
    ret->step = 1;
    while (ret->step <= STEPS && !span_is(step, STEP_NAMES[ret->step])) ret->step++;
    if (ret->step > STEPS) return turn_refuse(i, "/step", why, "step is first, second or head");
    if (ret->from_ms == INSTANT_NONE || ret->until_ms == INSTANT_NONE || ret->until_ms <= ret->from_ms || ret->until_ms - ret->from_ms > TURN_MOST_MS)
        return turn_refuse(i, "/until", why, "a turn goes from an instant until a later one, a year at most");
    if (knows_person(known, ret, request->received_ms)) return err_none();
    return turn_refuse(i, "/person", why, "only officers and heads of the office can be on call");
}

static struct err set_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context, struct why *why) {
    (void)edge;
    const struct rota_ctx *ctx = context;
    struct span office = request->params[0];
    struct rows rota;
    TRY(store_read(conn, STMT_ROTA_GET, PARAMS(value_text(office)), request->arena, &rota, why));
    int64_t version = rota.count == 0 ? 0 : rows_int(&rota, 0, 0);
    TRY(api_if_match(request, office, version, why));
    TRY(store_write(conn, STMT_ROTA_PUT, PARAMS(value_text(office), value_int(version + 1), value_int(now_ms), value_text(request->principal.person_id)), NULL, why));
    TRY(store_write(conn, STMT_ROTA_CLEAR, PARAMS(value_text(office)), NULL, why));
    for (size_t i = 0; i < ctx->count; i++)
        TRY(store_write(conn, STMT_ROTA_TURN_ADD,
                        PARAMS(value_text(office), value_int(ctx->turns[i].step), value_int(ctx->turns[i].from_ms), value_int(ctx->turns[i].until_ms),
                               value_text(ctx->turns[i].person)),
                        NULL, why));
    return err_none();
}

static struct err set_render(struct api_request *request, struct api_response *response, struct store_conn *reader, void *context, struct why *why) {
    (void)context;
    return write_rota(request, response, reader, why);
}

static struct err put_rota(struct api_request *request, struct api_response *response, struct why *why) {
    static const char *const NAMES[] = {"turns", NULL};
    struct rota_ctx *ctx = ARENA_NEW(request->arena, struct rota_ctx);
    struct known known;
    struct json body;
    TRY(know_office(request, why));
    if (!access_has_role_at(&request->principal, request->params[0], ROLE_OFFICER))
        return why_set(why, ERR_DENIED, "", "access.office", "", "the rota is set by officers of the office");
    TRY(api_body(request, &body, why));
    TRY(api_members_only(&body, NAMES, why));
    const struct json *turns = json_get(&body, "turns");
    if (ctx == NULL) return err_make(ERR_MEMORY);
    if (turns == NULL || turns->type != JSON_ARRAY || turns->count > TURNS_MOST)
        return why_set(why, ERR_INPUT, "/turns", "api.type", "", "turns must be a list of at most %d", (int)TURNS_MOST);
    ctx->turns = arena_take_array(request->arena, turns->count + 1, sizeof *ctx->turns);
    if (ctx->turns == NULL) return err_make(ERR_MEMORY);
    TRY(store_read(request->conn, STMT_OFFICE_PEOPLE, PARAMS(value_text(request->params[0]), value_int(ROLE_OFFICER)), request->arena, &known.people, why));
    TRY(store_read(request->conn, STMT_ROTA_TURNS, PARAMS(value_text(request->params[0]), value_int(0)), request->arena, &known.turns, why));
    for (size_t i = 0; i < turns->count; i++, ctx->count++) {
        TRY(read_turn(request, &known, &turns->items[i], i, &ctx->turns[i], why));
        for (size_t k = 0; k < i; k++)
            if (ctx->turns[k].step == ctx->turns[i].step && ctx->turns[k].from_ms < ctx->turns[i].until_ms && ctx->turns[i].from_ms < ctx->turns[k].until_ms)
                return turn_refuse(i, "/from", why, "two turns of the same step overlap");
    }
    return api_write(request, response, set_apply, set_render, ctx, false);
}

const struct route routes_rota[] = {
    {"GET", "/api/v1/offices/{office}/rota", get_rota, AUTH_KNOWN, SCOPE_READ, RATE_READ, "reach", "Who is on call, now and later, and where nobody is", NULL, "Rota", 200, NULL, false},
    {"PUT", "/api/v1/offices/{office}/rota", put_rota, AUTH_KNOWN, SCOPE_MANAGE, RATE_FILE, "reach", "Set the rota as a whole", "RotaNew", "Rota", 200, NULL, false},
    {0},
};
