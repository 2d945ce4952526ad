// SPDX-License-Identifier: EUPL-1.2
/* The register asked for more than name, status and class. */
#include "api/entity_filter.h"
#include "law/procedure.h"

enum { NAMED = 5, FILTERS = 10 };
static const char *const NAMES[NAMED] = {"sector", "size", "type", "service", "lacks"};

bool entity_filter_is_asked(const struct api_request *request) {
    for (size_t i = 0; i < NAMED; i++)
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

// $1 to $10 of both statements; FOLDED is the text to search, folded.
static struct err filters_read(const struct api_request *request, struct span sectors, struct span folded, struct value ret[FILTERS], struct why *why) {
    ret[0] = value_text(sectors);
    ret[1] = value_text(api_query(request, "status"));
    ret[2] = value_text(api_query(request, "class"));
    ret[3] = folded.len > 0 ? value_text(folded) : value_null();
    ret[4] = value_text(api_query(request, "search"));
    for (size_t i = 0; i < NAMED; i++) {
        struct span wanted = api_query(request, NAMES[i]);
        if (wanted.len > 64) return why_set(why, ERR_INPUT, NAMES[i], "api.query", "", "%s: at most 64 characters are expected", NAMES[i]);
        ret[FILTERS - NAMED + i] = wanted.len > 0 ? value_text(wanted) : value_null();
    }
    struct span lacks = api_query(request, "lacks");
    return lacks.len > 0 ? may_ask_for(request, lacks, why) : err_none();
}

struct err entity_filter_page(struct api_request *request, struct span sectors, struct span folded, const struct span after[2], int64_t limit, struct rows *ret,
                              struct why *why) {
    struct value params[FILTERS + 3];
    TRY(filters_read(request, sectors, folded, params, why));
    params[FILTERS] = value_text(after[0]);
    params[FILTERS + 1] = value_text(after[1]);
    params[FILTERS + 2] = value_int(limit);
    return store_read(request->conn, STMT_REGISTER_FILTER_PAGE, params, FILTERS + 3, request->arena, ret, why);
}

struct err entity_filter_count(struct api_request *request, struct span sectors, struct span folded, struct span hidden, int64_t *ret, struct why *why) {
    struct value params[FILTERS + 1];
    struct rows rows;
    TRY(filters_read(request, sectors, folded, params, why));
    params[FILTERS] = value_text(hidden);
    TRY(store_read(request->conn, STMT_REGISTER_FILTER_COUNT, params, FILTERS + 1, request->arena, &rows, why));
    *ret = rows_int(&rows, 0, 0);
    return err_none();
}
