// SPDX-License-Identifier: EUPL-1.2
/*
 * Time zones of the machine as tables (struct zone of base/time.h), read through the C library.
 *
 * The C library knows a zone only as the process's own (the variable TZ), so this must run at start, before any thread
 * exists; TZ is put back as it was. One zone takes a few milliseconds. Changes from 1990 to 2100 are found.
 */
#ifndef OS_ZONE_H
#define OS_ZONE_H

#include "base/time.h"

// NAME like "Europe/Brussels". ERR_INPUT (rule zone.unknown) where the machine has no such zone. *ret lives in ARENA.
CHECKED struct err zone_load(struct arena *arena, const char *name, const struct zone **ret, struct why *why);

#endif
