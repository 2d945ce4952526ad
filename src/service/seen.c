// SPDX-License-Identifier: EUPL-1.2
#include "service/seen.h"

static_assert(LIMIT_OFFICE_KINDS <= 64, "a viewer's kinds are bits");

void viewer_add(struct viewer *viewer, struct span role) {
    const struct principal *who = viewer->principal;
    if (span_is(role, "entity")) viewer->views |= VIEW_ENTITY;
    if (span_is(role, "anyone")) viewer->views |= VIEW_ANYONE;
    for (size_t i = 0; i < who->role_count; i++) {
        if (!span_equals(who->roles[i].kind->id, role)) continue;
        viewer->views |= VIEW_OFFICES;
        viewer->kinds |= UINT64_C(1) << who->roles[i].kind->index;
    }
}

struct viewer viewer_of(const struct principal *principal, const struct access_case *of, int64_t now_ms) {
    struct viewer viewer = {.principal = principal, .of = of};
    for (size_t i = 0; principal->is_known && principal->is_totp_done && i < principal->role_count; i++)
        if (access_role_reaches(&principal->roles[i], of)) viewer_add(&viewer, principal->roles[i].kind->id);
    if (access_reads_as_filer(principal, of, now_ms)) viewer.views |= of->entity.at != NULL ? VIEW_ENTITY : VIEW_ANYONE;
    return viewer;
}

static bool looks_as(const struct viewer *viewer, struct span role) {
    const struct principal *who = viewer->principal;
    if (span_is(role, "entity")) return (viewer->views & VIEW_ENTITY) != 0;
    if (span_is(role, "anyone")) return (viewer->views & VIEW_ANYONE) != 0;
    for (size_t i = 0; (viewer->views & VIEW_OFFICES) != 0 && i < who->role_count; i++)
        if (span_equals(who->roles[i].kind->id, role) && (viewer->kinds >> who->roles[i].kind->index & 1) != 0) return true;
    return false;
}

static bool is_named(const struct viewer *viewer, struct span seen_by) {
    for (size_t at = 0; at < seen_by.len;) {
        size_t end = span_find(seen_by, ' ', at);
        if (looks_as(viewer, span_part(seen_by, at, end))) return true;
        at = end + 1;
    }
    return false;
}

bool viewer_owns(const struct viewer *viewer, const struct matter *matter) {
    const struct principal *who = viewer->principal;
    if (!who->is_known) return false;
    bool is_hers = matter->filer.len > 0 && span_equals(matter->filer, who->pseudonym);
    bool is_of_office = role_is_office(matter->filer_role) || (span_is(matter->filer_role, "party") && matter->office.len > 0);
    if (!is_of_office) return is_hers; // as entity or anyone: what she sent stays hers
    for (size_t i = 0; who->is_totp_done && i < who->role_count; i++) {
        const struct role *role = &who->roles[i];
        bool is_apart = access_role_is_named(role, viewer->of) && !access_role_reaches(role, viewer->of); // an office of named persons shares nothing
        if (matter->office.len > 0 && span_equals(role->office, matter->office) && access_role_in_bounds(role, viewer->of) && !is_apart) return true;
    }
    return false;
}

bool viewer_sees(const struct viewer *viewer, const struct matter *matter) {
    if (matter->seen_by.len > 0 && is_named(viewer, matter->seen_by)) return true;
    if (matter->seen_by.len == 0 && viewer->views != 0) return true;
    return viewer_owns(viewer, matter);
}

struct span seen_by_text(const struct json *row, struct arena *arena) {
    const struct json *names = row == NULL ? NULL : json_get(row, "seen_by");
    struct buf text;
    if (names == NULL || names->type != JSON_ARRAY || names->count == 0) return span_make(NULL, 0);
    buf_init(&text, arena, 256);
    for (size_t i = 0; i < names->count; i++) {
        if (i > 0) buf_add_byte(&text, ' ');
        buf_add(&text, names->items[i].string);
    }
    return text.is_failed ? SPAN("nobody") : buf_span(&text);
}

static bool sees_names(const struct viewer *viewer, const struct json *names) {
    if (names == NULL || names->type != JSON_ARRAY) return viewer_sees(viewer, &(struct matter){0});
    for (size_t i = 0; i < names->count; i++)
        if (viewer_sees(viewer, &(struct matter){.seen_by = names->items[i].string})) return true;
    return false;
}

bool viewer_sees_row(const struct viewer *viewer, const struct json *row) { return sees_names(viewer, json_get(row, "seen_by")); }

bool viewer_sees_name(const struct viewer *viewer, const struct json *content, const char *kind, struct span name) {
    const struct json *names = json_get(json_get(content, "audience"), kind), *found = NULL;
    for (size_t i = 0; names != NULL && names->type == JSON_OBJECT && i < names->count; i++)
        if (span_equals(names->members[i].name, name)) found = &names->members[i].value;
    return sees_names(viewer, found);
}

static bool sees_filing(const struct viewer *viewer, const struct json *content, struct span id) {
    const struct json *filings = json_get(content, "filings");
    for (size_t i = 0; filings != NULL && i < filings->count; i++)
        if (span_equals(json_get_string(&filings->items[i], "id"), id)) return viewer_sees_row(viewer, &filings->items[i]);
    return true;
}

void viewer_write_duty(struct json_out *out, const struct viewer *viewer, const struct json *content, const struct json *duty, int64_t now_ms,
                       struct arena *arena) {
    static const char *const BY[] = {"opened_by", "done_by", "closed_by"};
    struct json shown = *duty;
    struct json_member members[64];
    if (duty->count <= sizeof members / sizeof members[0]) {
        memcpy(members, duty->members, duty->count * sizeof members[0]);
        shown.members = members;
        for (size_t i = 0; i < shown.count; i++)
            for (size_t k = 0; k < sizeof BY / sizeof BY[0]; k++)
                if (span_is(members[i].name, BY[k]) && members[i].value.type == JSON_STRING && !sees_filing(viewer, content, members[i].value.string))
                    members[i].value = (struct json){.type = JSON_NULL};
    }
    duty_write_beside(out, &shown, now_ms, (viewer->views & VIEW_OFFICES) != 0, viewer->downtimes, arena);
}
