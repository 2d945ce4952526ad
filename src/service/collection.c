// SPDX-License-Identifier: EUPL-1.2
#include "service/collection.h"

#include <stdlib.h>

#include "law/extract_file.h"
#include "service/access_private.h"
#include "service/draft.h"
#include "service/effects.h"
#include "service/entity.h"
#include "service/record_store.h"

enum { FILE_ARENA_BYTES = 128 * 1024 * 1024, KEYS_MAX = 64 };
enum { S_CASE, S_FILING, S_OFFICE, S_VERSION, S_MADE }; // columns of collection_sender_get

static bool is_op(const struct json *op) { return span_is(json_get_string(op, "op"), "collection"); }
static bool is_as(const struct json *op, const char *as) { return span_is(json_get_string(op, "as"), as); }

// --- the file ---

struct handed_in { // an extract and its envelope, as they are attached
    struct span attachment; // the extract's
    size_t place;           // among the attachments
    struct span text, envelope;
};

static struct err open_attachments(struct store_conn *conn, const struct filing_request *request, struct arena *arena, struct handed_in *ret, struct why *why) {
    *ret = (struct handed_in){0};
    for (size_t i = 0; i < request->attachment_count; i++) {
        struct attachment attachment;
        struct buf bytes;
        TRY(attachment_get(conn, request->attachments[i], arena, &attachment, why));
        if (attachment.size_bytes > EXTRACT_FILE_BYTES_MAX)
            return why_set(why, ERR_INPUT, "/attachments", "registry.limit", "", "an extract has %d bytes at most", (int)EXTRACT_FILE_BYTES_MAX);
        buf_init(&bytes, arena, (size_t)attachment.size_bytes + 1);
        TRY(attachment_read(conn, &attachment, arena, &bytes, why));
        if (span_starts_with(buf_span(&bytes), SPAN("varde-envelope/"))) {
            ret->envelope = buf_span(&bytes);
        } else if (ret->attachment.at == NULL) {
            ret->attachment = attachment.id;
            ret->place = i;
            ret->text = buf_span(&bytes);
        } else {
            return why_set(why, ERR_INPUT, "/attachments", "registry.file", "", "one extract is handed in at a time, and perhaps its envelope");
        }
    }
    if (ret->attachment.at == NULL) return why_set(why, ERR_INPUT, "/attachments", "registry.file", "", "attach the extract as the state's node gave it");
    return err_none();
}

// The key of the state's node, as its entry among the peers names it; *ret_is_known false where none is named.
static struct err key_of(struct store_conn *conn, struct span state, struct arena *arena, bool *ret_is_known, struct verifier_key *ret, struct why *why) {
    enum { P_FILING = 1, P_KEY = 3 }; // columns of peer_get
    struct rows peer;
    struct record_open entry;
    struct json values;
    *ret_is_known = false;
    TRY(store_read(conn, STMT_PEER_GET, PARAMS(value_text(arena_printf(arena, "state:%.*s", SPAN_FMT(state)))), arena, &peer, why));
    if (peer.count == 0 || rows_span(&peer, 0, P_KEY).at == NULL) return err_none();
    TRY(record_read(conn, rows_span(&peer, 0, P_FILING), arena, &entry, why));
    TRY(record_values(&entry, arena, &values, why));
    struct span text = json_get_string(&values, arena_text(arena, rows_span(&peer, 0, P_KEY)));
    *ret_is_known = text.at != NULL && !is_err(verifier_key_parse(text, ret, NULL));
    return err_none();
}

// Who signed it: "verified", "unknown_key" (it is signed, and the state's key is not known here), "none". A signature that is wrong is a fault.
static struct err signature_of(struct store_conn *conn, const struct registry_extract *extract, struct span state, const struct handed_in *in, struct arena *arena,
                               struct fault_list *faults, const char **ret, struct why *why) {
    struct verifier_key key;
    struct envelope envelope;
    struct why own = {0};
    bool is_known;
    *ret = "none";
    if (in->envelope.at == NULL) return err_none();
    TRY(key_of(conn, state, arena, &is_known, &key, why));
    *ret = "unknown_key";
    if (!is_known) return err_none();
    *ret = "verified";
    struct hash hash = hash_sha256(in->text);
    bool is_right = !is_err(envelope_verify(in->envelope, &key, arena, &envelope, &own)) && span_equals(hash_span(&envelope.sha256), hash_span(&hash)) &&
                    span_is(envelope.kind, "extract") && span_equals(envelope.to, arena_printf(arena, "body:%.*s", SPAN_FMT(extract->to)));
    if (!is_right) fault_add(faults, SPAN("/attachments"), "registry.signature", extract->article, "the envelope is not that of this file, signed by the state's node");
    return err_none();
}

