// SPDX-License-Identifier: EUPL-1.2
/* All tables of routes. */
#include "api/resources.h"

const struct route *const route_tables[] = {
    routes_health,
    NULL,
};
