// SPDX-License-Identifier: EUPL-1.2
#include "role/role.h"

const struct process_role role_table[] = {
    {"front", front_role}, {"node", node_role}, {"keys", keys_role}, {"courier", courier_role}, {"press", press_role}, {NULL, NULL},
};
