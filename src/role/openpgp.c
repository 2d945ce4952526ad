// SPDX-License-Identifier: EUPL-1.2
#include "role/openpgp.h"

#include <rnp/rnp.h>
#include <rnp/rnp_err.h>

#include "os/late.h"

#define RNP(X) \
    X(rnp_buffer_destroy) X(rnp_ffi_create) X(rnp_ffi_destroy) X(rnp_identifier_iterator_create) X(rnp_identifier_iterator_destroy) \
    X(rnp_identifier_iterator_next) X(rnp_import_keys) X(rnp_input_destroy) X(rnp_input_from_memory) X(rnp_key_handle_destroy) \
    X(rnp_key_have_secret) X(rnp_key_is_primary) X(rnp_key_is_valid) X(rnp_locate_key) X(rnp_op_encrypt_add_recipient) \
    X(rnp_op_encrypt_add_signature) X(rnp_op_encrypt_create) X(rnp_op_encrypt_destroy) X(rnp_op_encrypt_execute) X(rnp_op_encrypt_set_armor) \
    X(rnp_op_encrypt_set_cipher) X(rnp_op_encrypt_set_hash) X(rnp_output_destroy) X(rnp_output_memory_get_buf) X(rnp_output_to_memory)
static struct rnp_table { RNP(LATE_MEMBER) } rnp;

struct err openpgp_open(struct why *why) {
    static const char *const NAMES[] = {RNP(LATE_NAME)};
    return late_open("librnp.so.0", NAMES, sizeof NAMES / sizeof *NAMES, &rnp, sizeof rnp, why);
}

enum { ARMOURED_BYTES = 512 * 1024 };

static bool import(rnp_ffi_t ffi, struct span bytes, uint32_t flags) {
    rnp_input_t input = NULL;
    char *found = NULL;
    bool is_good = rnp.rnp_input_from_memory(&input, bytes.at, bytes.len, false) == RNP_SUCCESS &&
                   rnp.rnp_import_keys(ffi, input, flags, &found) == RNP_SUCCESS;
    rnp.rnp_buffer_destroy(found);
    (void)rnp.rnp_input_destroy(input);
    return is_good;
}

// The first primary key that is valid and, with IS_SECRET, has its secret part; NULL where there is none.
static rnp_key_handle_t find_key(rnp_ffi_t ffi, bool is_secret) {
    rnp_identifier_iterator_t at = NULL;
    rnp_key_handle_t found = NULL;
    const char *fingerprint = NULL;
    if (rnp.rnp_identifier_iterator_create(ffi, &at, "fingerprint") != RNP_SUCCESS) return NULL;
    while (found == NULL && rnp.rnp_identifier_iterator_next(at, &fingerprint) == RNP_SUCCESS && fingerprint != NULL) {
        rnp_key_handle_t key = NULL;
        bool is_primary = false, is_valid = false, has_secret = false;
        if (rnp.rnp_locate_key(ffi, "fingerprint", fingerprint, &key) != RNP_SUCCESS || key == NULL) continue;
        if (rnp.rnp_key_is_primary(key, &is_primary) == RNP_SUCCESS && rnp.rnp_key_is_valid(key, &is_valid) == RNP_SUCCESS &&
            rnp.rnp_key_have_secret(key, &has_secret) == RNP_SUCCESS && is_primary && is_valid && has_secret == is_secret)
            found = key;
        else (void)rnp.rnp_key_handle_destroy(key);
    }
    (void)rnp.rnp_identifier_iterator_destroy(at);
    return found;
}

static bool take_output(rnp_output_t output, struct arena *arena, struct span *ret) {
    uint8_t *bytes = NULL;
    size_t len = 0;
    if (rnp.rnp_output_memory_get_buf(output, &bytes, &len, false) != RNP_SUCCESS) return false;
    *ret = arena_copy(arena, span_make(bytes, len));
    return ret->at != NULL;
}

static bool run(rnp_ffi_t ffi, rnp_key_handle_t recipient, rnp_key_handle_t signer, struct span text, struct arena *arena, struct span *ret) {
    rnp_input_t input = NULL;
    rnp_output_t output = NULL;
    rnp_op_encrypt_t op = NULL;
    bool is_good = rnp.rnp_input_from_memory(&input, text.at, text.len, false) == RNP_SUCCESS &&
                   rnp.rnp_output_to_memory(&output, ARMOURED_BYTES) == RNP_SUCCESS &&
                   rnp.rnp_op_encrypt_create(&op, ffi, input, output) == RNP_SUCCESS && rnp.rnp_op_encrypt_set_armor(op, true) == RNP_SUCCESS &&
                   rnp.rnp_op_encrypt_set_cipher(op, "AES256") == RNP_SUCCESS && rnp.rnp_op_encrypt_set_hash(op, "SHA256") == RNP_SUCCESS &&
                   rnp.rnp_op_encrypt_add_recipient(op, recipient) == RNP_SUCCESS &&
                   (signer == NULL || rnp.rnp_op_encrypt_add_signature(op, signer, NULL) == RNP_SUCCESS) &&
                   rnp.rnp_op_encrypt_execute(op) == RNP_SUCCESS && take_output(output, arena, ret);
    (void)rnp.rnp_op_encrypt_destroy(op);
    (void)rnp.rnp_output_destroy(output);
    (void)rnp.rnp_input_destroy(input);
    return is_good;
}

bool openpgp_encrypt(struct span text, struct span key, struct span signer, struct arena *arena, struct span *ret, const char **ret_wrong) {
    rnp_ffi_t ffi = NULL;
    rnp_key_handle_t own = NULL, recipient = NULL;
    *ret_wrong = NULL;
    if (rnp.rnp_ffi_create(&ffi, RNP_KEYSTORE_GPG, RNP_KEYSTORE_GPG) != RNP_SUCCESS) *ret_wrong = "OpenPGP can't be started";
    if (*ret_wrong == NULL && (!import(ffi, key, RNP_LOAD_SAVE_PUBLIC_KEYS) || (recipient = find_key(ffi, false)) == NULL))
        *ret_wrong = "the recipient's OpenPGP key can't be used: it can't be read, has expired, or was revoked";
    if (*ret_wrong == NULL && signer.len > 0 && (!import(ffi, signer, RNP_LOAD_SAVE_SECRET_KEYS) || (own = find_key(ffi, true)) == NULL))
        *ret_wrong = "the node's OpenPGP key can't be used";
    if (*ret_wrong == NULL && !run(ffi, recipient, own, text, arena, ret)) *ret_wrong = "the mail can't be encrypted to the recipient's OpenPGP key";
    if (own != NULL) (void)rnp.rnp_key_handle_destroy(own);
    if (recipient != NULL) (void)rnp.rnp_key_handle_destroy(recipient);
    if (ffi != NULL) (void)rnp.rnp_ffi_destroy(ffi);
    return *ret_wrong == NULL;
}
