// SPDX-License-Identifier: EUPL-1.2
/* Selections of the register: who would get it, counted before anything is sent. */
#include "api/resources.h"
#include "service/selection.h"

enum { SAMPLE_ROWS = 20, UNREACHED_ROWS = 100, DIFFERENCE_ROWS = 100, GROUPS_MAX = 200 };

struct preview {
    struct selection selection;
    struct selection_found found;
    struct selection_difference difference;
    bool has_difference;
};

struct group {
    struct span name;
    size_t count;
};

static void group_count(struct group *groups, size_t *count, struct span name) {
    for (size_t i = 0; i < *count; i++)
        if (span_equals(groups[i].name, name)) {
            groups[i].count++;
            return;
        }
    if (*count < GROUPS_MAX) groups[(*count)++] = (struct group){.name = name, .count = 1};
}

static void groups_write(struct json_out *out, const char *name, const char *member, const struct group *groups, size_t count) {
    json_out_name(out, name);
    json_out_array(out);
    for (size_t i = 0; i < count; i++) {
        json_out_object(out);
        json_out_member_string(out, member, groups[i].name);
        json_out_member_int(out, "entities", (int64_t)groups[i].count);
        json_out_object_end(out);
    }
    json_out_array_end(out);
}

// Sectors of a row as the register writes them: ["energy","health"]. An entity of two sectors counts in each.
static void sectors_count(struct group *groups, size_t *count, struct span sectors) {
    size_t at = 0;
    while (at < sectors.len) {
        size_t from = span_find(sectors, '"', at), to = from < sectors.len ? span_find(sectors, '"', from + 1) : sectors.len;
        if (to >= sectors.len) return;
        group_count(groups, count, span_part(sectors, from + 1, to));
        at = to + 1;
    }
}

static struct err write_breakdown(struct api_request *request, struct json_out *out, const struct selection_found *found) {
    struct group *sectors = arena_take_array(request->arena, GROUPS_MAX, sizeof *sectors), *classes = arena_take_array(request->arena, GROUPS_MAX, sizeof *classes);
    size_t sector_count = 0, class_count = 0;
    if (sectors == NULL || classes == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < found->row_count; i++) {
        if (!found->rows[i].is_registered) continue;
        sectors_count(sectors, &sector_count, found->rows[i].sectors);
        group_count(classes, &class_count, found->rows[i].class);
    }
    groups_write(out, "by_sector", "sector", sectors, sector_count);
    groups_write(out, "by_class", "class", classes, class_count);
    return err_none();
}

static void write_row(struct json_out *out, const struct selection_row *row, const char *reason) {
    json_out_object(out);
    json_out_member_string(out, "id", row->id);
    json_out_member_string(out, "name", row->name);
    json_out_member_string(out, "class", row->class);
    json_out_name(out, "sectors");
    json_out_raw(out, row->sectors.at != NULL ? row->sectors : SPAN("[]"));
    if (reason != NULL) json_out_member_text(out, "reason", reason);
    json_out_object_end(out);
}

static void write_sample(struct json_out *out, const struct selection_found *found) {
    size_t shown = 0, step = found->count / SAMPLE_ROWS + 1, seen = 0;
    json_out_name(out, "sample");
    json_out_array(out);
    for (size_t i = 0; i < found->row_count && shown < SAMPLE_ROWS; i++) {
        if (!found->rows[i].is_registered || seen++ % step != 0) continue;
        write_row(out, &found->rows[i], NULL);
        shown++;
    }
    json_out_array_end(out);
}

static void write_unreached(struct json_out *out, const struct selection_found *found) {
    size_t count = 0;
    json_out_name(out, "unreached");
    json_out_object(out);
    json_out_name(out, "entities");
    json_out_array(out);
    for (size_t i = 0; i < found->row_count; i++) {
        if (!found->rows[i].is_registered || found->rows[i].has_contact) continue;
        if (count++ < UNREACHED_ROWS) write_row(out, &found->rows[i], "no contact with a mail address, and nobody who reads for it");
    }
    json_out_array_end(out);
    json_out_member_int(out, "count", (int64_t)count);
    json_out_object_end(out);
}

