// SPDX-License-Identifier: EUPL-1.2
#include "service/release_op.h"

#include "service/effects.h"
#include "service/notice.h"

static bool is_op(const struct json *op, const char *name) { return span_is(json_get_string(op, "op"), name); }

static struct span json_bytes(struct arena *arena, const struct json *value) {
    struct buf buf;
    buf_init(&buf, arena, LIMIT_JSON_BYTES * 2);
    return is_err(json_canonical(&buf, value)) ? span_make(NULL, 0) : buf_span(&buf);
}

size_t release_recipients(const struct json *op, struct arena *arena, const struct span **ret) {
    static const struct { const char *many, *one, *prefix; } KINDS[] = {{"states", "state", "state:"}, {"bodies", "body", "body:"}, {"offices", "office", "office:"}};
    size_t most = 1, count = 0;
    for (size_t k = 0; k < 3; k++) {
        const struct json *many = json_get(op, KINDS[k].many);
        most += 1 + (many != NULL && many->type == JSON_ARRAY ? many->count : 0);
    }
    struct span *out = arena_take_array(arena, most, sizeof *out);
    for (size_t k = 0; out != NULL && k < 3; k++) {
        const struct json *many = json_get(op, KINDS[k].many);
        struct span one = json_get_string(op, KINDS[k].one);
        for (size_t i = 0; many != NULL && many->type == JSON_ARRAY && i < many->count; i++)
            out[count++] = arena_printf(arena, "%s%.*s", KINDS[k].prefix, SPAN_FMT(many->items[i].string));
        if (one.len > 0) out[count++] = arena_printf(arena, "%s%.*s", KINDS[k].prefix, SPAN_FMT(one));
    }
    *ret = out;
    return count;
}

size_t release_proposed(const struct json *proposal, struct arena *arena, const struct span **ret) {
    const struct json *to = json_get(proposal, "to"), *states = json_get(to, "states");
    struct span body = json_get_string(to, "body"), office = json_get_string(to, "office_kind");
    struct span *out = arena_take_array(arena, 2 + (states == NULL ? 0 : states->count), sizeof *out);
    size_t count = 0;
    for (size_t i = 0; out != NULL && states != NULL && i < states->count; i++) out[count++] = arena_printf(arena, "state:%.*s", SPAN_FMT(states->items[i].string));
    if (out != NULL && body.len > 0) out[count++] = arena_printf(arena, "body:%.*s", SPAN_FMT(body));
    if (out != NULL && office.len > 0) out[count++] = arena_printf(arena, "office:%.*s", SPAN_FMT(office));
    *ret = out;
    return count;
}

// --- doing ---

static struct err put(struct store_conn *conn, const struct effects_of *of, const struct json *op, struct span case_id, struct span state, bool is_released,
                      struct arena *arena, struct why *why) {
    const struct span *to;
    size_t count = release_recipients(op, arena, &to);
    for (size_t i = 0; i < count; i++) {
        struct value params[] = {value_text(of->filing_id), value_text(to[i]), value_text(case_id), value_text(json_get_string(op, "filing")), value_text(state),
                                 is_released ? value_int(of->recorded_ms) : value_null(), value_int(of->recorded_ms), value_text(json_bytes(arena, op))};
        TRY(store_write(conn, STMT_DISCLOSURE_PUT, params, sizeof params / sizeof params[0], NULL, why));
    }
    return err_none();
}

static struct err recall_one(struct store_conn *conn, const struct effects_of *of, struct span release, struct span recipient, struct why *why) {
    struct value params[] = {value_text(release), value_text(recipient), value_int(of->recorded_ms), value_text(of->filing_id)};
    size_t changed = 0;
    TRY(store_write(conn, STMT_DISCLOSURE_RECALL, params, 4, &changed, why));
    return changed == 0 || of->is_rebuild ? err_none() : notice_recall(conn, release, recipient, of->recorded_ms, why);
}

// All recipients of a release where the recall names none.
static struct err recall(struct store_conn *conn, const struct effects_of *of, const struct json *op, struct arena *arena, struct why *why) {
    const struct span *to;
    struct span release = json_get_string(op, "release");
    size_t count = release_recipients(op, arena, &to);
    for (size_t i = 0; i < count; i++) TRY(recall_one(conn, of, release, to[i], why));
    if (count > 0) return err_none();
    struct value id = value_text(release);
    struct rows rows;
    TRY(store_read(conn, STMT_DISCLOSURES_OF_RELEASE, &id, 1, arena, &rows, why));
    for (size_t i = 0; i < rows.count; i++) TRY(recall_one(conn, of, release, rows_span(&rows, i, 0), why));
    return err_none();
}

