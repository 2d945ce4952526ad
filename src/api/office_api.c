// SPDX-License-Identifier: EUPL-1.2
/* The offices of this node, with what people call them: for whoever gives something to one, or wonders who will read it. */
#include "api/resources.h"

static bool has_role_at(const struct principal *principal, struct span office) {
    for (size_t i = 0; i < principal->role_count; i++)
        if (span_equals(principal->roles[i].office, office)) return true;
    return false;
}

static void write_office(struct json_out *out, const struct access_office *office, const struct principal *principal) {
    json_out_object(out);
    json_out_member_string(out, "office", office->id);
    json_out_member_string(out, "kind", office->kind->id);
    json_out_member_string(out, "label", office->kind->label);
    json_out_member_string(out, "name", office->name);
    json_out_member_string(out, "telephone", office->telephone);
    json_out_member_string(out, "state", office->state);
    json_out_name(out, "sectors");
    json_out_array(out);
    for (size_t i = 0; i < office->sector_count; i++) json_out_string(out, office->sectors[i]);
    json_out_array_end(out);
    json_out_member_bool(out, "is_own", has_role_at(principal, office->id));
    json_out_object_end(out);
}

static struct err get_offices(struct api_request *request, struct api_response *response, struct why *why) {
    const struct access *access = request->services->access;
    struct json_out out;
    (void)why;
    api_json(response, 200, &out);
    json_out_object(&out);
    json_out_name(&out, "offices");
    json_out_array(&out);
    for (size_t i = 0; i < access->office_count; i++) write_office(&out, &access->offices[i], &request->principal);
    json_out_array_end(&out);
    json_out_object_end(&out);
    return err_none();
}

const struct route routes_office[] = {
    {"GET", "/api/v1/offices", get_offices, AUTH_KNOWN, SCOPE_READ, RATE_READ, "access", "The offices of this node, with their names", NULL, "OfficeList", 200, NULL, false},
    {0},
};
