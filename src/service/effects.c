// SPDX-License-Identifier: EUPL-1.2
#include "service/effects.h"

#include "law/procedure.h"
#include "service/admission.h"
#include "service/collection.h"
#include "service/desk_work.h"
#include "service/downtime.h"
#include "service/entity.h"
#include "service/erasure.h"
#include "service/letter_op.h"
#include "service/lock.h"
#include "service/obligation.h"
#include "service/registry.h"
#include "service/figures.h"
#include "service/intake.h"
#include "service/gate_op.h"
#include "service/release_op.h"
#include "service/party.h"
#include "service/publication.h"
#include "service/reach.h"
#include "service/search.h"
#include "service/schedule.h"
#include "service/seen.h"
#include "service/strand.h"

#define NEVER_MS INT64_MAX

static int64_t instant_of(struct span text, int64_t fallback) {
    struct stamp stamp;
    return text.at != NULL && !is_err(stamp_parse(text, NULL, "", &stamp, NULL)) ? stamp.ms : fallback;
}


static struct err put_duties(struct store_conn *conn, const struct desk_row *row, const struct json *duties, struct arena *arena,
                             int64_t *ret_next_due_ms, struct why *why) {
    struct value id = value_text(row->id);
    TRY(store_write(conn, STMT_DUTY_CLEAR, &id, 1, NULL, why));
    int64_t next = NEVER_MS;
    for (size_t i = 0; duties != NULL && i < duties->count; i++) {
        const struct json *duty = &duties->items[i];
        int64_t due_ms = instant_of(json_get_string(duty, "due"), NEVER_MS);
        int64_t latest_ms = instant_of(json_get_string(duty, "due_latest"), due_ms);
        bool is_closed = json_get_string(duty, "closed_by").at != NULL;
        int64_t done_ms = instant_of(json_get_string(duty, "done_at"), is_closed ? 0 : INSTANT_NONE);
        bool is_done = done_ms != INSTANT_NONE;
        if (!is_done && due_ms < next) next = due_ms;
        struct span content;
        TRY(json_canonical_text(arena, duty, &content));
        struct value params[] = {id,
                                 value_int((int64_t)i),
                                 value_text(json_get_string(duty, "duty")),
                                 value_text(json_get_string(duty, "document")),
                                 value_text(json_get_string(duty, "owed_by")),
                                 value_text(row->entity),
                                 value_text(row->workspace),
                                 value_text(row->sectors),
                                 value_int(due_ms),
                                 value_int(latest_ms),
                                 is_done ? value_int(done_ms) : value_null(),
                                 value_text(content),
                                 value_text(row->procedure),
                                 value_text(seen_by_text(duty, arena))};
        TRY(store_write(conn, STMT_DUTY_ADD, params, sizeof params / sizeof params[0], NULL, why));
    }
    *ret_next_due_ms = next;
    return err_none();
}

static struct err put_case(const struct services *services, struct store_conn *conn, const struct effects_of *of, const struct desk_row *row, const struct json *content,
                           struct arena *arena, struct why *why) {
    struct value id = value_text(row->id);
    struct rows before;
    TRY(store_read(conn, STMT_CASE_VERSION, &id, 1, arena, &before, why));
    int64_t next_due_ms = NEVER_MS;
    TRY(put_duties(conn, row, json_get(content, "duties"), arena, &next_due_ms, why));
    struct span text;
    TRY(json_canonical_text(arena, content, &text));
    struct value params[] = {id,
                             value_text(row->procedure),
                             value_text(row->workspace),
                             value_text(row->entity),
                             value_text(row->sectors),
                             value_text(json_get_string(content, "state")),
                             value_text(text),
                             value_int(before.count == 0 ? 1 : rows_int(&before, 0, 0) + 1),
                             value_int(next_due_ms),
                             value_int(of->recorded_ms),
                             value_int(of->recorded_ms),
                             value_int(of->seq)};
    TRY(store_write(conn, STMT_CASE_PUT, params, sizeof params / sizeof params[0], NULL, why));
    return desk_case_put(services, conn, of, row, content, next_due_ms, arena, why);
}

static struct err put_filing(struct store_conn *conn, const struct effects_of *of, const struct desk_row *row, struct why *why) {
    struct value params[] = {value_text(of->filing_id), value_int(of->seq),        value_text(row->id),
                             value_text(row->filed_for), value_text(row->workspace), value_text(row->procedure),
                             value_text(of->document),  value_text(of->filer_role), value_text(of->filer),
                             value_int(of->received_ms), value_int(of->recorded_ms), value_text(row->seen_by),
                             value_text(of->office)};
    return store_write(conn, STMT_FILING_ADD, params, sizeof params / sizeof params[0], NULL, why);
}

