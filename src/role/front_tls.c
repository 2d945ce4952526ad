// SPDX-License-Identifier: EUPL-1.2
/* TLS 1.3 and nothing older, with OpenSSL's own choice of ciphers; HTTP/2 or HTTP/1.1 by ALPN. */
#include <openssl/err.h>
#include <openssl/pem.h>

#include "role/front.h"

static const unsigned char PROTOCOLS[] = "\x02h2\x08http/1.1";

static int choose_protocol(SSL *ssl, const unsigned char **ret, unsigned char *ret_len, const unsigned char *offered,
                           unsigned offered_len, void *argument) {
    (void)ssl, (void)argument;
    unsigned char *chosen = NULL;
    if (SSL_select_next_proto(&chosen, ret_len, PROTOCOLS, sizeof PROTOCOLS - 1, offered, offered_len) != OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *ret = chosen;
    return SSL_TLSEXT_ERR_OK;
}

static struct err fail(struct why *why, const char *words) {
    char reason[160] = "";
    ERR_error_string_n(ERR_peek_last_error(), reason, sizeof reason);
    ERR_clear_error();
    return why_set(why, ERR_INPUT, "", "tls.certificate", "", "%s: %s", words, reason);
}

static struct err use_chain(SSL_CTX *tls, BIO *pem, struct why *why) {
    X509 *first = PEM_read_bio_X509(pem, NULL, NULL, NULL);
    if (first == NULL) return fail(why, "the certificate file has no certificate");
    int is_used = SSL_CTX_use_certificate(tls, first);
    X509_free(first);
    if (is_used != 1) return fail(why, "the certificate can't be used");
    for (X509 *next; (next = PEM_read_bio_X509(pem, NULL, NULL, NULL)) != NULL;) {
        bool is_added = SSL_CTX_add1_chain_cert(tls, next) == 1;
        X509_free(next);
        if (!is_added) return fail(why, "a certificate of the chain can't be used");
    }
    ERR_clear_error(); // the end of the file counts as an error there
    return err_none();
}

static struct err use_key(SSL_CTX *tls, BIO *pem, struct why *why) {
    EVP_PKEY *key = PEM_read_bio_PrivateKey(pem, NULL, NULL, NULL);
    if (key == NULL) return fail(why, "the key file has no private key");
    int is_used = SSL_CTX_use_PrivateKey(tls, key);
    EVP_PKEY_free(key);
    if (is_used != 1 || SSL_CTX_check_private_key(tls) != 1) return fail(why, "the key does not belong to the certificate");
    return err_none();
}

static struct err configure(SSL_CTX *tls, struct span certificate, struct span key, struct why *why) {
    if (SSL_CTX_set_min_proto_version(tls, TLS1_3_VERSION) != 1) return fail(why, "TLS 1.3 is not available");
    SSL_CTX_set_alpn_select_cb(tls, choose_protocol, NULL);
    (void)SSL_CTX_set_mode(tls, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    (void)SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
    (void)SSL_CTX_set_num_tickets(tls, 1);
    SSL_CTX_set_read_ahead(tls, 1); // one system call a record instead of two
    BIO *chain = BIO_new_mem_buf(certificate.at, (int)certificate.len), *secret = BIO_new_mem_buf(key.at, (int)key.len);
    struct err e = chain == NULL || secret == NULL ? err_make(ERR_MEMORY) : use_chain(tls, chain, why);
    if (!is_err(e)) e = use_key(tls, secret, why);
    BIO_free(chain);
    BIO_free(secret);
    return e;
}

struct err tls_load(struct span certificate, struct span key, SSL_CTX **ret, struct why *why) {
    ERR_clear_error();
    if (certificate.len == 0 || key.len == 0) return why_set(why, ERR_INPUT, "", "tls.certificate", "", "certificate or key is empty");
    SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
    if (tls == NULL) return err_make(ERR_MEMORY);
    struct err e = configure(tls, certificate, key, why);
    if (is_err(e)) SSL_CTX_free(tls);
    else *ret = tls;
    return e;
}
