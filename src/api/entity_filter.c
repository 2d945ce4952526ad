// SPDX-License-Identifier: EUPL-1.2
/* The register asked for more than name, status and class. */
#include "api/entity_filter.h"
#include "law/procedure.h"

enum { FILTERS = 5 };
static const char *const NAMES[FILTERS] = {"sector", "size", "type", "service", "lacks"};

bool entity_filter_is_asked(const struct api_request *request) {
    for (size_t i = 0; i < FILTERS; i++)
        if (api_query(request, NAMES[i]).len > 0) return true;
    return false;
}

// What only some may see tells nobody else that it is missing either.
static struct err may_ask_for(const struct api_request *request, struct span attribute, struct why *why) {
    const struct services *services = request->services;
    struct civil at = zone_date(services->zone, request->received_ms);
    for (size_t i = 0; i < request->principal.role_count; i++)
        if (!procedure_register_sees(services->law, services->state, at, attribute, request->principal.roles[i].kind->id))
            return why_set(why, ERR_DENIED, "lacks", "register.attribute", "", "this part of the register is not for one of your offices");
    return err_none();
}

static struct err values_read(const struct api_request *request, struct value ret[FILTERS], struct why *why) {
    for (size_t i = 0; i < FILTERS; i++) {
        struct span wanted = api_query(request, NAMES[i]);
        if (wanted.len > 64) return why_set(why, ERR_INPUT, NAMES[i], "api.query", "", "%s: at most 64 characters are expected", NAMES[i]);
        ret[i] = wanted.len > 0 ? value_text(wanted) : value_null();
    }
    struct span lacks = api_query(request, "lacks");
    return lacks.len > 0 ? may_ask_for(request, lacks, why) : err_none();
}

struct err entity_filter_page(struct api_request *request, struct span sectors, struct span folded, const struct span after[2], int64_t limit, struct rows *ret,
                              struct why *why) {
    struct value filters[FILTERS];
    TRY(values_read(request, filters, why));
    struct value text = folded.len > 0 ? value_text(folded) : value_null();
    struct value params[] = {value_text(after[0]), value_text(after[1]), value_int(limit), value_text(sectors), value_text(api_query(request, "status")),
                             value_text(api_query(request, "class")), text, value_text(api_query(request, "search")),
                             filters[0], filters[1], filters[2], filters[3], filters[4]};
    return store_read(request->conn, STMT_REGISTER_FILTER_PAGE, params, 13, request->arena, ret, why);
}

struct err entity_filter_count(struct api_request *request, struct span sectors, struct span folded, struct span hidden, int64_t *ret, struct why *why) {
    struct value filters[FILTERS];
    struct value text = folded.len > 0 ? value_text(folded) : value_null();
    struct rows rows;
    TRY(values_read(request, filters, why));
    struct value params[] = {value_text(sectors), value_text(api_query(request, "status")), value_text(api_query(request, "class")), text,
                             value_text(api_query(request, "search")), filters[0], filters[1], filters[2], filters[3], filters[4], value_text(hidden)};
    TRY(store_read(request->conn, STMT_REGISTER_FILTER_COUNT, params, 11, request->arena, &rows, why));
    *ret = rows_int(&rows, 0, 0);
    return err_none();
}
