// SPDX-License-Identifier: EUPL-1.2
#include "role/keys_state.h"

#include <assert.h>

#include "record/envelope.h"
#include "role/wire.h"

static void origin_set(struct keys_memory *memory, struct span origin) {
    assert(origin.len < sizeof memory->origin);
    memset(memory->origin, 0, sizeof memory->origin);
    memcpy(memory->origin, origin.at, origin.len);
}

struct keys_memory keys_memory_first(struct span origin, uint64_t sequence) {
    struct keys_memory memory = {.sequence = sequence, .size = 0, .root = tree_empty_root()};
    origin_set(&memory, origin);
    return memory;
}

// --- requests ---

static struct err checkpoint_decide(const struct keys_state *state, const struct frame *request, struct keys_decision *ret,
                                    struct why *why) {
    struct span root = frame_get(request, TAG_ROOT), proof = frame_get(request, TAG_PROOF);
    struct log_head remembered = {span_of(state->memory.origin), state->memory.size, state->memory.root};
    struct log_head next = {.origin = frame_get(request, TAG_ORIGIN), .size = frame_get_u64(request, TAG_SIZE, UINT64_MAX)};
    struct hash hashes[TREE_PROOF_MAX];
    enum head_step step;
    if (next.origin.at == NULL || next.size > TREE_SIZE_MAX || root.len != HASH_BYTES || proof.len % HASH_BYTES != 0 ||
        proof.len > sizeof hashes)
        return why_set(why, ERR_INPUT, "", "keys.request", "", "a request for a checkpoint has origin, size, root and proof");
    memcpy(next.root.bytes, root.at, HASH_BYTES);
    if (proof.len > 0) memcpy(hashes, proof.at, proof.len);
    TRY(head_follow(&remembered, &next, hashes, proof.len / HASH_BYTES, &step, why));
    ret->verdict = step == HEAD_SAME ? KEYS_ANSWER : KEYS_REMEMBER_AND_ANSWER;
    ret->next = (struct keys_memory){.sequence = state->memory.sequence + 1, .size = next.size, .root = next.root};
    origin_set(&ret->next, remembered.origin);
    return err_none();
}

// A node that starts knows the log's name but not the epoch: it asks with the name, or with nothing.
static struct err head_decide(const struct keys_state *state, const struct frame *request, struct why *why) {
    struct span origin = frame_get(request, TAG_ORIGIN);
    const char *const known[] = {state->name, state->memory.origin};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (origin.at == NULL || span_is(origin, known[i])) return err_none();
    return why_set(why, ERR_CONFLICT, "origin", "head.origin", "", "the key is of the log %s, not of %.*s", state->memory.origin,
                   SPAN_FMT(span_part(origin, 0, NOTE_NAME_BYTES_MAX)));
}

// An envelope's text is built here, from explicit fields; nothing that comes as bytes is signed.
static struct err envelope_read(const struct frame *request, struct envelope *ret, struct why *why) {
    struct span hash = frame_get(request, TAG_ROOT);
    uint64_t time_ms = frame_get_u64(request, TAG_BYTES, 0);
    *ret = (struct envelope){.kind = frame_get(request, TAG_KIND), .subject = frame_get(request, TAG_MESSAGE), .to = frame_get(request, TAG_TARGET_NAME),
                             .media = frame_get(request, TAG_MEDIA), .time_ms = (int64_t)time_ms};
    if (hash.len != HASH_BYTES || time_ms == 0 || time_ms > (uint64_t)4102444800 * 1000)
        return why_set(why, ERR_INPUT, "", "keys.request", "", "a request for an envelope has kind, message, target, media, hash and time");
    memcpy(ret->sha256.bytes, hash.at, HASH_BYTES);
    return err_none();
}

static struct err envelope_decide(const struct keys_state *state, const struct frame *request, struct why *why) {
    struct envelope envelope;
    struct buf tried;
    TRY(envelope_read(request, &envelope, why));
    buf_init(&tried, NULL, NOTE_BYTES_MAX);
    struct err e = envelope_sign(&tried, &envelope, span_of(state->name), state->secret, why);
    buf_fini(&tried);
    return e;
}

struct keys_decision keys_decide(const struct keys_state *state, const struct frame *request, struct why *why) {
    struct keys_decision decision = {.verdict = KEYS_ANSWER};
    struct err result;
    switch (request->type) {
    case WIRE_KEYS_CHECKPOINT: result = checkpoint_decide(state, request, &decision, why); break;
    case WIRE_KEYS_HEAD: result = head_decide(state, request, why); break;
    case WIRE_KEYS_PUBLIC: result = err_none(); break;
    case WIRE_KEYS_ENVELOPE: result = envelope_decide(state, request, why); break;
    default:
        result = why_set(why, ERR_INPUT, "", "keys.request", "", "the keys process does not know messages of type %u",
                         (unsigned)request->type);
    }
    if (is_err(result)) decision.verdict = KEYS_REFUSE;
    return decision;
}

void keys_remembered(struct keys_state *state, const struct keys_decision *decision) {
    assert(decision->verdict == KEYS_REMEMBER_AND_ANSWER && decision->next.sequence == state->memory.sequence + 1);
    state->memory = decision->next;
}

// --- answers ---

static void note_answer(const struct keys_state *state, uint64_t number, struct buf *out) {
    struct buf note;
    buf_init(&note, NULL, NOTE_BYTES_MAX);
    note_sign(&note, span_of(state->memory.origin), state->memory.size, &state->memory.root, state->secret);
    size_t mark = frame_begin(out, WIRE_KEYS_NOTE, number);
    if (note.is_failed) out->is_failed = true;
    frame_field(out, TAG_NOTE, buf_span(&note));
    (void)frame_end(out, mark);
    buf_fini(&note);
}

