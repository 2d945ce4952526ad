// SPDX-License-Identifier: EUPL-1.2
#include "os/certificate.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>

#include "base/hash.h"
#include "os/random.h"

enum { DAYS = 397, CERTIFICATE_SECONDS_A_DAY = 86400 };

static struct err fail(struct why *why, const char *act) {
    char reason[160] = "";
    ERR_error_string_n(ERR_get_error(), reason, sizeof reason);
    ERR_clear_error();
    return why_set(why, ERR_IO, "", "certificate", "", "cannot %s: %s", act, reason);
}

static bool add_extension(X509 *certificate, int kind, const char *value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, kind, value);
    bool is_added = extension != NULL && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return is_added;
}

static bool add_names(X509 *certificate, const char *host) {
    char names[512];
    unsigned char number[16];
    bool is_address = host != NULL && (inet_pton(AF_INET, host, number) == 1 || inet_pton(AF_INET6, host, number) == 1);
    bool is_own = host == NULL || strcmp(host, "localhost") == 0 || strcmp(host, "127.0.0.1") == 0 || strcmp(host, "::1") == 0 ||
                  strcmp(host, "0.0.0.0") == 0 || strcmp(host, "::") == 0;
    int len = snprintf(names, sizeof names, "DNS:localhost,IP:127.0.0.1,IP:::1%s%s", is_own ? "" : is_address ? ",IP:" : ",DNS:", is_own ? "" : host);
    return len > 0 && (size_t)len < sizeof names && strpbrk(is_own ? "" : host, ",\n") == NULL && add_extension(certificate, NID_subject_alt_name, names);
}

static bool set_serial(X509 *certificate) {
    uint8_t random[16];
    random_bytes(random, sizeof random);
    random[0] = (uint8_t)((random[0] & 0x7f) | 0x40); // positive, and of one length
    BIGNUM *number = BN_bin2bn(random, sizeof random, NULL);
    bool is_set = number != NULL && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != NULL;
    BN_free(number);
    return is_set;
}

static bool fill(X509 *certificate, EVP_PKEY *key, const char *host) {
    static const unsigned char NAME[] = "Varde node";
    X509_NAME *subject = X509_get_subject_name(certificate);
    return X509_set_version(certificate, X509_VERSION_3) == 1 && set_serial(certificate) &&
           X509_gmtime_adj(X509_getm_notBefore(certificate), -300) != NULL && // clocks differ
           X509_gmtime_adj(X509_getm_notAfter(certificate), (long)DAYS * CERTIFICATE_SECONDS_A_DAY - 300) != NULL &&
           X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, NAME, sizeof NAME - 1, -1, 0) == 1 &&
           X509_set_issuer_name(certificate, subject) == 1 && X509_set_pubkey(certificate, key) == 1 &&
           add_names(certificate, host) && add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
           add_extension(certificate, NID_key_usage, "critical,digitalSignature") &&
           add_extension(certificate, NID_ext_key_usage, "serverAuth") &&
           add_extension(certificate, NID_subject_key_identifier, "hash") && X509_sign(certificate, key, EVP_sha256()) > 0;
}

static bool take_pem(BIO *bio, struct buf *ret) {
    char *at = NULL;
    long len = BIO_get_mem_data(bio, &at);
    if (len > 0) buf_add(ret, span_make(at, (size_t)len));
    return len > 0 && !ret->is_failed;
}

struct err certificate_make(const char *host, struct buf *certificate, struct buf *key, struct why *why) {
    EVP_PKEY *pair = EVP_EC_gen("P-256");
    X509 *made = X509_new();
    BIO *public_pem = BIO_new(BIO_s_mem()), *secret_pem = BIO_new(BIO_s_secmem());
    bool is_made = pair != NULL && made != NULL && public_pem != NULL && secret_pem != NULL && fill(made, pair, host) &&
                   PEM_write_bio_X509(public_pem, made) == 1 &&
                   PEM_write_bio_PrivateKey(secret_pem, pair, NULL, NULL, 0, NULL, NULL) == 1 &&
                   take_pem(public_pem, certificate) && take_pem(secret_pem, key);
    struct err e = is_made ? err_none() : fail(why, "make a certificate");
    BIO_free(public_pem);
    BIO_free(secret_pem);
    X509_free(made);
    EVP_PKEY_free(pair);
    return e;
}

struct err certificate_fingerprint(struct span pem, struct buf *ret, struct why *why) {
    BIO *bio = BIO_new_mem_buf(pem.at, (int)pem.len);
    X509 *first = bio == NULL ? NULL : PEM_read_bio_X509(bio, NULL, NULL, NULL);
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    bool is_read = first != NULL && X509_digest(first, EVP_sha256(), digest, &len) == 1;
    X509_free(first);
    BIO_free(bio);
    if (!is_read) return fail(why, "read the certificate");
    for (unsigned i = 0; i < len; i++) buf_printf(ret, "%s%02X", i == 0 ? "" : ":", digest[i]);
    return err_none();
}