static struct err put_proposal(struct store_conn *conn, const struct effects_of *of, const struct desk_row *row, const struct json *op,
                               size_t ordinal, struct arena *arena, struct why *why) {
    struct span content;
    TRY(json_canonical_text(arena, op, &content));
    struct value params[] = {value_text(of->filing_id), value_int((int64_t)ordinal), value_text(row->id), value_text(content)};
    return store_write(conn, STMT_PROPOSAL_ADD, params, 4, NULL, why);
}

static struct err put_message(struct store_conn *conn, const struct effects_of *of, const struct desk_row *row, const struct json *op,
                              struct arena *arena, struct why *why) {
    struct span content;
    TRY(json_canonical_text(arena, op, &content));
    struct value params[] = {value_text(of->filing_id), value_text(row->id), value_text(content),
                             value_int(of->recorded_ms), value_int(of->recorded_ms)};
    return store_write(conn, STMT_OUTBOX_ADD, params, 5, NULL, why);
}

struct err effects_apply(struct services *services, struct store_conn *conn, const struct effects_of *of, struct arena *arena,
                         struct why *why) {
    const struct json *file = json_get(of->effects, "case"), *ops = json_get(of->effects, "ops");
    struct desk_row row = {.file = file, .id = json_get_string(file, "id"),
                           .workspace = json_get_string(file, "workspace"),
                           .entity = json_get_string(file, "entity"),
                           .procedure = json_get_string(file, "procedure")};
    if (row.id.at == NULL || row.procedure.at == NULL || row.workspace.at == NULL)
        return why_set(why, ERR_CORRUPT, "", "effects.case", "", "the effects of %.*s name no case", SPAN_FMT(of->filing_id));
    const struct json *party = json_get(of->effects, "party");
    row.seen_by = desk_seen_by(json_get(party != NULL ? party : file, "content"), of->filing_id, arena);
    for (size_t i = 0; ops != NULL && i < ops->count; i++) TRY(entity_op(services, conn, of, &ops->items[i], arena, why));
    for (size_t i = 0; ops != NULL && i < ops->count; i++) TRY(erasure_op(services, conn, of, &ops->items[i], arena, why));
    if (row.entity.at != NULL) TRY(entity_sectors(conn, row.entity, arena, &row.sectors, why));
    struct party_place place = {.case_id = row.id, .of = of};
    row.filed_for = party != NULL ? json_get_string(party, "entity") : row.entity;
    if (party != NULL) {
        TRY(party_put(conn, &place, party, arena, why));
    } else { // a party's filing leaves the case as it is
        TRY(intake_move(conn, row.id, row.workspace, row.entity, arena, why));
        TRY(put_case(services, conn, of, &row, json_get(file, "content"), arena, why));
        TRY(case_figure_put(conn, of, row.id, row.procedure, row.entity, json_get(file, "content"), arena, why));
        TRY(party_put_duties(conn, &place, json_get(file, "content"), arena, why));
    }
    TRY(put_filing(conn, of, &row, why));
    if (party == NULL) TRY(reach_case_changed(conn, row.id, why));
    if (!of->is_rebuild) TRY(reach_office_filed(conn, row.id, of->filer_role, of->filer, of->recorded_ms, why));
    for (size_t i = 0; ops != NULL && i < ops->count; i++) TRY(party_op(conn, &place, &ops->items[i], arena, why)); // before they are told
    for (size_t i = 0; ops != NULL && i < ops->count; i++) {
        const struct json *op = &ops->items[i];
        struct span name = json_get_string(op, "op");
        TRY(desk_op(conn, of, &row, op, arena, why));
        TRY(search_op(services, conn, of, row.workspace, op, arena, why));
        TRY(intake_op(conn, of, row.id, op, why));
        TRY(downtime_op(conn, of, row.id, op, why));
        TRY(gate_op(conn, of, op, i, row.id, arena, why));
        TRY(release_op(conn, of, op, row.id, arena, why));
        TRY(letter_op(services, conn, of, op, row.id, row.entity, arena, why));
        TRY(figures_op(services, conn, of, op, row.id, arena, why));
        TRY(registry_op(services, conn, of, op, arena, why));
        TRY(collection_op(conn, services, of, op, row.id, arena, why));
        TRY(obligation_op(services, conn, of, op, row.id, arena, why));
        TRY(schedule_op(services, conn, of, op, row.id, arena, why));
        TRY(lock_op(conn, of, op, row.id, why));
        TRY(strand_op(conn, of, op, row.id, arena, why));
        TRY(admission_op(conn, of, op, row.id, why));
        TRY(publication_op(conn, of, op, row.id, row.procedure, arena, why));
        if (span_is(name, "proposal")) TRY(put_proposal(conn, of, &row, op, i, arena, why));
        if (!span_is(name, "message") || of->is_rebuild) continue;
        if (party_is_message(op)) TRY(party_message(conn, &place, op, arena, why));
        else TRY(put_message(conn, of, &row, op, arena, why));
    }
    return admission_put(conn, row.id, arena, why);
}
