// SPDX-License-Identifier: EUPL-1.2
/* All tables of routes. */
#include "api/resources.h"

const struct route *const route_tables[] = {
    routes_health, routes_law, routes_law_compare, routes_what_if, routes_filing, routes_case, routes_situation,   routes_entity, routes_party, routes_answer, routes_strand,  routes_selection, routes_draft, routes_log, routes_import,
    routes_letter, routes_access, routes_me, routes_office,  routes_person, routes_mandate, routes_claim, routes_provider, routes_passkey, routes_leaver, routes_invitation,
    routes_emergency, routes_emergency_page, routes_downtime, routes_openapi, routes_channel, routes_delivery, routes_page, routes_rota,
    routes_release, routes_preview, routes_statistic, routes_privacy, routes_desk, routes_public, routes_public_page, routes_obligation, routes_registry, routes_collection, routes_web, routes_home_page,
    routes_scope_page, routes_directory_page, routes_receipt_page, routes_admin, routes_outbox, routes_peer, NULL,
};
