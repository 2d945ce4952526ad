// SPDX-License-Identifier: EUPL-1.2
/*
 * The operator's log: one line an event on standard error, "level role event name=value ...". Nothing personal goes in:
 * no names, no addresses, no field values; identifiers of cases and filings are fine. Thread-safe (one write a line).
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/err.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

// Sets the role's name for every later line and the lowest level that is written.
void log_open(const char *role, enum log_level lowest);
void log_line(enum log_level level, const char *event, const char *format, ...) PRINTF_LIKE(3, 4);
#define log_info(EVENT, ...) log_line(LOG_INFO, EVENT, __VA_ARGS__)
#define log_warn(EVENT, ...) log_line(LOG_WARN, EVENT, __VA_ARGS__)
#define log_error(EVENT, ...) log_line(LOG_ERROR, EVENT, __VA_ARGS__)

#endif
