// SPDX-License-Identifier: EUPL-1.2
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>

struct err why_set(struct why *why, enum err_code code, const char *field, const char *rule, const char *article,
                   const char *format, ...) {
    if (why != NULL && !why->is_set) {
        why->is_set = true;
        why->code = code;
        (void)snprintf(why->field, sizeof why->field, "%s", field != NULL ? field : "");
        (void)snprintf(why->rule, sizeof why->rule, "%s", rule != NULL ? rule : "");
        (void)snprintf(why->article, sizeof why->article, "%s", article != NULL ? article : "");
        va_list args;
        va_start(args, format);
        (void)vsnprintf(why->words, sizeof why->words, format, args);
        va_end(args);
    }
    return err_make(code);
}

const char *err_name(enum err_code code) {
    static const char *const NAMES[] = {
        [ERR_NONE] = "none",         [ERR_INPUT] = "input",   [ERR_NOT_FOUND] = "not_found",
        [ERR_DENIED] = "denied",     [ERR_LAW] = "law",       [ERR_UNAUTHENTICATED] = "unauthenticated",
        [ERR_CONFLICT] = "conflict", [ERR_LIMIT] = "limit",   [ERR_BUSY] = "busy",
        [ERR_MEMORY] = "memory",     [ERR_IO] = "io",         [ERR_CORRUPT] = "corrupt",
        [ERR_UNSUPPORTED] = "unsupported",
    };
    return (unsigned)code < sizeof NAMES / sizeof NAMES[0] && NAMES[code] != NULL ? NAMES[code] : "unknown";
}
