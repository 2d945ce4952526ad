// SPDX-License-Identifier: EUPL-1.2
/* OpenPGP (RFC 9580, RFC 3156) through librnp, within the courier: no home directory, no agent, no other process. */
#ifndef ROLE_OPENPGP_H
#define ROLE_OPENPGP_H

#include "base/err.h"
#include "base/span.h"

// Opens librnp (os/late.h); before anything is encrypted.
CHECKED struct err openpgp_open(struct why *why);

// Encrypts TEXT to the first usable key in KEY (armoured or not, untrusted), signed with SIGNER (a secret key without password; empty: not
// signed). ASCII armour in ARENA. False with words of what is wrong.
bool openpgp_encrypt(struct span text, struct span key, struct span signer, struct arena *arena, struct span *ret, const char **ret_wrong);

#endif