// --- what the registry held before ---

static int by_text(const void *a, const void *b) { return span_compare(*(const struct span *)a, *(const struct span *)b); }

static bool holds(const struct span *ids, size_t count, struct span id) { return bsearch(&id, ids, count, sizeof *ids, by_text) != NULL; }

struct before {
    struct rows sender;
    size_t count;
    struct span *ids; // in order
};

static struct err before_read(struct store_conn *conn, struct span extract, struct span state, struct arena *arena, struct before *ret, struct why *why) {
    struct rows rows;
    TRY(store_read(conn, STMT_COLLECTION_SENDER_GET, PARAMS(value_text(extract), value_text(state)), arena, &ret->sender, why));
    TRY(store_read(conn, STMT_COLLECTION_IDS, PARAMS(value_text(extract), value_text(state)), arena, &rows, why));
    ret->ids = arena_take_array(arena, rows.count + 1, sizeof *ret->ids);
    ret->count = 0;
    for (size_t i = 0; ret->ids != NULL && i < rows.count; i++) ret->ids[ret->count++] = rows_span(&rows, i, 0);
    return ret->ids == NULL ? err_make(ERR_MEMORY) : err_none();
}

// Whether the file goes on from what was handed in before: differences do, one after the other.
static void follows_check(const struct before *before, const struct extract_file *file, struct span article, struct arena *arena, struct fault_list *faults) {
    int64_t now = file->is_whole ? 0 : (int64_t)before->count;
    for (size_t i = 0; i < file->change_count; i++) now += file->is_whole || !holds(before->ids, before->count, file->changes[i].entity);
    for (size_t i = 0; !file->is_whole && i < file->removed_count; i++) {
        if (holds(before->ids, before->count, file->removed[i])) now--;
        else fault_add(faults, arena_printf(arena, "/removed/%zu", i), "registry.gap", article, "%.*s is not in the registry: a package before this one is missing", SPAN_FMT(file->removed[i]));
    }
    bool is_right = file->has_more ? now <= file->total : now == file->total;
    if (!is_right)
        fault_add(faults, SPAN("/total"), "registry.gap", article, "the state has %lld entries, and with this file the registry would hold %lld: a package is missing; hand in a whole extract",
                  (long long)file->total, (long long)now);
    if (before->sender.count == 0) return;
    if (span_equals(rows_span(&before->sender, 0, S_VERSION), file->version))
        fault_add(faults, SPAN("/version"), "registry.again", article, "this package was handed in already, as %.*s", SPAN_FMT(rows_span(&before->sender, 0, S_FILING)));
    else if (file->made_ms < rows_int(&before->sender, 0, S_MADE))
        fault_add(faults, SPAN("/at"), "registry.older", article, "a later package was handed in already, as %.*s", SPAN_FMT(rows_span(&before->sender, 0, S_FILING)));
}

// --- deciding ---

static struct json ids_of(const struct extract_file *file, bool is_gone, struct arena *arena) {
    size_t count = is_gone ? file->removed_count : file->change_count;
    struct json out = {.type = JSON_ARRAY, .items = arena_take_array(arena, count + 1, sizeof *out.items)};
    for (size_t i = 0; out.items != NULL && i < count; i++) out.items[out.count++] = json_from_string(arena_copy(arena, is_gone ? file->removed[i] : file->changes[i].entity));
    return out;
}