static void envelope_answer(const struct keys_state *state, const struct frame *request, struct buf *out) {
    struct envelope envelope;
    struct buf note;
    buf_init(&note, NULL, NOTE_BYTES_MAX);
    bool is_good = !is_err(envelope_read(request, &envelope, NULL)) && !is_err(envelope_sign(&note, &envelope, span_of(state->name), state->secret, NULL));
    assert(is_good); // keys_decide has tried it
    size_t mark = frame_begin(out, WIRE_KEYS_NOTE, request->number);
    frame_field(out, TAG_NOTE, buf_span(&note));
    (void)frame_end(out, mark);
    buf_fini(&note);
}

static void head_answer(const struct keys_state *state, uint64_t number, struct buf *out) {
    size_t mark = frame_begin(out, WIRE_KEYS_HEAD, number);
    frame_field(out, TAG_ORIGIN, span_of(state->memory.origin));
    frame_field_u64(out, TAG_SIZE, state->memory.size);
    frame_field(out, TAG_ROOT, hash_span(&state->memory.root));
    (void)frame_end(out, mark);
}

static void public_answer(const struct keys_state *state, uint64_t number, struct buf *out) {
    const uint8_t *public_key = state->secret + NOTE_SECRET_BYTES - NOTE_PUBLIC_BYTES;
    struct verifier_key key = verifier_key_make(KEY_LOG, span_of(state->name), public_key);
    struct buf text;
    buf_init(&text, NULL, NOTE_KEY_TEXT_BYTES_MAX);
    verifier_key_write(&text, &key);
    size_t mark = frame_begin(out, WIRE_KEYS_PUBLIC, number);
    if (text.is_failed) out->is_failed = true;
    frame_field(out, TAG_KEY, buf_span(&text));
    (void)frame_end(out, mark);
    buf_fini(&text);
}

void keys_answer(const struct keys_state *state, const struct frame *request, struct buf *out) {
    switch (request->type) {
    case WIRE_KEYS_CHECKPOINT: note_answer(state, request->number, out); break;
    case WIRE_KEYS_HEAD: head_answer(state, request->number, out); break;
    case WIRE_KEYS_PUBLIC: public_answer(state, request->number, out); break;
    case WIRE_KEYS_ENVELOPE: envelope_answer(state, request, out); break;
    default: assert(false); // keys_decide has refused it
    }
}

void keys_refuse(const struct frame *request, const struct why *why, struct buf *out) {
    size_t mark = frame_begin(out, WIRE_FAILED, request->number);
    frame_field(out, TAG_KIND, span_of(why->rule));
    frame_field(out, TAG_WORDS, span_of(why->words));
    (void)frame_end(out, mark);
}

// --- slots ---

static void put_u64(uint8_t *at, uint64_t value) {
    for (unsigned i = 0; i < 8; i++) at[i] = (uint8_t)(value >> (8 * i));
}

static uint64_t get_u64(const uint8_t *at) {
    uint64_t value = 0;
    for (unsigned i = 0; i < 8; i++) value |= (uint64_t)at[i] << (8 * i);
    return value;
}

enum { AT_SEQUENCE = HASH_BYTES, AT_SIZE = AT_SEQUENCE + 8, AT_ROOT = AT_SIZE + 8, AT_ORIGIN = AT_ROOT + HASH_BYTES };
static_assert(AT_ORIGIN + NOTE_NAME_BYTES_MAX < KEYS_SLOT_BYTES, "a slot holds an origin and a NUL");

static struct hash slot_checksum(const uint8_t *slot) {
    const struct span parts[] = {SPAN("varde-head/1\n"), span_make(slot + HASH_BYTES, KEYS_SLOT_BYTES - HASH_BYTES)};
    return hash_sha256_parts(parts, 2);
}

void keys_slot_write(const struct keys_memory *memory, uint8_t ret[KEYS_SLOT_BYTES]) {
    memset(ret, 0, KEYS_SLOT_BYTES);
    put_u64(ret + AT_SEQUENCE, memory->sequence);
    put_u64(ret + AT_SIZE, memory->size);
    memcpy(ret + AT_ROOT, memory->root.bytes, HASH_BYTES);
    memcpy(ret + AT_ORIGIN, memory->origin, strlen(memory->origin));
    struct hash checksum = slot_checksum(ret);
    memcpy(ret, checksum.bytes, HASH_BYTES);
}

struct err keys_slot_read(const uint8_t slot[KEYS_SLOT_BYTES], struct keys_memory *ret) {
    struct hash checksum = slot_checksum(slot);
    struct keys_memory memory = {.sequence = get_u64(slot + AT_SEQUENCE), .size = get_u64(slot + AT_SIZE)};
    if (memcmp(checksum.bytes, slot, HASH_BYTES) != 0) return err_make(ERR_CORRUPT);
    memcpy(memory.root.bytes, slot + AT_ROOT, HASH_BYTES);
    size_t len = strnlen((const char *)slot + AT_ORIGIN, NOTE_NAME_BYTES_MAX + 1);
    if (!note_name_is_valid(span_make(slot + AT_ORIGIN, len)) || memory.size > TREE_SIZE_MAX) return err_make(ERR_CORRUPT);
    origin_set(&memory, span_make(slot + AT_ORIGIN, len));
    *ret = memory;
    return err_none();
}
