// SPDX-License-Identifier: EUPL-1.2
/* Writing receipts. Reading them is record/receipt_verify.c. */
#include "record/receipt.h"

static struct err refuse(struct why *why, const char *field, const char *rule, const char *words) {
    return why_set(why, ERR_INPUT, field, rule, "", "%s", words);
}

static void member_base64(struct json_out *out, const char *name, struct span bytes, struct buf *text) {
    buf_clear(text);
    buf_add_base64(text, bytes);
    if (text->is_failed) out->is_failed = true;
    json_out_member_string(out, name, buf_span(text));
}

static void items_write(struct json_out *out, const char *name, const struct receipt_item *items, size_t count,
                        struct buf *text) {
    json_out_name(out, name);
    json_out_array(out);
    for (size_t i = 0; i < count; i++) {
        const struct receipt_item *item = &items[i];
        json_out_object(out);
        json_out_member_string(out, "name", item->item.name);
        if (item->state == RECEIPT_SHOWN) {
            json_out_name(out, "value");
            json_out_raw(out, item->item.canonical);
            member_base64(out, "salt", span_make(item->item.salt, RECORD_SALT_BYTES), text);
        } else {
            json_out_member_text(out, "state", item->state == RECEIPT_WITHHELD ? "withheld" : "erased");
            member_base64(out, "commitment", hash_span(&item->commitment), text);
        }
        json_out_object_end(out);
    }
    json_out_array_end(out);
}

// The members that a reader looks for first; each repeats a shown item of the header.
static struct err front_write(struct json_out *out, const struct receipt *receipt, struct why *why) {
    static const char *const NAMES[] = {RECORD_ITEM_NODE, RECORD_ITEM_FILING, RECORD_ITEM_RECEIVED_AT,
                                        RECORD_ITEM_RECORDED_AT};
    for (size_t n = 0; n < sizeof NAMES / sizeof *NAMES; n++) {
        const struct receipt_item *found = NULL;
        for (size_t i = 0; i < receipt->header_count && found == NULL; i++)
            if (span_is(receipt->header[i].item.name, NAMES[n])) found = &receipt->header[i];
        if (found == NULL || found->state != RECEIPT_SHOWN || found->item.canonical.len < 2 ||
            found->item.canonical.at[0] != '"')
            return refuse(why, NAMES[n], "receipt.front", "the header of a record shows this item, as a string");
        json_out_name(out, NAMES[n]);
        json_out_raw(out, found->item.canonical);
    }
    return err_none();
}

static void answer_write(struct json_out *out, const struct receipt *receipt) {
    if (span_is_empty(receipt->answer_by) && span_is_empty(receipt->answer_how)) return;
    json_out_name(out, "answer");
    json_out_object(out);
    if (!span_is_empty(receipt->answer_by)) json_out_member_string(out, "by", receipt->answer_by);
    if (!span_is_empty(receipt->answer_how)) json_out_member_string(out, "how", receipt->answer_how);
    json_out_object_end(out);
}

static void log_write(struct json_out *out, const struct receipt *receipt, struct span origin, struct buf *text) {
    json_out_name(out, "log");
    json_out_object(out);
    json_out_member_string(out, "origin", origin);
    json_out_member_int(out, "index", (int64_t)receipt->index);
    json_out_member_int(out, "size", (int64_t)receipt->size);
    json_out_name(out, "proof");
    json_out_array(out);
    for (size_t i = 0; i < receipt->proof_count; i++) {
        buf_clear(text);
        buf_add_base64(text, hash_span(&receipt->proof[i]));
        json_out_string(out, buf_span(text));
    }
    json_out_array_end(out);
    json_out_member_string(out, "note", receipt->note);
    json_out_object_end(out);
}

const char *receipt_standing(const struct note *note) {
    return note->count > 1 ? RECEIPT_STANDING_WITNESSED : RECEIPT_STANDING_AUTHORITY;
}

struct err receipt_write(struct json_out *out, const struct receipt *receipt, struct arena *arena, struct why *why) {
    struct note note;
    struct checkpoint head;
    TRY(note_parse(arena, receipt->note, &note, why));
    TRY(checkpoint_parse(note.body, &head, why));
    if (head.size != receipt->size || receipt->index >= receipt->size)
        return refuse(why, "size", "receipt.size", "the note signs another tree size than the receipt's");
    if (receipt->header_count > RECORD_HEADER_MAX || receipt->field_count > LIMIT_FIELDS)
        return refuse(why, "header", "receipt.items", "a record does not have so many items");
    struct buf text; // one base64 at a time
    buf_init(&text, arena, 256);
    json_out_object(out);
    json_out_member_text(out, "format", RECEIPT_FORMAT);
    json_out_member_text(out, "standing", receipt_standing(&note));
    TRY(front_write(out, receipt, why));
    answer_write(out, receipt);
    items_write(out, "header", receipt->header, receipt->header_count, &text);
    items_write(out, "fields", receipt->fields, receipt->field_count, &text);
    log_write(out, receipt, head.origin, &text);
    json_out_object_end(out);
    return err_none();
}
