// SPDX-License-Identifier: EUPL-1.2
/* What the resources of mandates, claims, invitations and firms share. */
#ifndef API_ACT_JSON_H
#define API_ACT_JSON_H

#include "api/access_json.h"
#include "service/act.h"

// What the entity is to the rules of access; the same where it does not exist.
CHECKED struct err mandate_entity(struct api_request *request, struct span entity_id, struct access_entity *ret, struct why *why);
// Members scopes, from, until, ground, capacity, procedures, may_delegate of a body.
CHECKED struct err gift_read(struct api_request *request, const struct json *body, struct act_gift *ret, struct why *why);
// Whether the principal may give it here and now without another's word.
CHECKED struct err may_give(struct api_request *request, struct span entity_id, const struct act_gift *gift, struct why *why);
// Bounds as an array of texts.
void write_procedures(struct api_request *request, struct json_out *out, struct span procedures);

#endif
