// SPDX-License-Identifier: EUPL-1.2
/*
 * ID tokens (OpenID Connect Core 1.0, 3.1.3.7): pure, of untrusted bytes. libcjose checks signatures, behind this file alone; which
 * algorithms and keys may be used at all is decided here: no "none", no shared secrets, each algorithm with its kind of key.
 */
#ifndef SERVICE_PROVIDER_TOKEN_H
#define SERVICE_PROVIDER_TOKEN_H

#include "base/json.h"

enum { PROVIDER_TOKEN_BYTES = 32 * 1024, PROVIDER_SKEW_MS = 60 * 1000 };

struct token_wanted {
    struct span issuer, client_id, nonce;
    int64_t now_ms;
};
// The claims of a token that is right. KEYS: the provider's key set. *ret_has_key false: refused because no key of the set fits, so that
// a newer set may help.
CHECKED struct err provider_token_check(struct span token, const struct json *keys, const struct token_wanted *wanted, struct arena *arena,
                                        struct json *ret_claims, bool *ret_has_key, struct why *why);

#endif
