// SPDX-License-Identifier: EUPL-1.2
/*
 * Requests to the key, from a node that is broken into: whatever is asked, only heads are signed that contain the last one.
 * The memory holds five records with known hashes; without a collision nothing but growth from them is ever remembered.
 */
#include <assert.h>
#include <sodium.h>

#include "role/keys_state.h"
#include "role/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t secret[NOTE_SECRET_BYTES];

static struct keys_state state_make(void) {
    struct keys_state state = {.name = "varde.example.lu/log", .secret = secret};
    struct tree_frontier frontier = {.size = 0};
    for (uint8_t i = 0; i < 5; i++) {
        struct hash entry = {{i}};
        struct tree_node nodes[TREE_LEVELS];
        size_t count;
        tree_append(&frontier, &entry, nodes, &count);
    }
    state.memory = keys_memory_first(SPAN("varde.example.lu/log"), 9);
    state.memory.size = 5;
    state.memory.root = tree_root(&frontier);
    return state;
}

static void one(struct keys_state *state, const struct frame *request) {
    struct why why = {0};
    struct buf out;
    buf_init(&out, NULL, 64 * 1024);
    struct keys_memory before = state->memory;
    struct keys_decision decision = keys_decide(state, request, &why);
    if (decision.verdict == KEYS_REMEMBER_AND_ANSWER) {
        uint8_t slot[KEYS_SLOT_BYTES];
        struct keys_memory read;
        assert(request->type == WIRE_KEYS_CHECKPOINT && decision.next.size > before.size);
        keys_slot_write(&decision.next, slot);
        assert(!is_err(keys_slot_read(slot, &read)) && read.size == decision.next.size && hash_equals(&read.root, &decision.next.root));
        keys_remembered(state, &decision);
    }
    if (decision.verdict == KEYS_REFUSE) keys_refuse(request, &why, &out);
    else keys_answer(state, request, &out);
    assert(why.is_set == (decision.verdict == KEYS_REFUSE));
    struct frame answer;
    size_t used = 0;
    assert(!out.is_failed && !is_err(frame_next(buf_span(&out), &answer, &used)) && used == out.len);
    assert(answer.number == request->number && (answer.type == WIRE_FAILED) == (decision.verdict == KEYS_REFUSE));
    assert(state->memory.size >= before.size && strcmp(state->memory.origin, before.origin) == 0);
    buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const uint8_t SEED[crypto_sign_SEEDBYTES] = {1};
    uint8_t public_key[NOTE_PUBLIC_BYTES];
    struct span rest = span_make(data, size);
    struct frame request;
    size_t used = 0;
    if (crypto_sign_seed_keypair(public_key, secret, SEED) != 0) return 0;
    struct keys_state state = state_make();
    while (!is_err(frame_next(rest, &request, &used)) && used > 0) {
        one(&state, &request);
        rest = span_part(rest, used, rest.len);
    }
    if (size >= KEYS_SLOT_BYTES) {
        struct keys_memory memory;
        assert(is_err(keys_slot_read(data, &memory)) || memory.size <= TREE_SIZE_MAX);
    }
    return 0;
}
