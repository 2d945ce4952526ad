// SPDX-License-Identifier: EUPL-1.2
/*
 * Libraries that only some roles use are opened where they are used: linked, each would be mapped and relocated in every process, with
 * all that it needs itself. A table of pointers of the library's own types is filled once, before threads begin and before the sandbox.
 *
 *   #define TABLE(X) X(curl_easy_init) X(curl_easy_cleanup)
 *   struct table { TABLE(LATE_MEMBER) };
 *   static const char *const NAMES[] = {TABLE(LATE_NAME)};
 *   late_open("libcurl.so.4", NAMES, count, &table, sizeof table, &why)
 */
#ifndef OS_LATE_H
#define OS_LATE_H

#include <stddef.h>

#include "base/err.h"

#define LATE_MEMBER(NAME) __typeof__(NAME) *NAME;
#define LATE_NAME(NAME) #NAME,

// Fills TABLE, which has nothing but COUNT pointers to functions in the order of NAMES. ERR_IO names what is missing; the table is whole or
// untouched. The library stays open.
CHECKED struct err late_open(const char *library, const char *const *names, size_t count, void *table, size_t size_bytes, struct why *why);

#endif
