// SPDX-License-Identifier: EUPL-1.2
/* Any bytes as a provider's ID token, up to the first line feed, and as its key set behind it: refused, never a crash; nothing is ever right. */
#include <assert.h>

#include "service/provider_token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct span all = span_make(data, size);
    size_t line = span_find(all, '\n', 0);
    struct arena arena;
    struct json keys, claims;
    struct why why = {0};
    bool has_key = false;
    arena_init(&arena, 8 * 1024 * 1024);
    if (!is_err(json_parse(&arena, span_part(all, line + 1, all.len), &keys, NULL))) {
        // A nonce that no token can hold: what is signed rightly by a key of the input is refused by its claims.
        const struct token_wanted wanted = {.issuer = SPAN("https://eid.example"), .client_id = SPAN("varde"), .nonce = SPAN("\x01"), .now_ms = 1795000000000};
        assert(is_err(provider_token_check(span_part(all, 0, line), &keys, &wanted, &arena, &claims, &has_key, &why)));
    }
    arena_fini(&arena);
    return 0;
}
