// SPDX-License-Identifier: EUPL-1.2
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <time.h>

#include "base/time.h"
#include "cli/doctor.h"
#include "os/file.h"

enum { PEM_BYTES = 256 * 1024, DAYS_WARNING = 30 };

static BIO *pem_open(struct doctor *doctor, const char *path) {
    struct span text;
    struct why why = {0};
    struct err e = file_read(&doctor->arena, path, PEM_BYTES, &text, &why);
    if (is_err(e)) {
        doctor_fail(doctor, "certificate", e, &why, "see the names certificate and key in varde.yaml");
        return NULL;
    }
    return BIO_new_mem_buf(text.at, (int)text.len);
}

static int64_t time_of(const ASN1_TIME *at) {
    struct tm parts;
    if (ASN1_TIME_to_tm(at, &parts) != 1) return INSTANT_NONE;
    struct civil date = {.year = parts.tm_year + 1900, .month = (uint8_t)(parts.tm_mon + 1), .day = (uint8_t)parts.tm_mday};
    return civil_to_days(date) * MS_PER_DAY + parts.tm_hour * (int64_t)MS_PER_HOUR + parts.tm_min * (int64_t)MS_PER_MINUTE;
}

static void look_at_dates(struct doctor *doctor, const X509 *certificate) {
    int64_t from_ms = time_of(X509_get0_notBefore(certificate)), until_ms = time_of(X509_get0_notAfter(certificate));
    struct span until = civil_text(&doctor->arena, wall_at(until_ms, 0).date);
    int64_t days = (until_ms - doctor->now_ms) / MS_PER_DAY;
    if (from_ms == INSTANT_NONE || until_ms == INSTANT_NONE)
        doctor_find(doctor, FINDING_FAIL, "certificate", "get another", "its dates can't be read");
    else if (doctor->now_ms >= until_ms)
        doctor_find(doctor, FINDING_FAIL, "certificate", "put a new one in its place and send SIGHUP", "expired on %.*s", SPAN_FMT(until));
    else if (doctor->now_ms < from_ms)
        doctor_find(doctor, FINDING_FAIL, "certificate", "is the machine's clock right?", "is not valid yet");
    else if (days < DAYS_WARNING)
        doctor_find(doctor, FINDING_WARN, "certificate", "put a new one in its place and send SIGHUP", "expires in %lld days", (long long)days);
    else doctor_find(doctor, FINDING_OK, "certificate", NULL, "valid until %.*s", SPAN_FMT(until));
}

void doctor_look_at_certificate(struct doctor *doctor) {
    if (doctor->config == NULL) return;
    BIO *bio = pem_open(doctor, doctor->config->certificate_file);
    X509 *certificate = bio == NULL ? NULL : PEM_read_bio_X509(bio, NULL, NULL, NULL);
    BIO_free(bio);
    BIO *key_bio = bio == NULL ? NULL : pem_open(doctor, doctor->config->key_file);
    EVP_PKEY *key = key_bio == NULL ? NULL : PEM_read_bio_PrivateKey(key_bio, NULL, NULL, (void *)(uintptr_t)"");
    BIO_free(key_bio);
    if (bio != NULL && certificate == NULL)
        doctor_find(doctor, FINDING_FAIL, "certificate", "it must be PEM", "%s holds no certificate", doctor->config->certificate_file);
    else if (key_bio != NULL && key == NULL)
        doctor_find(doctor, FINDING_FAIL, "certificate", "it must be PEM without a passphrase", "%s holds no private key", doctor->config->key_file);
    else if (certificate != NULL && key != NULL) {
        if (X509_check_private_key(certificate, key) == 1) look_at_dates(doctor, certificate);
        else doctor_find(doctor, FINDING_FAIL, "certificate", "put the key that belongs to it in its place", "certificate and key do not belong together");
    }
    X509_free(certificate);
    EVP_PKEY_free(key);
}
