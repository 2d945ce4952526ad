// SPDX-License-Identifier: EUPL-1.2
/*
 * Passkeys: keys on a person's devices with which she signs in, in the place of password and second factor. A session opened by one
 * has its second factor done, since the device is something she has and it checked her.
 *
 * Challenges are made from the node's secret and kept nowhere until they are answered; each counts once and for five minutes.
 */
#ifndef SERVICE_PASSKEY_H
#define SERVICE_PASSKEY_H

#include "service/passkey_verify.h"
#include "service/services.h"

// A challenge for PERSON_ID to register a key with; at == NULL: for someone to sign in. at == NULL where the memory ends.
struct span passkey_challenge(const struct services *services, struct span person_id, const struct access_env *env, struct arena *arena);

struct passkey_answer { // untrusted
    struct span credential;
    struct span client_data, authenticator_data, signature, attestation;
    struct span name;     // of a new key
    struct span address;  // the client's
};
// Writing. ERR_DENIED where the answer does not hold.
CHECKED struct err passkey_register(const struct services *services, struct store_conn *conn, struct span person_id,
                                    const struct passkey_answer *answer, const struct access_env *env, struct arena *arena,
                                    struct span *ret_id, struct why *why);
// Writing. *ret->outcome tells; commit it whatever it is: a key whose counter went back is halted.
CHECKED struct err passkey_sign_in(const struct services *services, struct store_conn *conn, const struct passkey_answer *answer,
                                   const struct access_env *env, struct arena *arena, struct access_signed_in *ret, struct why *why);
CHECKED struct err passkey_drop(struct store_conn *conn, struct span person_id, struct span id, int64_t now_ms, struct why *why);

#endif
