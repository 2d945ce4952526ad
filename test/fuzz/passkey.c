// SPDX-License-Identifier: EUPL-1.2
/*
 * What an authenticator sends, as any bytes: refused with a reason or taken, never a crash. The first byte chooses what they are: an
 * attestation object, the client's data, or authenticator data with a signature behind its first 37 bytes. What the reader of
 * attestations takes lies within the input.
 */
#include <assert.h>

#include "service/passkey_cbor.h"
#include "service/passkey_verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_within(struct span part, struct span whole) {
    assert(part.at == NULL || (part.at >= whole.at && part.at + part.len <= whole.at + whole.len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const uint8_t KEY[64] = {4};
    if (size == 0) return 0;
    struct passkey_place place;
    struct passkey_new made;
    struct attestation read;
    struct span bytes = span_make(data + 1, size - 1), challenge;
    struct arena arena;
    struct why why = {0};
    uint32_t counter;
    assert(!is_err(passkey_place_of(SPAN("https://nis2.example.be"), &place)));
    arena_init(&arena, 4 * 1024 * 1024);
    if (data[0] % 3 == 0) {
        if (attestation_read(bytes, &read)) {
            check_within(read.format, bytes);
            check_within(read.statement, bytes);
            check_within(read.data, bytes);
        }
        struct err e = passkey_check_new(&place, SPAN("{}"), bytes, &arena, &made, &why);
        assert(is_err(e) || (made.credential.len > 0 && made.public_key.len > 0));
    } else if (data[0] % 3 == 1) {
        struct err e = passkey_client_data(&place, bytes, "webauthn.get", &arena, &challenge, &why);
        assert(is_err(e) || challenge.len == PASSKEY_CHALLENGE_BYTES);
    } else {
        struct err e = passkey_check_answer(&place, SPAN("{}"), span_part(bytes, 0, 37), span_part(bytes, 37, bytes.len), -7, span_make(KEY, sizeof KEY),
                                            &counter, &why);
        assert(is_err(e)); // nobody has signed with this key
    }
    arena_fini(&arena);
    return 0;
}
