// SPDX-License-Identifier: EUPL-1.2
/*
 * Token buckets: a bucket holds the instant at which it will be full again, so that one number is all its state (the generic
 * cell rate algorithm). Four places for each key; where all are taken by others, the one nearest to full gives way.
 */
#include "service/access_rate.h"

#include <pthread.h>
#include <sodium.h>

#include "base/limits.h"

enum { WAYS = 4, SETS = LIMIT_RATE_BUCKETS / WAYS };
static_assert((SETS & (SETS - 1)) == 0, "a mask finds the set");

// A bucket of BURST, refilled with one every EACH_MS.
static const struct {
    int64_t burst;
    int64_t each_ms;
    const char *words; // "too many ..."
} RATES[RATE_COUNT] = {
    [RATE_SIGN_IN] = {30, 2000, "attempts to sign in"},
    [RATE_REGISTER] = {10, 60 * 1000, "new persons"},
    [RATE_CODE] = {10, 30 * 1000, "codes"},
    [RATE_OPEN] = {120, 250, "questions"},
    [RATE_PAGE] = {2000, 20, "pages"},
    [RATE_OPEN_FILE] = {10, 60 * 1000, "filings without account"},
    [RATE_CLAIM] = {60, 2000, "questions with a token"},
    [RATE_PASSWORD] = {5, 60 * 1000, "tries of the password"},
    [RATE_SECOND] = {10, 30 * 1000, "tries of the second factor"},
    [RATE_PROOF] = {40, 30 * 1000, "codes"},
    [RATE_FILE] = {1000, 50, "filings"},
    [RATE_READ] = {2000, 10, "requests"},
};

struct bucket {
    uint64_t key;     // 0: free
    int64_t full_ms;  // when it is full again
};

struct access_rates {
    pthread_mutex_t lock;
    uint8_t key[crypto_shorthash_KEYBYTES];
    struct bucket buckets[LIMIT_RATE_BUCKETS];
};
static_assert(crypto_shorthash_KEYBYTES == 16, "the key is SipHash's");

struct access_rates *access_rates_new(const uint8_t key[16]) {
    struct access_rates *rates = mem_take(sizeof *rates);
    if (rates == NULL) return NULL;
    memset(rates, 0, sizeof *rates);
    memcpy(rates->key, key, sizeof rates->key);
    if (pthread_mutex_init(&rates->lock, NULL) != 0) {
        mem_give(rates);
        return NULL;
    }
    return rates;
}

void access_rates_free(struct access_rates *rates) {
    if (rates == NULL) return;
    (void)pthread_mutex_destroy(&rates->lock);
    mem_give(rates);
}

static uint64_t rate_key(const struct access_rates *rates, enum rate rate, struct span who) {
    uint8_t text[65], hash[crypto_shorthash_BYTES];
    text[0] = (uint8_t)rate;
    size_t len = access_address_part(who, text + 1);
    (void)crypto_shorthash(hash, text, len + 1, rates->key);
    uint64_t key;
    memcpy(&key, hash, sizeof key);
    return key == 0 ? 1 : key;
}

// The bucket of KEY; with the lock held.
static struct bucket *bucket_find(struct access_rates *rates, uint64_t key) {
    struct bucket *set = &rates->buckets[(key & (SETS - 1)) * WAYS], *oldest = set;
    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].key == key) return &set[i];
        if (set[i].full_ms < oldest->full_ms) oldest = &set[i];
    }
    *oldest = (struct bucket){.key = key};
    return oldest;
}

struct err access_rate_take(struct access_rates *rates, enum rate rate, struct span who, int64_t now_ms,
                            int64_t *ret_wait_ms, struct why *why) {
    int64_t each_ms = RATES[rate].each_ms, whole_ms = RATES[rate].burst * each_ms;
    uint64_t key = rate_key(rates, rate, who);
    (void)pthread_mutex_lock(&rates->lock);
    struct bucket *bucket = bucket_find(rates, key);
    int64_t full_ms = (bucket->full_ms > now_ms ? bucket->full_ms : now_ms) + each_ms;
    int64_t wait_ms = full_ms - now_ms - whole_ms;
    if (wait_ms <= 0) bucket->full_ms = full_ms;
    (void)pthread_mutex_unlock(&rates->lock);
    if (wait_ms <= 0) return err_none();
    if (ret_wait_ms != NULL) *ret_wait_ms = wait_ms;
    return why_set(why, ERR_LIMIT, NULL, "access.rate", NULL, "Too many %s in a short time. Please wait %lld seconds.",
                   RATES[rate].words, (long long)((wait_ms + 999) / 1000));
}
