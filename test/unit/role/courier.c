// SPDX-License-Identifier: EUPL-1.2
#include "role/courier.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

// Computed with Python: hmac.new(b"0123456789abcdef", b'1700000000.{"a":1}', hashlib.sha256).
static void a_signature_covers_time_and_body(void **state) {
    (void)state;
    struct buf buf;
    buf_init(&buf, NULL, 1000);
    courier_signature(&buf, SPAN("0123456789abcdef"), 1700000000999, SPAN("{\"a\":1}"));
    assert_true(span_is(buf_span(&buf), "v1=9eb18f493f8ec135d9eb2dad817c369bb4e9cbfa818657897a7437c1cd8c3a23"));
    buf_clear(&buf);
    courier_signature(&buf, SPAN("0123456789abcdef"), 1700000001000, SPAN("{\"a\":1}"));
    assert_false(span_is(buf_span(&buf), "v1=9eb18f493f8ec135d9eb2dad817c369bb4e9cbfa818657897a7437c1cd8c3a23"));
    buf_fini(&buf);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_signature_covers_time_and_body)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
