// SPDX-License-Identifier: EUPL-1.2
/*
 * Receipts from anywhere, against the keys of the test vectors, whose receipts are the seeds. A receipt that is taken
 * repeats the filing of the vectors: nobody can make another without the secret key.
 */
#include <assert.h>
#include <stdint.h>

#include "record/receipt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const KEYS[] = {
    "varde.example.lu/log+26acf8b8+AZsfhHkc/HZjBFhU04netcqVRJ2HXydqg4QLBgqznPxx",
    "witness.example.fr/w0+3c952792+BGwIpQe4VtZmQ+7JK2/jbi+yTY/eUF2WGR8wML+qGfib",
    "witness.example.be/w1+82e41500+BPck7Ua4dLPhmJVWe2MJG+7FPf0ffZ5EmxoPjVCX221W",
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct verifier_key keys[3];
    struct receipt_report report;
    struct why why = {0};
    struct arena arena;
    for (size_t i = 0; i < 3; i++)
        if (is_err(verifier_key_parse(span_of(KEYS[i]), &keys[i], NULL))) assert(false);
    arena_init(&arena, 64 * 1024 * 1024);
    struct err e = receipt_verify(span_make(data, size), keys, 3, &arena, &report, &why);
    if (is_err(e)) {
        assert(why.is_set && why.words[0] != '\0');
    } else {
        assert(span_is(report.node, "LU") && span_is(report.filing, "F0000000000000000"));
        assert(report.index < report.size && report.shown + report.withheld + report.erased == 11);
        assert(report.witnesses == 2 && report.cosigned <= 2);
    }
    arena_fini(&arena);
    return 0;
}
