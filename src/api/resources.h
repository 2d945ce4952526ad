// SPDX-License-Identifier: EUPL-1.2
/* The tables of routes that the files of this room define, one a topic. */
#ifndef API_RESOURCES_H
#define API_RESOURCES_H

#include "api/api.h"

extern const struct route routes_health[];
extern const struct route routes_law[];
extern const struct route routes_law_compare[];
extern const struct route routes_what_if[];
extern const struct route routes_web[];
extern const struct route routes_home_page[];
extern const struct route routes_scope_page[];
extern const struct route routes_peer[];
extern const struct route routes_directory_page[];
extern const struct route routes_receipt_page[];
extern const struct route routes_filing[];
extern const struct route routes_case[];
extern const struct route routes_situation[];
extern const struct route routes_emergency[];
extern const struct route routes_emergency_page[];
extern const struct route routes_downtime[];
extern const struct route routes_entity[];
extern const struct route routes_desk[];
extern const struct route routes_draft[];
extern const struct route routes_log[];
extern const struct route routes_letter[];
extern const struct route routes_import[];
extern const struct route routes_openapi[];
extern const struct route routes_access[];
extern const struct route routes_me[];
extern const struct route routes_office[];
extern const struct route routes_person[];
extern const struct route routes_mandate[];
extern const struct route routes_claim[];
extern const struct route routes_provider[];
extern const struct route routes_passkey[];
extern const struct route routes_leaver[];
extern const struct route routes_invitation[];
extern const struct route routes_channel[];
extern const struct route routes_delivery[];
extern const struct route routes_page[];
extern const struct route routes_rota[];
extern const struct route routes_release[];
extern const struct route routes_preview[];
extern const struct route routes_statistic[];
extern const struct route routes_privacy[];
extern const struct route routes_obligation[];
extern const struct route routes_registry[];
extern const struct route routes_collection[];
extern const struct route routes_party[];
extern const struct route routes_answer[];
extern const struct route routes_strand[];
extern const struct route routes_selection[];
extern const struct route routes_public[];
extern const struct route routes_public_page[];
extern const struct route routes_admin[];
extern const struct route routes_outbox[];

#endif
