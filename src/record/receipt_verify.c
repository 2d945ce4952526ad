// SPDX-License-Identifier: EUPL-1.2
/*
 * Reading receipts. A member that is not known is refused: whoever reads a valid receipt may believe all of it that is not
 * a mere statement: who will answer and how.
 */
#include "record/receipt.h"

#include <assert.h>
#include <stdio.h>

#include "record/text.h"

enum { ITEM_STATEMENT_BYTES_MAX = 4096 };

struct work {
    struct arena *arena;
    struct why *why;
    struct receipt_report *report;
    struct hash commitments[RECORD_ITEMS_MAX];
    size_t count;
};

static struct err refuse(struct work *work, const char *field, const char *rule, const char *words) {
    return why_set(work->why, ERR_INPUT, field, rule, "", "%s", words);
}

// --- the form ---

// Whether OBJECT is an object without members other than those named (a list that ends with NULL).
static bool has_only(const struct json *object, const char *const *names) {
    if (object == NULL || object->type != JSON_OBJECT) return false;
    for (size_t i = 0; i < object->count; i++) {
        size_t n = 0;
        while (names[n] != NULL && !span_is(object->members[i].name, names[n])) n++;
        if (names[n] == NULL) return false;
    }
    return true;
}

static bool hash_read(const struct json *value, uint8_t ret[HASH_BYTES]) {
    return value != NULL && value->type == JSON_STRING && base64_exact(value->string, ret, HASH_BYTES);
}

static bool is_number(const struct json *value) {
    return value != NULL && value->type == JSON_INT && value->integer >= 0 && (uint64_t)value->integer <= TREE_SIZE_MAX;
}

// --- items ---

static struct err hidden_read(struct work *work, const struct json *item, const char *place) {
    static const char *const MEMBERS[] = {"name", "state", "commitment", NULL};
    struct span state = json_get_string(item, "state");
    bool is_withheld = state.at != NULL && span_is(state, "withheld"), is_erased = state.at != NULL && span_is(state, "erased");
    if (!has_only(item, MEMBERS) || (!is_withheld && !is_erased))
        return refuse(work, place, "receipt.item", "an item has name, value and salt, or name, state and commitment");
    if (!hash_read(json_get(item, "commitment"), work->commitments[work->count++].bytes))
        return refuse(work, place, "receipt.item", "the commitment is not the base64 of 32 bytes");
    if (is_withheld) work->report->withheld++;
    else work->report->erased++;
    return err_none();
}

static struct err shown_read(struct work *work, enum record_kind kind, const struct json *item, struct span name,
                             const char *place) {
    static const char *const MEMBERS[] = {"name", "value", "salt", NULL};
    struct record_item shown = {.name = name};
    if (!has_only(item, MEMBERS))
        return refuse(work, place, "receipt.item", "an item has name, value and salt, or name, state and commitment");
    if (!hash_read(json_get(item, "salt"), shown.salt))
        return refuse(work, place, "receipt.item", "the salt is not the base64 of 32 bytes");
    struct buf canonical;
    buf_init(&canonical, work->arena, LIMIT_RECEIPT_BYTES);
    struct err result = json_canonical(&canonical, json_get(item, "value"));
    if (result.code == ERR_INPUT)
        return refuse(work, place, "receipt.value", "a value holds a number that is no integer");
    TRY(result);
    shown.canonical = buf_span(&canonical);
    work->commitments[work->count++] = record_item_commit(kind, &shown);
    work->report->shown++;
    return err_none();
}

