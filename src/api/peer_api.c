// SPDX-License-Identifier: EUPL-1.2
/*
 * Keys of peers' nodes, as their entries named them one after the other: which stands, since when, which was replaced or taken back;
 * with fingerprints that two people compare over another channel, and this node's own to be read to them. Keys are read through the
 * gate, by whoever reads the entry's case for an office: an administrator without office sees that there is one, and from when to when.
 */
#include "api/access_json.h"
#include "api/resources.h"
#include "record/note.h"
#include "service/case.h"
#include "service/gate_view.h"
#include "service/record_store.h"

enum { E_NAME, E_FILING, E_KEY, E_CHANGED, E_CASE }; // columns of peer_entries

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

struct entry_case { // whose entries are being read; entries of one peer stand together
    struct span id;
    bool may_read;
    struct gate_view view;
};

static struct err case_open(struct api_request *request, struct span id, struct entry_case *of, struct why *why) {
    struct case_file file;
    struct access_case access;
    if (of->id.at != NULL && span_equals(of->id, id)) return err_none();
    *of = (struct entry_case){.id = id};
    TRY(case_get(request->conn, id, request->arena, &file, why));
    case_access(request->services, &file, request->arena, &access);
    if (is_err(access_may_read_case(&request->principal, &access, request->received_ms, NULL)) || access_role_for_case(&request->principal, &access) == NULL) return err_none();
    struct gate_place place = gate_place_of(&file);
    TRY(gate_view_open(request->services, request->conn, &place, &request->principal, GATE_FILING, request->received_ms, request->arena, &of->view, why));
    of->may_read = !is_err(gate_view_known(&of->view, NULL));
    return err_none();
}

enum key_sight { KEY_NONE, KEY_SEEN, KEY_ERASED, KEY_WITHHELD };
struct key_run { // one key, over the entries that named it without a break
    struct span key, filing;
    enum key_sight sight;
    int64_t from_ms;
};

// The key that an entry names, as far as the person may know it.
static struct err key_read(struct api_request *request, const struct entry_case *of, const struct rows *rows, size_t i, struct key_run *ret, struct why *why) {
    struct record_open entry;
    struct gate_withheld withheld;
    struct json values;
    struct span field = rows_span(rows, i, E_KEY);
    *ret = (struct key_run){.key = SPAN(""), .filing = rows_span(rows, i, E_FILING), .from_ms = rows_int(rows, i, E_CHANGED)};
    if (field.at == NULL) return err_none();
    ret->sight = KEY_WITHHELD;
    if (!of->may_read) return err_none();
    TRY(gate_read_record(&of->view, request->conn, ret->filing, request->arena, &entry, &withheld, why));
    TRY(record_values(&entry, request->arena, &values, why));
    struct span key = json_get_string(&values, arena_text(request->arena, field));
    for (size_t k = 0; k < withheld.count; k++)
        if (span_equals(withheld.items[k].name, field)) return err_none();
    ret->sight = key.at == NULL ? KEY_ERASED : KEY_SEEN;
    if (key.at != NULL) ret->key = span_trim(key);
    return err_none();
}

static const char *state_name(const struct key_run *run, bool is_key, bool is_over, bool is_replaced) {
    if (run->sight == KEY_WITHHELD) return "withheld";
    if (run->sight == KEY_ERASED) return "erased";
    if (!is_key) return "no_key";
    return !is_over ? "stands" : is_replaced ? "replaced" : "revoked";
}

// NEXT: the run after it; NULL where it stands still.
static void run_write(struct json_out *out, struct arena *arena, const struct key_run *run, const struct key_run *next) {
    struct verifier_key parsed;
    if (run->sight == KEY_NONE) return;
    bool is_key = run->sight == KEY_SEEN && !is_err(verifier_key_parse(run->key, &parsed, NULL));
    json_out_object(out);
    json_out_member_string(out, "key", run->sight == KEY_SEEN ? run->key : span_make(NULL, 0));
    json_out_member_string(out, "fingerprint", is_key ? fingerprint(arena, run->key) : span_make(NULL, 0));
    json_out_member_text(out, "state", state_name(run, is_key, next != NULL, next != NULL && next->sight != KEY_NONE));
    json_out_member_string(out, "from", instant_text(arena, run->from_ms));
    json_out_member_string(out, "until", next == NULL ? span_make(NULL, 0) : instant_text(arena, next->from_ms));
    json_out_member_string(out, "filing", run->filing);
    json_out_object_end(out);
}

// The keys of one peer: rows FROM to TO, oldest first.
static struct err peer_write(struct api_request *request, struct json_out *out, const struct rows *rows, size_t from, size_t to, struct why *why) {
    struct entry_case of = {0};
    struct key_run run = {0}, next;
    json_out_object(out);
    json_out_member_string(out, "name", rows_span(rows, from, E_NAME));
    json_out_name(out, "keys");
    json_out_array(out);
    for (size_t i = from; i < to; i++) {
        TRY(case_open(request, rows_span(rows, i, E_CASE), &of, why));
        TRY(key_read(request, &of, rows, i, &next, why));
        if (i > from && next.sight == run.sight && span_equals(next.key, run.key)) continue;
        if (i > from) run_write(out, request->arena, &run, &next);
        run = next;
    }
    run_write(out, request->arena, &run, NULL);
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
