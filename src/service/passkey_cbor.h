// SPDX-License-Identifier: EUPL-1.2
/* The one piece of CBOR (RFC 8949) that is read: the attestation object, a map of "fmt", "attStmt" and "authData". Pure, untrusted. */
#ifndef SERVICE_PASSKEY_CBOR_H
#define SERVICE_PASSKEY_CBOR_H

#include "base/span.h"

struct attestation {
    struct span format;    // "none", "packed"
    struct span statement; // CBOR, as it stands
    struct span data;      // authenticator data
    bool has_chain;        // the statement has x5c
};
// Whether authenticator data is laid out as its flags say: after 37 bytes the new credential and its key, where it has one, then the
// extensions, where it has some, each one whole item of CBOR whose counts fit its bytes, and nothing behind. Libraries that trust counts
// may be given it then.
bool authenticator_data_is_whole(struct span data);
// False where it is not such an object, whole and nothing behind it.
bool attestation_read(struct span bytes, struct attestation *ret);

#endif
