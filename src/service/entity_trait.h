// SPDX-License-Identifier: EUPL-1.2
/* What selections of the register look for (schema/340-cast.sql, entity_trait), made from an entity's entry. */
#ifndef SERVICE_ENTITY_TRAIT_H
#define SERVICE_ENTITY_TRAIT_H

#include "service/entity.h"

// Inside a transaction, after the entry was written.
CHECKED struct err entity_traits_put(struct store_conn *conn, const struct entity *entity, struct arena *arena, struct why *why);

#endif