static struct err items_read(struct work *work, enum record_kind kind, const char *part, size_t least, size_t most) {
    const struct json *items = json_get(&work->report->document, part);
    char place[64];
    (void)snprintf(place, sizeof place, "/%s", part);
    if (items == NULL || items->type != JSON_ARRAY || items->count < least || items->count > most)
        return refuse(work, place, "receipt.items", "this is not a list of items, or has too few or too many");
    for (size_t i = 0; i < items->count; i++) {
        const struct json *item = &items->items[i];
        (void)snprintf(place, sizeof place, "/%s/%zu", part, i);
        struct span name = json_get_string(item, "name");
        if (name.len == 0 || name.len > LIMIT_NAME_BYTES)
            return refuse(work, place, "receipt.item", "an item has a name");
        for (size_t k = 0; k < i; k++)
            if (span_equals(json_get_string(&items->items[k], "name"), name))
                return refuse(work, place, "receipt.item", "two items have the same name");
        if (json_get(item, "value") != NULL) TRY(shown_read(work, kind, item, name, place));
        else TRY(hidden_read(work, item, place));
    }
    return err_none();
}

// --- statements at the front ---

// The member repeats the shown header item of the same name.
static struct err front_read(struct work *work, const char *name, struct span *ret) {
    const struct json *header = json_get(&work->report->document, "header");
    struct span stated = json_get_string(&work->report->document, name);
    struct span proved = {NULL, 0};
    for (size_t i = 0; i < header->count; i++)
        if (span_is(json_get_string(&header->items[i], "name"), name))
            proved = json_get_string(&header->items[i], "value");
    if (proved.at == NULL) return refuse(work, name, "receipt.front", "the header does not show this item as a string");
    if (stated.at == NULL || !span_equals(stated, proved))
        return refuse(work, name, "receipt.front", "the front of the receipt says something else than the header that is proved");
    *ret = proved;
    return err_none();
}

static bool statement_read(const struct json *object, const char *name, struct span *ret) {
    const struct json *value = json_get(object, name);
    if (value == NULL) return true;
    if (value->type != JSON_STRING || value->string.len > ITEM_STATEMENT_BYTES_MAX) return false;
    *ret = value->string;
    return true;
}

static struct err statements_read(struct work *work) {
    static const char *const MEMBERS[] = {"by", "how", NULL};
    const struct json *answer = json_get(&work->report->document, "answer");
    if (answer == NULL) return err_none();
    if (!has_only(answer, MEMBERS) || !statement_read(answer, "by", &work->report->answer_by) ||
        !statement_read(answer, "how", &work->report->answer_how))
        return refuse(work, "/answer", "receipt.form", "who will answer is stated by the texts by and how");
    return err_none();
}

// --- the log ---

static struct err inclusion_check(struct work *work, const struct json *log, const struct checkpoint *head) {
    const struct json *index = json_get(log, "index"), *size = json_get(log, "size"), *proof = json_get(log, "proof");
    struct hash path[TREE_PROOF_MAX];
    if (!is_number(index) || !is_number(size) || index->integer >= size->integer)
        return refuse(work, "/log/index", "receipt.log", "index and size are numbers, the index below the size");
    if (proof == NULL || proof->type != JSON_ARRAY || proof->count > TREE_PROOF_MAX)
        return refuse(work, "/log/proof", "receipt.log", "the proof is not a list of hashes, or too long");
    for (size_t i = 0; i < proof->count; i++)
        if (!hash_read(&proof->items[i], path[i].bytes))
            return refuse(work, "/log/proof", "receipt.log", "a hash of the proof is not the base64 of 32 bytes");
    if ((uint64_t)size->integer != head->size)
        return refuse(work, "/log/size", "receipt.log", "the signed head is of another tree size");
    work->report->index = (uint64_t)index->integer;
    work->report->size = head->size;
    struct hash entry = record_commit(work->commitments, work->count), leaf = tree_leaf(&entry);
    if (!tree_verify_inclusion(&leaf, work->report->index, head->size, path, proof->count, &head->root))
        return refuse(work, "/log/proof", "receipt.inclusion",
                      "the record is not in the log that was signed: an item, the proof or the head was changed");
    return err_none();
}

