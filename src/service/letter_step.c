// SPDX-License-Identifier: EUPL-1.2
/* What the node files of its own accord: that a letter was made, that it was sealed. */
#include "service/case.h"
#include "service/draft.h"
#include "service/filing.h"
#include "service/letter_op.h"

enum { PAUSE_FIRST_MS = 2 * 1000, PAUSE_MOST_MS = 30 * 60 * 1000, PAUSE_DOUBLINGS = 12 };

static struct span new_id(struct services *services, char prefix, struct arena *arena) {
    char id[18];
    services->random_id(prefix, id);
    return arena_copy(arena, span_of(id));
}

static struct json fields_of(const struct letter_row *row, enum letter_step step, struct arena *arena) {
    struct json fields = {.type = JSON_OBJECT, .members = arena_take_array(arena, 2, sizeof *fields.members)};
    if (fields.members == NULL) return fields;
    fields.members[fields.count++] = (struct json_member){SPAN("letter"), json_from_string(row->filing_id)};
    if (step == LETTER_MADE) fields.members[fields.count++] = (struct json_member){SPAN("number"), json_from_string(row->label)};
    return fields;
}

struct err letter_step_write(struct services *services, struct store_conn *conn, struct log_edge *edge, enum letter_step step,
                             const struct letter_row *row, struct span content, int64_t now_ms, struct arena *arena, struct why *why) {
    const struct principal *node = access_node();
    struct filing_request *request = ARENA_NEW(arena, struct filing_request);
    struct json *fields = ARENA_NEW(arena, struct json);
    struct case_file file;
    struct filing_plan plan;
    int64_t seq;
    if (request == NULL || fields == NULL) return err_make(ERR_MEMORY);
    TRY(case_get(conn, row->case_id, arena, &file, why));
    struct hash hash = hash_sha256(content);
    bool is_pdf = step == LETTER_MADE;
    struct attachment attachment = {.id = new_id(services, 'A', arena),
                                    .person_id = node->person_id,
                                    .name = arena_printf(arena, "%.*s.%s", SPAN_FMT(row->label), is_pdf ? "pdf" : "p7s"),
                                    .media_type = is_pdf ? SPAN("application/pdf") : SPAN("application/pkcs7-signature"),
                                    .sha256 = hash_span(&hash)};
    TRY(attachment_put(services, conn, &attachment, content, now_ms, arena, why));
    *fields = fields_of(row, step, arena);
    *request = (struct filing_request){.procedure = file.procedure,
                                       .document = is_pdf ? SPAN("letter_made") : SPAN("letter_sealed"),
                                       .case_id = row->case_id,
                                       .as = SPAN("node"),
                                       .fields = fields,
                                       .attachment_count = 1,
                                       .attachments = {attachment.id},
                                       .received_ms = now_ms};
    TRY(filing_decide(services, conn, node, request, now_ms, arena, &plan, why));
    if (!plan.decision.is_accepted) {
        const struct fault *fault = &plan.decision.faults[0];
        return why_set(why, ERR_LAW, (const char *)fault->field.at, "letter.step", "", "%.*s", SPAN_FMT(fault->words));
    }
    TRY(filing_write(services, conn, edge, &plan, now_ms, arena, &seq, why));
    struct value id = value_text(row->filing_id);
    return store_write(conn, STMT_LETTER_ATTEMPT_END, &id, 1, NULL, why);
}

struct err letter_attempt_failed(struct store_conn *conn, struct span filing_id, struct span words, int64_t now_ms, struct arena *arena, struct why *why) {
    struct value id = value_text(filing_id);
    struct rows rows;
    TRY(store_read(conn, STMT_LETTER_ATTEMPT_GET, &id, 1, arena, &rows, why));
    int64_t count = rows.count == 0 ? 0 : rows_int(&rows, 0, 0);
    int64_t pause_ms = (int64_t)PAUSE_FIRST_MS << (count < PAUSE_DOUBLINGS ? count : PAUSE_DOUBLINGS);
    if (pause_ms > PAUSE_MOST_MS) pause_ms = PAUSE_MOST_MS;
    struct value params[] = {id, value_int(count + 1), value_int(now_ms + pause_ms), value_text(words)};
    return store_write(conn, STMT_LETTER_ATTEMPT_PUT, params, 4, NULL, why);
}
