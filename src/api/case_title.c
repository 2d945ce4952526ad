// SPDX-License-Identifier: EUPL-1.2
/* What a case that concerns no entity is called in a list: the first line of words of the filing that opened it, for whom sees that. */
#include "api/case_title.h"
#include "law/procedure.h"
#include "service/case.h"
#include "service/gate_view.h"
#include "service/seen.h"

// A text that a person wrote, not the value of a choice.
static bool is_words(struct span text) {
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] == ' ') return true;
    return false;
}

static void take_title(struct api_request *request, const struct case_file *file, const struct record_open *record, struct span document, bool is_party,
                       struct span *ret) {
    const struct services *services = request->services;
    struct civil at = zone_date(services->zone, request->received_ms);
    for (size_t i = 0; i < record->field_count; i++) {
        const struct receipt_item *item = &record->fields[i];
        struct json value;
        bool is_title = span_is(item->item.name, "title");
        if (item->state != RECEIPT_SHOWN || (ret->len > 0 && !is_title)) continue;
        if (is_party && !procedure_party_sees_field(services->law, services->state, at, file->procedure, document, item->item.name)) continue;
        if (is_err(json_parse(request->arena, item->item.canonical, &value, NULL)) || value.type != JSON_STRING) continue;
        if (is_title || is_words(value.string)) *ret = value.string;
    }
}

struct err case_title_read(struct api_request *request, struct span case_id, struct span office, struct case_title *ret, struct why *why) {
    bool is_party = office.at != NULL;
    const struct services *services = request->services;
    struct civil at = zone_date(services->zone, request->received_ms);
    struct case_file file;
    struct access_case of;
    struct rows rows;
    struct value id = value_text(case_id);
    *ret = (struct case_title){.text = span_make(NULL, 0)};
    TRY(case_get(request->conn, case_id, request->arena, &file, why));
    TRY(case_find_filer(request->conn, &request->principal, request->received_ms, request->arena, &file, why));
    case_access(services, &file, request->arena, &of);
    TRY(store_read(request->conn, STMT_FILINGS_OF_CASE, &id, 1, request->arena, &rows, why));
    if (rows.count == 0) return err_none();
    struct span document = rows_span(&rows, 0, 6);
    if (is_party) {
        if (!procedure_party_sees(services->law, services->state, at, file.procedure, document, &file.content)) return err_none();
    } else {
        struct viewer viewer = viewer_of(&request->principal, &of, request->received_ms);
        if (!viewer_sees(&viewer, &(struct matter){.seen_by = rows_span(&rows, 0, 11)})) return err_none();
    }
    struct gate_place place = gate_place_of(&file);
    struct gate_view view;
    struct record_open record;
    struct gate_withheld withheld;
    place.is_party = is_party;
    TRY(gate_view_open(services, request->conn, &place, &request->principal, GATE_LIST, request->received_ms, request->arena, &view, why));
    struct err read = gate_read_record(&view, request->conn, rows_span(&rows, 0, 0), request->arena, &record, &withheld, why);
    if (read.code == ERR_NOT_FOUND || read.code == ERR_DENIED) return err_none(); // held or frozen: the case has no name here
    TRY(read);
    const struct role *role = access_role_for_case(&request->principal, &of);
    ret->reading = (struct access_reading){.person_id = request->principal.person_id, .office = is_party || role == NULL ? office : role->office,
                                           .kind = SPAN("filing"), .id = rows_span(&rows, 0, 0), .entity = file.entity_id};
    take_title(request, &file, &record, document, is_party, &ret->text);
    return err_none();
}