static struct err members_add(struct json *op, const struct json_member *more, size_t count, struct arena *arena) {
    struct json_member *members = arena_take_array(arena, op->count + count, sizeof *members);
    if (members == NULL) return err_make(ERR_MEMORY);
    memcpy(members, op->members, op->count * sizeof *members);
    memcpy(&members[op->count], more, count * sizeof *members);
    op->members = members;
    op->count += count;
    return err_none();
}

// The plan is refused, with faults that outlive SCRATCH; those of the file stand below its place among the attachments.
static struct err refuse(struct filing_plan *plan, const struct fault_list *faults, size_t place, struct arena *arena) {
    struct fault *items = arena_take_array(arena, faults->count, sizeof *items);
    if (items == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < faults->count; i++) {
        const struct fault *f = &faults->items[i];
        bool is_within = !span_starts_with(f->field, SPAN("/attachments")) && !span_is(f->field, "/case");
        items[i] = (struct fault){.field = is_within ? arena_printf(arena, "/attachments/%zu%.*s", place, SPAN_FMT(f->field)) : arena_copy(arena, f->field),
                                  .rule = arena_copy(arena, f->rule), .article = arena_copy(arena, f->article), .words = arena_copy(arena, f->words)};
    }
    plan->decision.is_accepted = false;
    plan->decision.fault_count = faults->count;
    plan->decision.faults = items;
    return err_none();
}

static struct err received_in(const struct services *services, struct store_conn *conn, struct filing_plan *plan, struct json *op, struct arena *scratch,
                              struct arena *arena, struct why *why) {
    struct span state = json_get_string(op, "state");
    const struct registry_extract *extract = registry_extract(services->law, json_get_string(op, "extract"));
    struct fault_list faults = {.arena = scratch};
    struct handed_in in;
    struct extract_file file;
    struct before before = {0};
    const char *signature;
    if (extract == NULL || state.at == NULL) return why_set(why, ERR_INPUT, "/fields/extract", "registry.extract", "", "there is no such extract");
    TRY(open_attachments(conn, plan->request, scratch, &in, why));
    TRY(extract_file_read(services->law, extract, state, zone_date(services->zone, plan->decided_ms), in.text, scratch, &faults, &file, why));
    TRY(signature_of(conn, extract, state, &in, scratch, &faults, &signature, why));
    TRY(before_read(conn, extract->id, state, scratch, &before, why));
    if (before.sender.count > 0 && !span_equals(rows_span(&before.sender, 0, S_CASE), plan->case_id))
        fault_add(&faults, SPAN("/case"), "registry.case", extract->article, "what this state hands in stands in the case %.*s; file in it", SPAN_FMT(rows_span(&before.sender, 0, S_CASE)));
    if (faults.count == 0 && file.is_exercise != services->is_exercise)
        fault_add(&faults, SPAN("/is_exercise"), "registry.exercise", extract->article, "what is exercised and what is real are kept apart");
    if (faults.count == 0) follows_check(&before, &file, extract->article, scratch, &faults);
    if (faults.is_failed) return err_make(ERR_MEMORY);
    if (faults.count > 0) return refuse(plan, &faults, in.place, arena);
    return members_add(op, (const struct json_member[]){{SPAN("attachment"), json_from_string(arena_copy(arena, in.attachment))},
                                                        {SPAN("version"), json_from_string(arena_copy(arena, file.version))},
                                                        {SPAN("made_at"), json_from_string(instant_text(arena, file.made_ms))},
                                                        {SPAN("total"), json_from_int(file.total)},
                                                        {SPAN("has_more"), json_from_bool(file.has_more)},
                                                        {SPAN("is_whole"), json_from_bool(file.is_whole)},
                                                        {SPAN("signature"), json_from_string(span_of(signature))},
                                                        {SPAN("entries"), ids_of(&file, false, arena)},
                                                        {SPAN("gone"), ids_of(&file, true, arena)}}, 9, arena);
}

static struct err received_prepare(const struct services *services, struct store_conn *conn, struct filing_plan *plan, struct json *op, struct arena *arena, struct why *why) {
    struct arena scratch; // of the file, which may be large
    arena_init(&scratch, FILE_ARENA_BYTES);
    struct err e = received_in(services, conn, plan, op, &scratch, arena, why);
    arena_fini(&scratch);
    return e;
}

