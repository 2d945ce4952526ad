// SPDX-License-Identifier: EUPL-1.2
#include "os/random.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/random.h>

void random_bytes(void *ret, size_t len) {
    uint8_t *at = ret;
    while (len > 0) {
        ssize_t got = getrandom(at, len, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) abort(); // no randomness: nothing that is made now could be trusted
        at += got;
        len -= (size_t)got;
    }
}

void random_id(char prefix, char ret[RANDOM_ID_BYTES]) {
    static const char DIGITS[] = "0123456789abcdefghjkmnpqrstvwxyz";
    uint8_t random[16];
    random_bytes(random, sizeof random);
    ret[0] = prefix;
    for (size_t i = 0; i < sizeof random; i++) ret[1 + i] = DIGITS[random[i] & 31];
    ret[17] = '\0';
}
