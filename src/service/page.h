// SPDX-License-Identifier: EUPL-1.2
/* Pages: acknowledging a call. How calls are made: reach_private.h; who is on call: rota.h. */
#ifndef SERVICE_PAGE_H
#define SERVICE_PAGE_H

#include "service/services.h"

// Writing. HOW: "signed_in", "link", "filing". *ret_is_first false: it was acknowledged before, and stays with who did it first.
CHECKED struct err page_acknowledge(struct store_conn *conn, struct span page_id, struct span person_id, const char *how, int64_t now_ms,
                                    bool *ret_is_first, struct why *why);
// Who was sent the link with TOKEN; ERR_NOT_FOUND where nobody was. Reading.
CHECKED struct err page_link_check(const struct services *services, struct store_conn *conn, struct span page_id, struct span token,
                                   struct arena *arena, struct span *ret_person, struct why *why);

#endif
