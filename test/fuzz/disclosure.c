// SPDX-License-Identifier: EUPL-1.2
/* Packages and envelopes from anywhere: the document, a zero byte, the envelope. */
#include <assert.h>
#include <stdint.h>

#include "cli/verify_disclosure.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const uint8_t PUBLIC[NOTE_PUBLIC_BYTES] = {1};
    struct verifier_key log = verifier_key_make(KEY_LOG, SPAN("varde.example.lu/log"), PUBLIC);
    struct disclosure_report report;
    struct arena arena;
    struct why why = {0};
    struct buf text;
    size_t end = span_find(span_make(data, size), 0, 0);
    struct span document = span_make(data, end), envelope = end < size ? span_make(data + end + 1, size - end - 1) : span_make(NULL, 0);
    arena_init(&arena, 64 * 1024 * 1024);
    buf_init(&text, NULL, 1024 * 1024);
    struct err e = disclosure_verify(document, envelope, &log, 1, &arena, &report, &why);
    assert(!is_err(e) || e.code == ERR_MEMORY || why.rule[0] != '\0');
    assert(is_err(e) || !(report.has_envelope || report.is_package)); // the key of this test has signed nothing
    disclosure_print(is_err(e) ? NULL : &report, &why, true, &text);
    disclosure_print(is_err(e) ? NULL : &report, &why, false, &text);
    buf_fini(&text);
    arena_fini(&arena);
    return 0;
}
