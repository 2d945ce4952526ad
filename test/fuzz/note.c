// SPDX-License-Identifier: EUPL-1.2
/* Signed notes, checkpoints, verifier keys and epoch statements from anywhere. What is read is written back the same. */
#include <assert.h>
#include <stdint.h>

#include "record/head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void note_again(const struct note *note, struct span text) {
    struct buf out;
    buf_init(&out, NULL, 2 * NOTE_BYTES_MAX);
    buf_add(&out, note->body);
    buf_add_byte(&out, '\n');
    for (size_t i = 0; i < note->count; i++) {
        uint8_t raw[NOTE_BYTES_MAX];
        memcpy(raw, note->signatures[i].id, 4);
        memcpy(raw + 4, note->signatures[i].bytes.at, note->signatures[i].bytes.len);
        buf_add_text(&out, "\xe2\x80\x94 ");
        buf_add(&out, note->signatures[i].name);
        buf_add_byte(&out, ' ');
        buf_add_base64(&out, span_make(raw, 4 + note->signatures[i].bytes.len));
        buf_add_byte(&out, '\n');
    }
    assert(span_equals(buf_span(&out), text));
    buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const uint8_t PUBLIC[NOTE_PUBLIC_BYTES] = {1};
    struct span text = span_make(data, size);
    struct verifier_key log = verifier_key_make(KEY_LOG, SPAN("varde.example.lu/log"), PUBLIC), key;
    struct verifier_key witness = verifier_key_make(KEY_WITNESS, SPAN("witness.example.fr/w0"), PUBLIC);
    struct arena arena;
    struct note note;
    struct checkpoint head;
    struct epoch epoch;
    struct why why = {0};
    struct buf out;
    arena_init(&arena, 1024 * 1024);
    buf_init(&out, &arena, 2 * NOTE_BYTES_MAX);
    if (!is_err(note_parse(&arena, text, &note, &why))) {
        note_again(&note, text);
        if (!is_err(checkpoint_parse(note.body, &head, NULL))) {
            assert(note_verify_log(&note, &log, head.origin) != NOTE_VALID); // no one has the secret
            assert(epoch_of_origin(log.name, head.origin) <= 999999999);
        }
        assert(note_verify(&note, &witness, NULL) != NOTE_VALID);
    } else {
        assert(why.is_set);
    }
    assert(is_err(epoch_verify(text, &log, &arena, &epoch, NULL)));
    if (!is_err(verifier_key_parse(text, &key, NULL))) {
        verifier_key_write(&out, &key);
        assert(span_equals(buf_span(&out), text));
    }
    arena_fini(&arena);
    return 0;
}
