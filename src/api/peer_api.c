// SPDX-License-Identifier: EUPL-1.2
/*
 * Keys of peers' nodes, as their entries named them one after the other: which stands, since when, which was replaced or taken back;
 * with fingerprints that two people compare over another channel, and this node's own to be read to them.
 */
#include "api/access_json.h"
#include "api/resources.h"
#include "record/note.h"
#include "service/record_store.h"

enum { E_NAME, E_FILING, E_KEY, E_CHANGED }; // columns of peer_entries

// SHA-256 of the key as one line of text, in groups of four digits: what "sha256sum" gives for it.
static struct span fingerprint(struct arena *arena, struct span key) {
    struct buf digits, groups;
    struct hash hash = hash_sha256(key);
    buf_init(&digits, arena, 128);
    buf_init(&groups, arena, 128);
    buf_add_hex(&digits, hash_span(&hash));
    for (size_t i = 0; i < digits.len; i += 4) {
        if (i > 0) buf_add_byte(&groups, ' ');
        buf_add(&groups, span_part(buf_span(&digits), i, i + 4));
    }
    return buf_span(&groups);
}

// The key that an entry names; empty where it names none, or where it was erased.
static struct err key_read(struct api_request *request, const struct rows *rows, size_t i, struct span *ret, bool *ret_is_erased, struct why *why) {
    struct record_open entry;
    struct json values;
    struct span field = rows_span(rows, i, E_KEY);
    *ret = SPAN("");
    *ret_is_erased = false;
    if (field.at == NULL) return err_none();
    TRY(record_read(request->conn, rows_span(rows, i, E_FILING), request->arena, &entry, why));
    TRY(record_values(&entry, request->arena, &values, why));
    struct span key = json_get_string(&values, arena_text(request->arena, field));
    *ret_is_erased = key.at == NULL;
    if (key.at != NULL) *ret = span_trim(key);
    return err_none();
}

struct key_run { // one key, over the entries that named it without a break
    struct span key, filing;
    bool is_erased;
    int64_t from_ms;
};

static void run_write(struct json_out *out, struct arena *arena, const struct key_run *run, const int64_t *until_ms, bool is_replaced) {
    struct verifier_key parsed;
    if (run->key.len == 0 && !run->is_erased) return;
    bool is_key = !run->is_erased && !is_err(verifier_key_parse(run->key, &parsed, NULL));
    json_out_object(out);
    json_out_member_string(out, "key", run->is_erased ? span_make(NULL, 0) : run->key);
    json_out_member_string(out, "fingerprint", is_key ? fingerprint(arena, run->key) : span_make(NULL, 0));
    json_out_member_text(out, "state", run->is_erased ? "erased" : !is_key ? "no_key" : until_ms == NULL ? "stands" : is_replaced ? "replaced" : "revoked");
    json_out_member_string(out, "from", instant_text(arena, run->from_ms));
    json_out_member_string(out, "until", until_ms == NULL ? span_make(NULL, 0) : instant_text(arena, *until_ms));
    json_out_member_string(out, "filing", run->filing);
    json_out_object_end(out);
}

// The keys of one peer: rows FROM to TO, oldest first.
static struct err peer_write(struct api_request *request, struct json_out *out, const struct rows *rows, size_t from, size_t to, struct why *why) {
    struct key_run run = {0};
    json_out_object(out);
    json_out_member_string(out, "name", rows_span(rows, from, E_NAME));
    json_out_name(out, "keys");
    json_out_array(out);
    for (size_t i = from; i < to; i++) {
        struct key_run next = {.filing = rows_span(rows, i, E_FILING), .from_ms = rows_int(rows, i, E_CHANGED)};
        TRY(key_read(request, rows, i, &next.key, &next.is_erased, why));
        if (i > from && span_equals(next.key, run.key) && next.is_erased == run.is_erased) continue;
        if (i > from) run_write(out, request->arena, &run, &next.from_ms, next.key.len > 0 || next.is_erased);
        run = next;
    }
    run_write(out, request->arena, &run, NULL, false);
    json_out_array_end(out);
    json_out_object_end(out);
    return err_none();
}

static void own_write(struct api_request *request, struct json_out *out) {
    struct buf key;
    buf_init(&key, request->arena, NOTE_KEY_TEXT_BYTES_MAX);
    verifier_key_write(&key, &request->services->log_key);
    json_out_name(out, "own");
    json_out_object(out);
    json_out_member_string(out, "key", buf_span(&key));
    json_out_member_string(out, "fingerprint", fingerprint(request->arena, buf_span(&key)));
    json_out_object_end(out);
}

static struct err get_keys(struct api_request *request, struct api_response *response, struct why *why) {
    struct rows rows;
    struct json_out out;
    if (!request->principal.is_totp_done || (request->principal.role_count == 0 && !request->principal.is_administrator))
        return why_set(why, ERR_DENIED, "", "access.office", "", "this list is for officers and administrators, signed in with their second factor");
    TRY(store_read(request->conn, STMT_PEER_ENTRIES, NULL, 0, request->arena, &rows, why));
    api_json(response, 200, &out);
    json_out_object(&out);
    own_write(request, &out);
    json_out_name(&out, "peers");
    json_out_array(&out);
    for (size_t from = 0, to; from < rows.count; from = to) {
        for (to = from + 1; to < rows.count && span_equals(rows_span(&rows, to, E_NAME), rows_span(&rows, from, E_NAME));) to++;
        TRY(peer_write(request, &out, &rows, from, to, why));
    }
    json_out_array_end(&out);
    json_out_object_end(&out);
    return err_none();
}

const struct route routes_peer[] = {
    {"GET", "/api/v1/peers/keys", get_keys, AUTH_KNOWN, SCOPE_READ, RATE_READ, "releases", "Keys of peers' nodes with fingerprints, from when to when each stood; and this node's own", NULL, "PeerKeys", 200, NULL, false},
    {0},
};
