// SPDX-License-Identifier: EUPL-1.2
/* The tables of routes that the files of this room define, one a topic. */
#ifndef API_RESOURCES_H
#define API_RESOURCES_H

#include "api/api.h"

extern const struct route routes_health[];

#endif