static struct err signatures_check(struct work *work, const struct note *note, const struct verifier_key *keys, size_t count) {
    struct receipt_report *report = work->report;
    bool is_signed = false;
    for (size_t i = 0; i < count; i++) {
        int64_t time_s = 0;
        bool is_witness = keys[i].type == KEY_WITNESS;
        enum note_verdict verdict =
            is_witness ? note_verify(note, &keys[i], &time_s) : note_verify_log(note, &keys[i], report->origin);
        if (verdict == NOTE_FORGED)
            return refuse(work, "/log/note", "receipt.signature",
                          is_witness ? "a witness's cosignature is false" : "the log's signature is false");
        if (is_witness) {
            report->witnesses++;
            if (verdict == NOTE_VALID) report->cosigned++;
            if (verdict == NOTE_VALID && time_s > report->cosigned_latest_s) report->cosigned_latest_s = time_s;
        } else if (verdict == NOTE_VALID) {
            is_signed = true;
            report->log_key = keys[i].name;
            report->epoch = epoch_of_origin(keys[i].name, report->origin);
        }
    }
    if (!is_signed)
        return refuse(work, "/log/note", "receipt.key", "none of the given keys has signed this log: is it the right key?");
    return err_none();
}

static struct err log_read(struct work *work, const struct verifier_key *keys, size_t count) {
    static const char *const MEMBERS[] = {"origin", "index", "size", "proof", "note", NULL};
    const struct json *log = json_get(&work->report->document, "log");
    struct span origin = json_get_string(log, "origin"), text = json_get_string(log, "note");
    struct note note;
    struct checkpoint head;
    if (!has_only(log, MEMBERS) || origin.at == NULL || text.at == NULL)
        return refuse(work, "/log", "receipt.log", "log has origin, index, size, proof and note");
    TRY(note_parse(work->arena, text, &note, work->why));
    TRY(checkpoint_parse(note.body, &head, work->why));
    if (!span_equals(head.origin, origin))
        return refuse(work, "/log/origin", "receipt.log", "the signed head is of another log");
    struct span standing = json_get_string(&work->report->document, "standing");
    if (standing.at == NULL || !span_is(standing, receipt_standing(&note)))
        return refuse(work, "/standing", "receipt.standing", "the receipt claims another standing than its signatures give it");
    work->report->origin = head.origin;
    TRY(inclusion_check(work, log, &head));
    return signatures_check(work, &note, keys, count);
}

struct err receipt_verify(struct span json, const struct verifier_key *keys, size_t count, struct arena *arena,
                          struct receipt_report *ret, struct why *why) {
    static const char *const MEMBERS[] = {"format", "standing", RECORD_ITEM_NODE, RECORD_ITEM_FILING,
                                          RECORD_ITEM_RECEIVED_AT, RECORD_ITEM_RECORDED_AT, "answer", "header", "fields",
                                          "log", NULL};
    struct receipt_report *report = ARENA_NEW(arena, struct receipt_report);
    struct work *work = ARENA_NEW(arena, struct work);
    if (report == NULL || work == NULL) return err_make(ERR_MEMORY);
    *work = (struct work){.arena = arena, .why = why, .report = report};
    TRY(json_parse_within(arena, json, LIMIT_RECEIPT_BYTES, &report->document, why));
    struct span format = json_get_string(&report->document, "format");
    if (format.at == NULL || !span_is(format, RECEIPT_FORMAT))
        return refuse(work, "/format", "receipt.form", "this is not a receipt of format " RECEIPT_FORMAT);
    if (!has_only(&report->document, MEMBERS))
        return refuse(work, "", "receipt.form", "the receipt has a member that its format does not know");
    TRY(items_read(work, RECORD_HEADER, "header", 1, RECORD_HEADER_MAX));
    TRY(items_read(work, RECORD_FIELD, "fields", 0, LIMIT_FIELDS));
    TRY(front_read(work, RECORD_ITEM_NODE, &report->node));
    TRY(front_read(work, RECORD_ITEM_FILING, &report->filing));
    TRY(front_read(work, RECORD_ITEM_RECEIVED_AT, &report->received_at));
    TRY(front_read(work, RECORD_ITEM_RECORDED_AT, &report->recorded_at));
    TRY(statements_read(work));
    TRY(log_read(work, keys, count));
    *ret = *report;
    return err_none();
}