// Whom it is for is the office that asked, which opened the case; it ends with its day, in the time of this node.
static struct err granted_prepare(const struct services *services, const struct filing_plan *plan, struct json *op, struct arena *arena, struct why *why) {
    struct civil until;
    struct span office = json_get_string(plan->decision.case_state, "opener");
    if (office.len == 0) return why_set(why, ERR_INPUT, "/case", "registry.nobody", "", "no office asked for it in this case");
    if (!civil_parse(json_get_string(op, "until"), &until)) return why_set(why, ERR_INPUT, "/fields/until", "api.type", "", "a day is expected");
    int64_t end_ms = zone_day_start(services->zone, civil_from_days(civil_to_days(until) + 1));
    return members_add(op, (const struct json_member[]){{SPAN("office"), json_from_string(office)}, {SPAN("until_ms"), json_from_int(end_ms)}}, 2, arena);
}

bool collection_id_split(struct span id, struct span *ret_state, struct span *ret_entity) {
    if (id.len != 20 || id.at[2] != ':') return false;
    *ret_state = span_part(id, 0, 2);
    *ret_entity = span_part(id, 3, id.len);
    return true;
}

static struct err compared_check(struct store_conn *conn, const struct json *op, struct arena *arena, struct why *why) {
    const struct json *entries = json_get(op, "entries");
    struct span states[2];
    for (size_t i = 0; i < 2; i++) {
        struct span entity = SPAN("");
        struct rows rows = {0};
        bool is_id = entries != NULL && entries->type == JSON_ARRAY && entries->count == 2 && collection_id_split(entries->items[i].string, &states[i], &entity);
        if (is_id) TRY(store_read(conn, STMT_COLLECTION_ENTRY_GET, PARAMS(value_text(json_get_string(op, "extract")), value_text(states[i]), value_text(entity)), arena, &rows, why));
        if (rows.count == 0) return why_set(why, ERR_INPUT, i == 0 ? "/fields/entries/0/name" : "/fields/entries/1/name", "registry.entry", "", "there is no such entry; one is named as BE:E0123456789abcdef");
    }
    if (span_equals(states[0], states[1])) return why_set(why, ERR_INPUT, "/fields/entries", "registry.one_state", "", "entries of two states are compared");
    return err_none();
}

struct err collection_prepare(const struct services *services, struct store_conn *conn, struct filing_plan *plan, struct json *ops, struct arena *arena, struct why *why) {
    for (size_t i = 0; i < ops->count; i++) {
        struct json *op = &ops->items[i];
        if (!is_op(op)) continue;
        if (is_as(op, "received")) TRY(received_prepare(services, conn, plan, op, arena, why));
        if (is_as(op, "granted")) TRY(granted_prepare(services, plan, op, arena, why));
        if (is_as(op, "compared")) TRY(compared_check(conn, op, arena, why));
    }
    return err_none();
}

struct json collection_asked(const struct json *op, struct arena *arena) {
    static const char *const FOUND[] = {"attachment", "version", "made_at", "total", "has_more", "is_whole", "signature", "gone", "office", "until_ms"};
    struct json out = *op;
    if (!is_op(op)) return out;
    out.count = 0;
    out.members = arena_take_array(arena, op->count, sizeof *out.members);
    for (size_t i = 0; out.members != NULL && i < op->count; i++) {
        bool is_found = is_as(op, "received") && span_is(op->members[i].name, "entries");
        for (size_t k = 0; k < sizeof FOUND / sizeof FOUND[0]; k++) is_found = is_found || span_is(op->members[i].name, FOUND[k]);
        if (!is_found) out.members[out.count++] = op->members[i];
    }
    return out;
}

// --- effects ---

struct writing {
    struct store_conn *conn;
    const struct registry_extract *extract; // NULL: the packs have it no more, and nothing is alike
    const struct effects_of *of;
    struct span id, state, attachment;
    struct arena *arena;
    struct why *why;
};

static struct err entry_drop(const struct writing *w, struct span entity) {
    TRY(store_write(w->conn, STMT_COLLECTION_KEYS_DROP, PARAMS(value_text(w->id), value_text(w->state), value_text(entity)), NULL, w->why));
    return store_write(w->conn, STMT_COLLECTION_ENTRY_DROP, PARAMS(value_text(w->id), value_text(w->state), value_text(entity)), NULL, w->why);
}

