// SPDX-License-Identifier: EUPL-1.2
/*
 * Rate limits: token buckets in memory, one table of rates. Time is passed in. Thread-safe. Memory is fixed: where the
 * buckets run out, the one that is nearest to full is given up, which can only err towards allowing.
 */
#ifndef SERVICE_ACCESS_RATE_H
#define SERVICE_ACCESS_RATE_H

#include "base/span.h"

enum rate {
    RATE_SIGN_IN,    // an address tries to sign in
    RATE_REGISTER,   // an address makes persons
    RATE_CODE,       // an address redeems codes
    RATE_OPEN,       // an address asks open resources that cost (scope questions)
    RATE_PAGE,       // an address loads the files of the web interface
    RATE_OPEN_FILE,  // an address files without account
    RATE_CLAIM,      // an address shows a claim token
    RATE_PASSWORD,   // a person shows her present password again
    RATE_SECOND,     // a person confirms a second factor
    RATE_PROOF,      // a person shows codes of claims and invitations, an address what came from a provider
    RATE_FILE,       // a person files
    RATE_READ,       // a person reads
    RATE_COUNT
};

struct access_rates;
// KEY (16 bytes) makes the places of addresses unpredictable. NULL where the system has no memory.
struct access_rates *access_rates_new(const uint8_t key[16]);
void access_rates_free(struct access_rates *rates);

// Takes one from the bucket of RATE and WHO (an address as text, or a person's id). ERR_LIMIT (rule access.rate) where it
// is empty, with the time to wait in words and *ret_wait_ms (may be NULL) for Retry-After. IPv6 addresses count by /64.
CHECKED struct err access_rate_take(struct access_rates *rates, enum rate rate, struct span who, int64_t now_ms,
                                    int64_t *ret_wait_ms, struct why *why);

// The part of an address that limits and lock-outs count by: IPv4 whole (also ::ffff:a.b.c.d), IPv6 its /64; other text as it
// is. Into RET (at least 64 bytes); returns the length.
size_t access_address_part(struct span address, uint8_t ret[64]);

#endif
