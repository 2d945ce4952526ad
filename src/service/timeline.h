// SPDX-License-Identifier: EUPL-1.2
/*
 * The timeline of a case: what was filed, with the differences to the version before, which duties that opened, fulfilled or ended,
 * and what was sent to whom, in one order, as far as the one who asks may see it.
 */
#ifndef SERVICE_TIMELINE_H
#define SERVICE_TIMELINE_H

#include "base/json.h"
#include "service/case.h"

struct timeline_question {
    const struct case_file *file; // that PRINCIPAL may read; with case_find_filer done
    const struct principal *principal;
    int64_t limit;
    bool is_after; // go on after this entry
    int64_t after_ms;
    struct span after_key;
    int64_t now_ms;
};
struct timeline_page {
    bool is_more;
    int64_t last_ms;
    struct span last_key;
};
// Writes the entries as a JSON array, oldest first:
// {"at","kind":"filing","filing","document","filer_role","version","status","seen_by"?,"differences":[{"field","before","after"}]?}
// {"at","kind":"duty_opened"|"duty_done"|"duty_closed","duty","document","owed_by","due","filing"}
// {"at","kind":"delivery","topic","medium","to","state"}    to offices only
CHECKED struct err timeline_write(struct json_out *out, const struct services *services, struct store_conn *conn,
                                  const struct timeline_question *question, struct arena *arena, struct timeline_page *ret, struct why *why);

#endif