static struct err write_names(struct api_request *request, struct store_conn *conn, struct json_out *out, const char *name, const struct span *ids, size_t count,
                              struct why *why) {
    struct json list = {.type = JSON_ARRAY, .items = arena_take_array(request->arena, DIFFERENCE_ROWS, sizeof *list.items)};
    struct span text;
    struct rows rows;
    if (list.items == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < count && i < DIFFERENCE_ROWS; i++) list.items[list.count++] = json_from_string(ids[i]);
    TRY(json_canonical_text(request->arena, &list, &text));
    struct value param = value_text(text);
    TRY(store_read(conn, STMT_ENTITY_NAMES, &param, 1, request->arena, &rows, why));
    json_out_name(out, name);
    json_out_array(out);
    for (size_t i = 0; i < rows.count; i++) {
        json_out_object(out);
        json_out_member_string(out, "id", rows_span(&rows, i, 0));
        json_out_member_string(out, "name", rows_span(&rows, i, 1));
        json_out_object_end(out);
    }
    json_out_array_end(out);
    return err_none();
}

static struct err write_difference(struct api_request *request, struct store_conn *conn, struct json_out *out, const struct preview *preview, struct why *why) {
    json_out_name(out, "difference");
    if (!preview->has_difference) {
        json_out_null(out);
        return err_none();
    }
    json_out_object(out);
    json_out_member_int(out, "came_count", (int64_t)preview->difference.came_count);
    json_out_member_int(out, "went_count", (int64_t)preview->difference.went_count);
    TRY(write_names(request, conn, out, "came", preview->difference.came, preview->difference.came_count, why));
    TRY(write_names(request, conn, out, "went", preview->difference.went, preview->difference.went_count, why));
    json_out_object_end(out);
    return err_none();
}

static struct err preview_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context, struct why *why) {
    (void)edge;
    const struct preview *preview = context;
    return selection_keep(conn, &preview->selection, &preview->found, now_ms, request->arena, why);
}

static struct err preview_render(struct api_request *request, struct api_response *response, struct store_conn *reader, void *context, struct why *why) {
    const struct preview *preview = context;
    struct json_out out;
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_member_string(&out, "version", preview->found.version);
    json_out_name(&out, "selection");
    json_out_value(&out, &preview->selection.criteria);
    json_out_member_int(&out, "count", (int64_t)preview->found.count);
    json_out_member_int(&out, "pending", (int64_t)preview->found.pending_count);
    TRY(write_breakdown(request, &out, &preview->found));
    write_sample(&out, &preview->found);
    write_unreached(&out, &preview->found);
    TRY(write_difference(request, reader, &out, preview, why));
    json_out_object_end(&out);
    return err_none();
}

// For officers whose bounds leave out no sector: who sends to a selection sends to all of it.
static struct err may_select(const struct api_request *request, struct why *why) {
    const struct principal *principal = &request->principal;
    bool is_bounded = false;
    for (size_t i = 0; principal->is_totp_done && i < principal->role_count; i++) {
        const struct role *role = &principal->roles[i];
        if ((role->kind->does & OFFICE_SELECTS) == 0 || role->role < ROLE_OFFICER) continue;
        if (role_is_unbounded(role)) return err_none();
        is_bounded = true;
    }
    if (is_bounded) return why_set(why, ERR_DENIED, "", "access.sector", "", "your role is bounded to sectors; who selects from the register sees all of it");
    return why_set(why, ERR_DENIED, "", "access.office", "", "selections of the register are for officers of a CSIRT or competent authority, signed in with their second factor");
}

static struct err post_preview(struct api_request *request, struct api_response *response, struct why *why) {
    static const char *const MEMBERS[] = {"selection", "since", NULL};
    struct preview *preview = ARENA_NEW(request->arena, struct preview);
    struct json body;
    struct span since;
    if (preview == NULL) return err_make(ERR_MEMORY);
    TRY(may_select(request, why));
    TRY(api_body(request, &body, why));
    TRY(api_members_only(&body, MEMBERS, why));
    TRY(api_member_text_optional(&body, "since", 64, &since, why));
    TRY(selection_read(request->services->law, json_get(&body, "selection"), request->arena, &preview->selection, why));
    TRY(selection_find(request->conn, &preview->selection, span_make(NULL, 0), request->arena, &preview->found, why));
    if (since.at != NULL) {
        TRY(selection_compare(request->conn, since, &preview->found, request->arena, &preview->difference, why));
        preview->has_difference = true;
    }
    return api_write(request, response, preview_apply, preview_render, preview, false);
}

const struct route routes_selection[] = {
    {"POST", "/api/v1/selections/preview", post_preview, AUTH_KNOWN, SCOPE_READ, RATE_READ, "register", "Who on the register fits criteria: counted, by sector and class, with a version to send by", "SelectionQuestion", "SelectionPreview", 200, NULL, false},
    {0},
};