static struct err entry_put(const struct writing *w, struct span entity, const struct json *entry) {
    struct span keys[KEYS_MAX], content, types, name = json_get_string(entry, "name");
    TRY(json_canonical_text(w->arena, entry, &content));
    TRY(json_canonical_text(w->arena, json_get(entry, "types"), &types));
    TRY(entry_drop(w, entity));
    TRY(store_write(w->conn, STMT_COLLECTION_ENTRY_PUT,
                    PARAMS(value_text(w->id), value_text(w->state), value_text(entity), value_text(w->of->filing_id), value_text(w->attachment), value_int(w->of->received_ms),
                           value_text(name), value_text(name_fold(w->arena, name)), value_text(types), value_text(content)),
                    NULL, w->why));
    size_t count = w->extract == NULL ? 0 : extract_keys(w->extract, entry, w->arena, keys, KEYS_MAX);
    for (size_t i = 0; i < count; i++)
        TRY(store_write(w->conn, STMT_COLLECTION_KEY_ADD, PARAMS(value_text(w->id), value_text(keys[i]), value_text(w->state), value_text(entity)), NULL, w->why));
    return err_none();
}

// The lines of the file, which was checked when it was filed; *ret null where its key was erased since, or the log is lived through without attachments.
static struct err lines_open(const struct writing *w, struct json *ret) {
    struct attachment attachment;
    struct buf bytes;
    struct json root;
    *ret = json_null();
    struct err e = attachment_get(w->conn, w->attachment, w->arena, &attachment, NULL);
    if (e.code == ERR_NOT_FOUND && w->of->is_rebuild) return err_none();
    TRY(e);
    if (attachment.key.at == NULL) return err_none();
    buf_init(&bytes, w->arena, (size_t)attachment.size_bytes + 1);
    TRY(attachment_read(w->conn, &attachment, w->arena, &bytes, w->why));
    TRY(json_parse_within(w->arena, buf_span(&bytes), EXTRACT_FILE_BYTES_MAX, &root, w->why));
    if (json_get(&root, "changed") != NULL) *ret = *json_get(&root, "changed");
    return err_none();
}

static struct err whole_clear(const struct writing *w) {
    struct rows rows;
    TRY(store_read(w->conn, STMT_COLLECTION_IDS, PARAMS(value_text(w->id), value_text(w->state)), w->arena, &rows, w->why));
    for (size_t i = 0; i < rows.count; i++) TRY(entry_drop(w, rows_span(&rows, i, 0)));
    return err_none();
}

static struct err received_write(const struct writing *w, const struct json *op, struct span case_id) {
    const struct json *entries = json_get(op, "entries"), *gone = json_get(op, "gone");
    struct stamp made = {.ms = 0};
    struct rows sender;
    struct json lines;
    TRY(store_read(w->conn, STMT_COLLECTION_SENDER_GET, PARAMS(value_text(w->id), value_text(w->state)), w->arena, &sender, w->why));
    if (sender.count > 0 && !span_equals(rows_span(&sender, 0, S_CASE), case_id)) // two first ones at the same moment
        return why_set(w->why, ERR_CONFLICT, "/case", "registry.case", "", "what this state hands in stands in the case %.*s; file in it", SPAN_FMT(rows_span(&sender, 0, S_CASE)));
    TRY(stamp_parse(json_get_string(op, "made_at"), NULL, "made_at", &made, w->why));
    TRY(store_write(w->conn, STMT_COLLECTION_SENDER_PUT,
                    PARAMS(value_text(w->id), value_text(w->state), value_text(case_id), value_text(w->of->filing_id), value_text(w->of->office),
                           value_text(json_get_string(op, "version")), value_int(made.ms), value_int(w->of->received_ms), value_int(json_get_int(op, "total", 0)),
                           value_int(json_get_bool(op, "has_more", false)), value_text(json_get_string(op, "signature"))),
                    NULL, w->why));
    if (json_get_bool(op, "is_whole", false)) TRY(whole_clear(w));
    for (size_t i = 0; gone != NULL && i < gone->count; i++) TRY(entry_drop(w, gone->items[i].string));
    TRY(lines_open(w, &lines));
    for (size_t i = 0; entries != NULL && i < entries->count; i++) {
        const struct json *line = i < lines.count ? &lines.items[i] : NULL; // in the order of the file
        const struct json *entry = line != NULL && span_equals(json_get_string(line, "entity"), entries->items[i].string) ? json_get(line, "entry") : NULL;
        if (entry == NULL) TRY(entry_drop(w, entries->items[i].string));
        else TRY(entry_put(w, entries->items[i].string, entry));
    }
    return err_none();
}