static struct err disclosure_op(struct store_conn *conn, const struct effects_of *of, const struct json *op, struct span case_id, struct arena *arena,
                                struct why *why) {
    struct span as = json_get_string(op, "as");
    const struct span *to;
    if (span_is(as, "held") || span_is(as, "refused")) return put(conn, of, op, case_id, as, false, arena, why);
    if (span_is(as, "recalled")) return recall(conn, of, op, arena, why);
    size_t count = release_recipients(op, arena, &to);
    for (size_t i = 0; i < count; i++) {
        struct value params[] = {value_text(json_get_string(op, "release")), value_text(to[i]), value_text(as), value_int(of->recorded_ms), value_text(of->filing_id)};
        TRY(store_write(conn, STMT_DISCLOSURE_MOVE, params, 5, NULL, why));
    }
    return err_none();
}

static struct err standing_op(struct store_conn *conn, const struct effects_of *of, const struct json *op, struct span case_id, struct arena *arena, struct why *why) {
    struct stamp until = {.ms = 0};
    if (span_is(json_get_string(op, "as"), "revoke")) {
        struct value params[] = {value_text(json_get_string(op, "standing")), value_text(of->filing_id)};
        return store_write(conn, STMT_STANDING_REVOKE, params, 2, NULL, why);
    }
    (void)is_err(stamp_parse(json_get_string(op, "until"), NULL, "", &until, NULL)); // without an end it has ended
    struct value params[] = {value_text(of->filing_id), value_text(case_id), value_int(until.ms), value_text(json_bytes(arena, op))};
    return store_write(conn, STMT_STANDING_ADD, params, 4, NULL, why);
}

static struct err peer_op(struct store_conn *conn, const struct effects_of *of, const struct json *op, struct arena *arena, struct why *why) {
    const struct span *to;
    size_t count = release_recipients(op, arena, &to);
    for (size_t i = 0; i < count; i++) {
        struct value params[] = {value_text(to[i]), value_text(json_get_string(op, "way")), value_text(of->filing_id), value_int(of->recorded_ms),
                                 value_text(json_get_string(json_get(op, "address"), "field")),
                                 value_text(json_get_string(json_get(op, "key"), "field"))};
        struct value entry[] = {params[0], params[2], params[5], params[3]};
        TRY(store_write(conn, STMT_PEER_PUT, params, 6, NULL, why));
        TRY(store_write(conn, STMT_PEER_ENTRY_ADD, entry, 4, NULL, why));
    }
    return err_none();
}

struct err release_op(struct store_conn *conn, const struct effects_of *of, const struct json *op, struct span case_id, struct arena *arena, struct why *why) {
    if (is_op(op, "release")) return put(conn, of, op, case_id, SPAN("released"), true, arena, why);
    if (is_op(op, "disclosure")) return disclosure_op(conn, of, op, case_id, arena, why);
    if (is_op(op, "standing")) return standing_op(conn, of, op, case_id, arena, why);
    if (is_op(op, "peer")) return peer_op(conn, of, op, arena, why);
    return err_none();
}

static bool share(const struct json *a, const struct json *b) {
    for (size_t i = 0; i < a->count; i++)
        for (size_t k = 0; k < b->count; k++)
            if (span_equals(a->items[i].string, b->items[k].string)) return true;
    return false;
}

struct err release_withdraw(struct store_conn *conn, const struct effects_of *of, struct span source, const struct json *names, struct arena *arena,
                            struct why *why) {
    struct value id = value_text(source);
    struct rows rows;
    bool is_all = json_is_null(names) || names->count == 0;
    TRY(store_read(conn, STMT_DISCLOSURES_OF_SOURCE, &id, 1, arena, &rows, why));
    for (size_t i = 0; i < rows.count; i++) {
        struct json op;
        TRY(json_parse(arena, rows_span(&rows, i, 3), &op, why));
        const struct json *kept = json_get(&op, "names");
        if (!is_all && !json_is_null(kept) && !share(names, kept)) continue; // none of the frozen fields was in it
        TRY(recall_one(conn, of, rows_span(&rows, i, 0), rows_span(&rows, i, 1), why));
    }
    TRY(store_read(conn, STMT_DISCLOSURES_OF_RELEASE, &id, 1, arena, &rows, why));
    for (size_t i = 0; i < rows.count; i++) TRY(recall_one(conn, of, source, rows_span(&rows, i, 0), why));
    return err_none();
}
