// SPDX-License-Identifier: EUPL-1.2
/* The zones of stories, each read once. */
#ifndef TEST_STORY_ZONE_H
#define TEST_STORY_ZONE_H

#include "os/zone.h"

static const struct zone *story_zone(struct arena *program, struct span name) {
    static const struct zone *zones[32];
    static size_t count;
    for (size_t i = 0; i < count; i++)
        if (span_is(name, zones[i]->name)) return zones[i];
    struct why why = {0};
    if (is_err(zone_load(program, arena_text(program, name), &zones[count], &why))) fail_msg("%s", why.words);
    return zones[count++];
}

#endif
