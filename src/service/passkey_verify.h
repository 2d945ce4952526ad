// SPDX-License-Identifier: EUPL-1.2
/*
 * Checking what an authenticator answers (Web Authentication Level 2, 7.1 and 7.2): pure, of untrusted bytes. libfido2 stands behind
 * this file alone; no device is touched. The caller keeps challenges and counters.
 */
#ifndef SERVICE_PASSKEY_VERIFY_H
#define SERVICE_PASSKEY_VERIFY_H

#include "base/span.h"

enum { PASSKEY_CHALLENGE_BYTES = 48, PASSKEY_CREDENTIAL_BYTES = 1023, PASSKEY_BYTES = 16 * 1024 };

struct passkey_place {
    struct span origin; // "https://nis2.example.be": what the browser must have shown
    struct span rp_id;  // "nis2.example.be"
};
// Origin and relying party of a public address. ERR_INPUT where it is none.
CHECKED struct err passkey_place_of(struct span public_url, struct passkey_place *ret);

// The challenge in the client's data, where that is well formed and of TYPE ("webauthn.create", "webauthn.get") and our origin.
CHECKED struct err passkey_client_data(const struct passkey_place *place, struct span client_data, const char *type, struct arena *arena,
                                       struct span *ret_challenge, struct why *why);

struct passkey_new {
    struct span credential, public_key;
    int64_t algorithm; // COSE
    uint32_t counter;
};
// A new credential: made here, with the person verified, its attestation (none, packed, fido-u2f, tpm) right. Whose authenticator it
// is, is not asked.
CHECKED struct err passkey_check_new(const struct passkey_place *place, struct span client_data, struct span attestation, struct arena *arena,
                                     struct passkey_new *ret, struct why *why);
// An answer: signed by the key, here, with the person verified.
CHECKED struct err passkey_check_answer(const struct passkey_place *place, struct span client_data, struct span authenticator_data,
                                        struct span signature, int64_t algorithm, struct span public_key, uint32_t *ret_counter,
                                        struct why *why);

#endif
