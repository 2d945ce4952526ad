// SPDX-License-Identifier: EUPL-1.2
#include "os/zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { CHANGES_MAX = 1024 };
static const int64_t FROM_S = 631152000;   // 1990-01-01
static const int64_t UNTIL_S = 4102444800; // 2100-01-01
// No zone of Europe has gone to another offset and back within four weeks since 1990.
static const int64_t STEP_S = 28 * 86400;

static int32_t offset_at(int64_t instant_s) {
    time_t t = (time_t)instant_s;
    struct tm local;
    return localtime_r(&t, &local) == NULL ? 0 : (int32_t)local.tm_gmtoff;
}

// First second of the new offset, where the offset differs between LOW and HIGH.
static int64_t change_find(int64_t low, int64_t high, int32_t before) {
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        if (offset_at(middle) == before) low = middle;
        else high = middle;
    }
    return high;
}

static size_t changes_find(struct zone_change *changes) {
    int32_t before = offset_at(FROM_S);
    size_t count = 0;
    changes[count++] = (struct zone_change){.from_ms = INT64_MIN, .offset_s = before};
    for (int64_t at = FROM_S; at < UNTIL_S && count < CHANGES_MAX; at += STEP_S) {
        int32_t after = offset_at(at + STEP_S);
        if (after == before) continue;
        changes[count++] = (struct zone_change){.from_ms = change_find(at, at + STEP_S, before) * 1000, .offset_s = after};
        before = after;
    }
    return count;
}

static bool is_zone_name(const char *name) {
    size_t len = strlen(name);
    if (len == 0 || len >= sizeof(((struct zone *)NULL)->name) || name[0] == '/' || strstr(name, "..") != NULL) return false;
    for (size_t i = 0; i < len; i++) {
        char c = name[i];
        bool is_good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("/_+-", c) != NULL;
        if (!is_good) return false;
    }
    return true;
}

// Without this check an unknown name would silently be UTC.
static bool machine_has(const char *name) {
    const char *directory = getenv("TZDIR");
    char path[256];
    int len = snprintf(path, sizeof path, "%s/%s", directory != NULL ? directory : "/usr/share/zoneinfo", name);
    return len > 0 && (size_t)len < sizeof path && access(path, R_OK) == 0;
}

struct err zone_load(struct arena *arena, const char *name, const struct zone **ret, struct why *why) {
    bool is_utc = strcmp(name, "UTC") == 0;
    if (!is_zone_name(name) || (!is_utc && !machine_has(name)))
        return why_set(why, ERR_INPUT, "zone", "zone.unknown", NULL, "This machine has no time zone \"%.60s\" (is tzdata installed?).", name);
    struct zone *zone = ARENA_NEW(arena, struct zone);
    struct zone_change *changes = arena_take_array(arena, CHANGES_MAX, sizeof *changes);
    const char *old = getenv("TZ");
    char *kept = old == NULL ? NULL : arena_text(arena, span_of(old));
    if (zone == NULL || changes == NULL || (old != NULL && kept == NULL)) return err_make(ERR_MEMORY);
    if (setenv("TZ", name, 1) != 0) return err_make(ERR_MEMORY);
    tzset();
    (void)snprintf(zone->name, sizeof zone->name, "%s", name);
    zone->count = changes_find(changes);
    zone->changes = changes;
    bool is_restored = (kept == NULL ? unsetenv("TZ") : setenv("TZ", kept, 1)) == 0;
    tzset();
    if (!is_restored) return err_make(ERR_MEMORY);
    *ret = zone;
    return err_none();
}
