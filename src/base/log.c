// SPDX-License-Identifier: EUPL-1.2
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>

static const char *log_role = "varde";
static enum log_level log_lowest = LOG_INFO;

void log_open(const char *role, enum log_level lowest) {
    log_role = role;
    log_lowest = lowest;
}

void log_line(enum log_level level, const char *event, const char *format, ...) {
    static const char *const LEVELS[] = {"debug", "info", "warn", "error"};
    if (level < log_lowest) return;
    char words[1024];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(words, sizeof words, format, args);
    va_end(args);
    for (char *c = words; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f) *c = ' '; // one event, one line, whatever was in it
    (void)fprintf(stderr, "%s %s %s %s\n", LEVELS[level], log_role, event, words);
}