static struct err granted_write(const struct writing *w, const struct json *op, struct span case_id) {
    static const char *const BOUNDS[] = {"states", "sectors", "types", "withheld"};
    struct json bounds = {.type = JSON_OBJECT, .members = arena_take_array(w->arena, 4, sizeof *bounds.members)};
    struct span text;
    for (size_t i = 0; bounds.members != NULL && i < 4; i++)
        if (!json_is_null(json_get(op, BOUNDS[i]))) bounds.members[bounds.count++] = (struct json_member){span_of(BOUNDS[i]), *json_get(op, BOUNDS[i])};
    TRY(json_canonical_text(w->arena, &bounds, &text));
    TRY(store_write(w->conn, STMT_COLLECTION_GRANTS_END, PARAMS(value_text(case_id), value_int(w->of->recorded_ms)), NULL, w->why));
    return store_write(w->conn, STMT_COLLECTION_GRANT_ADD,
                       PARAMS(value_text(w->of->filing_id), value_text(case_id), value_text(w->id), value_text(json_get_string(op, "office")), value_text(text),
                              value_int(w->of->recorded_ms), value_int(json_get_int(op, "until_ms", 0))),
                       NULL, w->why);
}

static struct err compared_write(const struct writing *w, const struct json *op) {
    const struct json *entries = json_get(op, "entries");
    if (entries == NULL || entries->count != 2) return err_make(ERR_CORRUPT);
    struct span one = entries->items[0].string, other = entries->items[1].string;
    bool is_turned = span_compare(one, other) > 0;
    return store_write(w->conn, STMT_COLLECTION_PAIR_PUT,
                       PARAMS(value_text(w->id), value_text(is_turned ? other : one), value_text(is_turned ? one : other), value_text(json_get_string(op, "verdict")),
                              value_text(w->of->filing_id)),
                       NULL, w->why);
}

struct err collection_op(struct store_conn *conn, const struct services *services, const struct effects_of *of, const struct json *op, struct span case_id,
                         struct arena *arena, struct why *why) {
    if (!is_op(op)) return err_none();
    struct writing w = {.conn = conn, .extract = registry_extract(services->law, json_get_string(op, "extract")), .of = of, .id = json_get_string(op, "extract"),
                        .state = json_get_string(op, "state"), .attachment = json_get_string(op, "attachment"), .arena = arena, .why = why};
    if (is_as(op, "granted")) return granted_write(&w, op, case_id);
    if (is_as(op, "ended")) return store_write(conn, STMT_COLLECTION_GRANTS_END, PARAMS(value_text(case_id), value_int(of->recorded_ms)), NULL, why);
    if (is_as(op, "compared")) return compared_write(&w, op);
    struct arena own;
    arena_init(&own, FILE_ARENA_BYTES);
    w.arena = &own;
    struct err e = received_write(&w, op, case_id);
    arena_fini(&own);
    return e;
}

struct err collection_erased(struct store_conn *conn, struct span filing_id, struct arena *arena, struct why *why) {
    struct rows rows;
    TRY(store_read(conn, STMT_COLLECTION_OF_FILING, PARAMS(value_text(filing_id)), arena, &rows, why));
    for (size_t i = 0; i < rows.count; i++) {
        struct writing w = {.conn = conn, .id = rows_span(&rows, i, 0), .state = rows_span(&rows, i, 1), .why = why};
        TRY(entry_drop(&w, rows_span(&rows, i, 2)));
    }
    return err_none();
}
