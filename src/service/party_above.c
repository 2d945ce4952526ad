// SPDX-License-Identifier: EUPL-1.2
/* A case under another: what stands above it, and what offices wrote there for all cases under it. */
#include "law/procedure.h"
#include "service/party.h"
#include "service/seen.h"

// Whether one who looks at the case below as an office sees the case above it too.
static bool sees_above(const struct services *services, const struct principal *principal, const struct case_file *file, int64_t now_ms, struct arena *arena) {
    struct access_case of;
    case_access(services, file, arena, &of);
    return (viewer_of(principal, &of, now_ms).views & VIEW_OFFICES) != 0;
}

static struct err write_shared(struct json_out *out, const struct services *services, struct store_conn *conn, const struct rows *above,
                               const struct principal *principal, bool is_office, int64_t now_ms, struct arena *arena, struct why *why) {
    json_out_name(out, "shared");
    json_out_array(out);
    for (size_t i = 0; i < above->count; i++) {
        struct value id = value_text(rows_span(above, i, 0));
        struct case_file file;
        struct rows filings;
        TRY(case_get(conn, id.bytes, arena, &file, why));
        if (is_office && !sees_above(services, principal, &file, now_ms, arena)) continue;
        TRY(store_read(conn, STMT_FILINGS_OF_CASE, &id, 1, arena, &filings, why));
        for (size_t k = 0; k < filings.count; k++) {
            struct span filing = rows_span(&filings, k, 0), document = rows_span(&filings, k, 6), status;
            if (!party_sees_filing(services, &file, filing, document, now_ms, &status)) continue;
            json_out_object(out);
            json_out_member_string(out, "filing", filing);
            if (is_office) json_out_member_string(out, "case", file.id);
            json_out_member_string(out, "document", document);
            json_out_member_string(out, "status", status);
            json_out_member_string(out, "received_at", instant_text(arena, rows_int(&filings, k, 9)));
            json_out_object_end(out);
        }
    }
    json_out_array_end(out);
    return err_none();
}

struct err party_write_above(struct json_out *out, const struct services *services, struct store_conn *conn, struct span case_id, const struct principal *principal,
                             bool is_office, int64_t now_ms, struct arena *arena, struct why *why) {
    struct value id = value_text(case_id);
    struct rows above;
    TRY(store_read(conn, STMT_CASE_ABOVE, &id, 1, arena, &above, why));
    if (above.count == 0) return err_none();
    TRY(write_shared(out, services, conn, &above, principal, is_office, now_ms, arena, why));
    if (!is_office) return err_none(); // that it is one of several, its entity learns by the offices' words alone
    json_out_name(out, "above");
    json_out_array(out);
    for (size_t i = 0; i < above.count; i++) {
        struct case_file file;
        TRY(case_get(conn, rows_span(&above, i, 0), arena, &file, why));
        if (!sees_above(services, principal, &file, now_ms, arena)) continue;
        json_out_object(out);
        json_out_member_string(out, "case", rows_span(&above, i, 0));
        json_out_member_string(out, "procedure", rows_span(&above, i, 1));
        json_out_member_string(out, "state", rows_span(&above, i, 2));
        json_out_member_string(out, "joined_at", instant_text(arena, rows_int(&above, i, 3)));
        json_out_object_end(out);
    }
    json_out_array_end(out);
    return err_none();
}
