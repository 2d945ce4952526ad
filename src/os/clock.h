// SPDX-License-Identifier: EUPL-1.2
/* The two clocks. Pure rooms never call these: roles read the clock and pass the instant on. Thread-safe. */
#ifndef OS_CLOCK_H
#define OS_CLOCK_H

#include <stdint.h>

// The wall clock: milliseconds since 1970-01-01T00:00Z. May jump when the machine's clock is set.
int64_t clock_now_ms(void);
// A clock that never runs backwards, for deadlines and durations; its zero means nothing.
int64_t clock_monotonic_ms(void);
int64_t clock_monotonic_us(void);

#endif
