// SPDX-License-Identifier: EUPL-1.2
#include "base/hash.h"

#include <assert.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <pthread.h>

static EVP_MD *algorithm;
static pthread_once_t algorithm_once = PTHREAD_ONCE_INIT;
static pthread_key_t context_key;

static void context_free(void *context) { EVP_MD_CTX_free(context); }

static void algorithm_fetch(void) {
    algorithm = EVP_MD_fetch(NULL, "SHA256", NULL);
    assert(algorithm != NULL);
    int failed = pthread_key_create(&context_key, context_free);
    assert(failed == 0);
}

static EVP_MD_CTX *context_of_thread(void) {
    (void)pthread_once(&algorithm_once, algorithm_fetch);
    EVP_MD_CTX *context = pthread_getspecific(context_key);
    if (context == NULL) {
        context = EVP_MD_CTX_new();
        assert(context != NULL);
        (void)pthread_setspecific(context_key, context);
    }
    return context;
}

struct hash hash_sha256_parts(const struct span *parts, size_t count) {
    EVP_MD_CTX *context = context_of_thread();
    struct hash out;
    bool is_done = EVP_DigestInit_ex2(context, algorithm, NULL) == 1;
    for (size_t i = 0; i < count; i++)
        if (parts[i].len > 0) is_done = is_done && EVP_DigestUpdate(context, parts[i].at, parts[i].len) == 1;
    is_done = is_done && EVP_DigestFinal_ex(context, out.bytes, NULL) == 1;
    assert(is_done);
    return out;
}

struct hash hash_sha256(struct span data) { return hash_sha256_parts(&data, 1); }

struct hash hash_hmac(struct span key, struct span data) {
    struct hash out;
    unsigned len = 0;
    assert(key.len < INT32_MAX);
    const unsigned char *done = HMAC(EVP_sha256(), key.at, (int)key.len, data.at, data.len, out.bytes, &len);
    assert(done != NULL && len == HASH_BYTES);
    return out;
}

bool secret_equals(struct span a, struct span b) {
    return a.len == b.len && (a.len == 0 || CRYPTO_memcmp(a.at, b.at, a.len) == 0);
}
