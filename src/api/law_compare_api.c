// SPDX-License-Identifier: EUPL-1.2
/* What a law pack holds on a day, and what one has instead of, besides or without another. */
#include "api/resources.h"
#include "law/pack_rows.h"

static struct err day_of(const struct api_request *request, const char *name, struct civil fallback, struct civil *ret, struct why *why) {
    *ret = fallback;
    struct span wanted = api_query(request, name);
    if (wanted.at != NULL && !civil_parse(wanted, ret)) return why_set(why, ERR_INPUT, name, "api.query", "", "%s must be a date like 2026-11-22", name);
    return err_none();
}

static struct err pack_of(const struct api_request *request, const char *name, const struct pack **ret, struct why *why) {
    *ret = law_pack(request->services->law, api_query(request, name));
    if (*ret == NULL) return why_set(why, ERR_INPUT, name, "law.pack", "", "%s names no pack of GET /api/v1/law/packs", name);
    return err_none();
}

static struct err get_rows(struct api_request *request, struct api_response *response, struct why *why) {
    const struct pack *pack;
    struct civil at;
    struct pack_rows rows;
    TRY(pack_of(request, "pack", &pack, why));
    TRY(day_of(request, "at", zone_date(request->services->zone, request->received_ms), &at, why));
    TRY(pack_rows_read(pack, at, request->arena, &rows));
    struct json_out out;
    api_json(response, 200, &out);
    pack_write_json(&out, request->services->law, pack, at, &rows, request->lang, request->arena);
    return err_none();
}

static struct err get_diff(struct api_request *request, struct api_response *response, struct why *why) {
    const struct pack *before, *after;
    struct civil at, then;
    struct pack_comparison comparison;
    TRY(pack_of(request, "before", &before, why));
    TRY(pack_of(request, "after", &after, why));
    TRY(day_of(request, "at", zone_date(request->services->zone, request->received_ms), &at, why));
    TRY(day_of(request, "then", at, &then, why));
    TRY(packs_compare(request->services->law, before, at, after, then, request->arena, &comparison));
    struct json_out out;
    api_json(response, 200, &out);
    comparison_write_json(&out, &comparison, request->lang, request->arena);
    return err_none();
}

static const struct route_param ROWS[] = {
    {"pack", "string", "the pack, for example national/be"},
    {"at", "string", "the rows of which day; today by default"},
    {NULL, NULL, NULL},
};
static const struct route_param DIFF[] = {
    {"before", "string", "a pack, for example eu/nis2"},
    {"after", "string", "the pack that is laid over it or compared with it, for example national/de"},
    {"at", "string", "the rows of the first on which day; today by default"},
    {"then", "string", "the rows of the second on which day; as at by default"},
    {NULL, NULL, NULL},
};

const struct route routes_law_compare[] = {
    {"GET", "/api/v1/law/rows", get_rows, AUTH_NONE, 0, RATE_OPEN, "law", "What a law pack holds on a day, row by row with articles", NULL, "PackRows", 200, ROWS, false},
    {"GET", "/api/v1/law/diff", get_diff, AUTH_NONE, 0, RATE_OPEN, "law", "What a law pack has instead of, besides or without another", NULL, "PackDiff", 200, DIFF, false},
    {0},
};
