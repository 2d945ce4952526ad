// SPDX-License-Identifier: EUPL-1.2
/* The role that holds law, services and database. */
#ifndef ROLE_NODE_H
#define ROLE_NODE_H

#include "role/config.h"

int node_role(const struct config *config);

#endif
