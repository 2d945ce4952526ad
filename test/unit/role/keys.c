// SPDX-License-Identifier: EUPL-1.2
/* The signing key: what it signs, what it refuses, what it knows again after a crash, and how a new epoch begins. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"
#include "os/file.h"
#include "record/envelope.h"
#include "role/keys.h"
#include "role/wire.h"

enum { ENTRIES = 40 };
#define NAME "varde.example.lu/log"

static struct arena arena;
static char dir[64];
static struct hash nodes[7][ENTRIES];

static struct err node_read(void *context, unsigned level, uint64_t index, struct hash *ret) {
    (void)context;
    *ret = nodes[level][index];
    return err_none();
}
static const struct tree_reader READER = {.read = node_read};

static int setup(void **state) {
    (void)state;
    arena_init(&arena, 8 * 1024 * 1024);
    struct tree_frontier frontier = {.size = 0};
    for (size_t i = 0; i < ENTRIES; i++) {
        struct tree_node made[TREE_LEVELS];
        size_t count;
        struct hash entry = hash_sha256(span_make(&i, sizeof i));
        tree_append(&frontier, &entry, made, &count);
        for (size_t n = 0; n < count; n++) nodes[made[n].level][made[n].index] = made[n].hash;
    }
    return 0;
}
static int teardown(void **state) {
    (void)state;
    arena_fini(&arena);
    return 0;
}

static const char *path_of(const char *name) { return path_join(&arena, dir, name); }

static int begin(void **state) {
    (void)state;
    struct why why = {0};
    memcpy(dir, "/tmp/varde-keys-XXXXXX", sizeof "/tmp/varde-keys-XXXXXX");
    if (mkdtemp(dir) == NULL || is_err(keys_create(dir, NAME, NULL, &why))) return -1;
    return 0;
}
static int end(void **state) {
    static const char *const FILES[] = {"signing.key", "log.vkey", "heads", "epoch-2.note", "epoch-3.note"};
    (void)state;
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) (void)unlink(path_of(FILES[i]));
    return rmdir(dir); // nothing else was left behind
}

// A request for a checkpoint of SIZE records, proved from FROM; ROOT NULL: the right one.
static struct frame checkpoint_ask(const char *origin, uint64_t from, uint64_t size, const struct hash *root) {
    struct hash proof[TREE_PROOF_MAX], right;
    size_t count = 0, used;
    struct buf bytes;
    struct frame frame;
    memset(proof, 0, sizeof proof);
    if (from <= size) assert_false(is_err(tree_consistency(&READER, from, size, proof, &count)));
    assert_false(is_err(tree_root_at(&READER, size, &right)));
    buf_init(&bytes, &arena, LIMIT_FRAME_BYTES);
    size_t mark = frame_begin(&bytes, WIRE_KEYS_CHECKPOINT, 77);
    frame_field(&bytes, TAG_ORIGIN, span_of(origin));
    frame_field_u64(&bytes, TAG_SIZE, size);
    frame_field(&bytes, TAG_ROOT, hash_span(root == NULL ? &right : root));
    frame_field(&bytes, TAG_PROOF, span_make(proof, count * HASH_BYTES));
    assert_true(frame_end(&bytes, mark));
    assert_false(is_err(frame_next(buf_span(&bytes), &frame, &used)));
    return frame;
}

static struct frame ask(uint16_t type, const char *origin) {
    struct buf bytes;
    struct frame frame;
    size_t used;
    buf_init(&bytes, &arena, 4096);
    size_t mark = frame_begin(&bytes, type, 78);
    if (origin != NULL) frame_field(&bytes, TAG_ORIGIN, span_of(origin));
    assert_true(frame_end(&bytes, mark));
    assert_false(is_err(frame_next(buf_span(&bytes), &frame, &used)));
    return frame;
}

// As the role does it; the answer's frame.
static struct frame answer(struct keys_file *file, struct frame request) {
    struct why why = {0};
    struct buf out;
    struct frame frame;
    size_t used;
    struct keys_decision decision = keys_decide(&file->state, &request, &why);
    if (decision.verdict == KEYS_REMEMBER_AND_ANSWER) assert_false(is_err(keys_remember(file, &decision, &why)));
    buf_init(&out, &arena, LIMIT_FRAME_BYTES);
    if (decision.verdict == KEYS_REFUSE) keys_refuse(&request, &why, &out);
    else keys_answer(&file->state, &request, &out);
    assert_false(is_err(frame_next(buf_span(&out), &frame, &used)));
    assert_int_equal(frame.number, request.number);
    return frame;
}

static void expect_note(struct keys_file *file, struct frame request, const char *origin, uint64_t size) {
    struct frame reply = answer(file, request);
    struct note note;
    struct checkpoint head;
    struct verifier_key key = verifier_key_make(KEY_LOG, SPAN(NAME), file->secret + 32);
    assert_int_equal(reply.type, WIRE_KEYS_NOTE);
    assert_false(is_err(note_parse(&arena, frame_get(&reply, TAG_NOTE), &note, NULL)));
    assert_false(is_err(checkpoint_parse(note.body, &head, NULL)));
    assert_int_equal(head.size, size);
    assert_true(span_is(head.origin, origin));
    assert_int_equal(note_verify_log(&note, &key, head.origin), NOTE_VALID);
}

static void expect_refused(struct keys_file *file, struct frame request, const char *rule) {
    uint64_t sequence = file->state.memory.sequence;
    struct frame reply = answer(file, request);
    assert_int_equal(reply.type, WIRE_FAILED);
    if (!span_is(frame_get(&reply, TAG_KIND), rule)) fail_msg("%.*s", SPAN_FMT(frame_get(&reply, TAG_KIND)));
    assert_true(frame_get(&reply, TAG_WORDS).len > 0);
    assert_int_equal(file->state.memory.sequence, sequence);
}

static struct keys_file opened(void) {
    struct keys_file file;
    struct why why = {0};
    if (is_err(keys_open(dir, &file, &why))) fail_msg("%s", why.words);
    return file;
}

static void test_grows_and_remembers(void **state) {
    (void)state;
    uint64_t size = 0;
    for (uint64_t next = 0; next <= ENTRIES; next += 1 + next / 9) { // more heads than the ring has slots
        struct keys_file file = opened(); // each time as after a crash
        assert_int_equal(file.state.memory.size, size);
        expect_note(&file, checkpoint_ask(NAME, size, next, NULL), NAME, next);
        expect_note(&file, checkpoint_ask(NAME, next, next, NULL), NAME, next); // the same head again
        keys_close(&file);
        size = next;
    }
    assert_true(size > KEYS_SLOTS);
}

static void test_refuses(void **state) {
    (void)state;
    struct keys_file file = opened();
    struct hash other = hash_sha256(SPAN("another history"));
    expect_note(&file, checkpoint_ask(NAME, 0, 20, NULL), NAME, 20);
    expect_refused(&file, checkpoint_ask(NAME, 19, 19, NULL), "head.rollback");
    expect_refused(&file, checkpoint_ask(NAME, 0, 0, NULL), "head.rollback");
    expect_refused(&file, checkpoint_ask(NAME, 20, 20, &other), "head.fork");
    expect_refused(&file, checkpoint_ask(NAME, 20, 30, &other), "head.proof");
    expect_refused(&file, checkpoint_ask(NAME, 19, 30, NULL), "head.proof"); // a proof from another head
    expect_refused(&file, checkpoint_ask("varde.example.fr/log", 20, 30, NULL), "head.origin");
    expect_refused(&file, checkpoint_ask(NAME "/epoch-2", 20, 30, NULL), "head.origin");
    expect_refused(&file, ask(WIRE_KEYS_CHECKPOINT, NAME), "keys.request");
    expect_refused(&file, ask(WIRE_COURIER_SEND, NAME), "keys.request");
    expect_refused(&file, ask(WIRE_KEYS_HEAD, "varde.example.fr/log"), "head.origin");
    expect_note(&file, checkpoint_ask(NAME, 20, 30, NULL), NAME, 30);
    keys_close(&file);
}

static void test_head_and_public(void **state) {
    (void)state;
    struct keys_file file = opened();
    struct hash root;
    struct span vkey;
    expect_note(&file, checkpoint_ask(NAME, 0, 5, NULL), NAME, 5);
    assert_false(is_err(tree_root_at(&READER, 5, &root)));
    struct frame head = answer(&file, ask(WIRE_KEYS_HEAD, NULL));
    assert_int_equal(head.type, WIRE_KEYS_HEAD);
    assert_int_equal(frame_get_u64(&head, TAG_SIZE, 99), 5);
    assert_true(span_equals(frame_get(&head, TAG_ROOT), hash_span(&root)));
    assert_true(span_is(frame_get(&head, TAG_ORIGIN), NAME));
    struct frame reply = answer(&file, ask(WIRE_KEYS_PUBLIC, NULL));
    assert_int_equal(reply.type, WIRE_KEYS_PUBLIC);
    assert_false(is_err(file_read(&arena, path_of("log.vkey"), 512, &vkey, NULL)));
    assert_true(span_equals(span_trim(vkey), frame_get(&reply, TAG_KEY)));
    keys_close(&file);
}

static void ring_damage(uint64_t sequence, size_t from, size_t len) {
    struct span ring;
    assert_false(is_err(file_read(&arena, path_of("heads"), KEYS_SLOTS * KEYS_SLOT_BYTES, &ring, NULL)));
    struct buf changed;
    buf_init(&changed, &arena, ring.len);
    buf_add(&changed, ring);
    memset(changed.at + sequence % KEYS_SLOTS * KEYS_SLOT_BYTES + from, 0xa5, len);
    assert_false(is_err(file_write(path_of("heads"), buf_span(&changed), 0600, NULL)));
}

static void test_torn_slot(void **state) {
    (void)state;
    struct keys_file file = opened();
    for (uint64_t size = 1; size <= 20; size++) expect_note(&file, checkpoint_ask(NAME, size - 1, size, NULL), NAME, size);
    uint64_t sequence = file.state.memory.sequence;
    keys_close(&file);
    ring_damage(sequence + 1, 0, KEYS_SLOT_BYTES / 2); // the write that a crash tore was never answered
    file = opened();
    assert_int_equal(file.state.memory.size, 20);
    keys_close(&file);
    for (uint64_t i = 0; i < KEYS_SLOTS; i++) ring_damage(i, 50, 1);
    struct why why = {0};
    assert_int_equal(keys_open(dir, &file, &why).code, ERR_CORRUPT);
}

static void test_guarded(void **state) {
    (void)state;
    struct keys_file file = opened(), second;
    struct why why = {0};
    assert_int_equal(keys_open(dir, &second, &why).code, ERR_BUSY);
    keys_close(&file);
    assert_int_equal(keys_create(dir, NAME, NULL, NULL).code, ERR_CONFLICT);
    assert_int_equal(keys_create(dir, "two words", NULL, NULL).code, ERR_INPUT);
    assert_int_equal(chmod(path_of("signing.key"), 0640), 0);
    assert_int_equal(keys_open(dir, &file, NULL).code, ERR_CORRUPT); // others may read it
    assert_int_equal(chmod(path_of("signing.key"), 0600), 0);
    assert_int_equal(unlink(path_of("heads")), 0);
    assert_int_equal(keys_open(dir, &file, NULL).code, ERR_NOT_FOUND); // a key without memory signs nothing
}

static struct span witnessed_note(const struct keys_file *file, const char *origin, uint64_t size) {
    struct hash root;
    struct buf text;
    assert_false(is_err(tree_root_at(&READER, size, &root)));
    buf_init(&text, &arena, NOTE_BYTES_MAX);
    note_sign(&text, span_of(origin), size, &root, file->secret);
    return buf_span(&text);
}

static void test_epoch(void **state) {
    (void)state;
    struct keys_file file = opened();
    struct verifier_key key = verifier_key_make(KEY_LOG, SPAN(NAME), file.secret + 32);
    struct buf text;
    struct epoch epoch;
    expect_note(&file, checkpoint_ask(NAME, 0, 9, NULL), NAME, 9);
    struct keys_epoch_request request = {.witnessed = witnessed_note(&file, NAME, 12), .now_ms = 1800000000000,
                                         .reason = SPAN("restored from the backup of 20 November")};
    buf_init(&text, &arena, 4096);
    assert_int_equal(keys_open_epoch(dir, &request, &text, NULL).code, ERR_BUSY); // the node still runs
    keys_close(&file);
    assert_false(is_err(keys_open_epoch(dir, &request, &text, NULL)));
    assert_false(is_err(epoch_verify(buf_span(&text), &key, &arena, &epoch, NULL)));
    assert_int_equal(epoch.last.size, 12); // what a witness saw is later than what the key remembers
    assert_true(span_is(epoch.last.origin, NAME) && span_is(epoch.origin, NAME "/epoch-2"));
    assert_int_equal(epoch.time_ms, 1800000000000);
    text.at[text.len / 4] ^= 1;
    assert_true(is_err(epoch_verify(buf_span(&text), &key, &arena, &epoch, NULL)));

    file = opened();
    expect_refused(&file, checkpoint_ask(NAME, 9, 13, NULL), "head.origin"); // the old epoch is closed
    struct frame head = answer(&file, ask(WIRE_KEYS_HEAD, NAME));
    assert_true(span_is(frame_get(&head, TAG_ORIGIN), NAME "/epoch-2"));
    expect_note(&file, checkpoint_ask(NAME "/epoch-2", 0, 7, NULL), NAME "/epoch-2", 7);
    keys_close(&file);
}

static void test_lost_heads(void **state) {
    (void)state;
    struct keys_file file = opened();
    struct buf text;
    expect_note(&file, checkpoint_ask(NAME, 0, 9, NULL), NAME, 9);
    struct keys_epoch_request request = {.has_lost_heads = true, .now_ms = 1800000000000, .reason = SPAN("the disk is lost")};
    struct span seen = witnessed_note(&file, NAME "/epoch-2", 9);
    keys_close(&file);
    buf_init(&text, &arena, 4096);
    assert_true(is_err(keys_open_epoch(dir, &request, &text, NULL))); // they are not lost
    assert_int_equal(unlink(path_of("heads")), 0);
    assert_int_equal(keys_open_epoch(dir, &request, &text, NULL).code, ERR_INPUT); // the witness's head is needed
    assert_false(file_exists(path_of("heads")));
    request.witnessed = seen;
    assert_false(is_err(keys_open_epoch(dir, &request, &text, NULL)));
    file = opened();
    assert_string_equal(file.state.memory.origin, NAME "/epoch-3");
    keys_close(&file);
}

static void test_witness(void **state) {
    (void)state;
    struct keys_file file = opened();
    struct verifier_key log = verifier_key_make(KEY_LOG, SPAN(NAME), file.secret + 32);
    struct verifier_key own = verifier_key_make(KEY_WITNESS, SPAN("w/1"), file.secret + 32);
    struct witness witness = {.name = SPAN("w/1"), .secret = file.secret, .time_s = 1800000000};
    struct log_head seen = {.origin = SPAN(NAME), .size = 0, .root = tree_empty_root()}, next;
    enum head_step step;
    for (uint64_t size = 3; size <= 30; size += 9) {
        struct hash proof[TREE_PROOF_MAX];
        struct witness_request request = {.note = witnessed_note(&file, NAME, size), .proof = proof};
        struct buf line, whole;
        struct note note;
        assert_false(is_err(tree_consistency(&READER, seen.size, size, proof, &request.proof_count)));
        buf_init(&line, &arena, 4096);
        assert_false(is_err(witness_cosign(&seen, &log, &request, &witness, &arena, &line, &next, &step, NULL)));
        assert_int_equal(step, HEAD_GROWN);
        buf_init(&whole, &arena, NOTE_BYTES_MAX);
        buf_add(&whole, request.note);
        buf_add(&whole, buf_span(&line));
        assert_false(is_err(note_parse(&arena, buf_span(&whole), &note, NULL)));
        assert_int_equal(note_verify(&note, &own, NULL), NOTE_VALID);
        if (seen.size > 0) { // from the old head again: refused without a proof, and never after the new one
            request.proof_count = 0;
            assert_int_equal(witness_cosign(&seen, &log, &request, &witness, &arena, &line, &next, &step, NULL).code, ERR_CONFLICT);
        }
        seen = next;
    }
    struct witness_request request = {.note = witnessed_note(&file, NAME, 29)};
    struct buf line;
    struct why why = {0};
    buf_init(&line, &arena, 4096);
    assert_int_equal(witness_cosign(&seen, &log, &request, &witness, &arena, &line, &next, &step, &why).code, ERR_CONFLICT);
    assert_string_equal(why.rule, "head.rollback");
    log.public_key[0] ^= 1;
    assert_int_equal(witness_cosign(&seen, &log, &request, &witness, &arena, &line, &next, &step, NULL).code, ERR_DENIED);
    assert_int_equal(line.len, 0);
    keys_close(&file);
}

// Over a real channel: many questions at once, the answers in order; then the other side breaks the form.
static void test_channel(void **state) {
    (void)state;
    struct keys_file file = opened();
    struct channel ours, theirs;
    struct why why = {0};
    int fds[2];
    assert_false(is_err(channel_pair(fds)));
    channel_open(&ours, fds[0]);
    channel_open(&theirs, fds[1]);
    for (uint64_t size = 1; size <= 30; size++) {
        struct frame request = checkpoint_ask(NAME, size - 1, size == 7 ? 6 : size, NULL); // the seventh goes back
        size_t mark = frame_begin(channel_out(&ours), request.type, size);
        const uint16_t tags[] = {TAG_ORIGIN, TAG_SIZE, TAG_ROOT, TAG_PROOF};
        for (size_t i = 0; i < 4; i++) frame_field(channel_out(&ours), tags[i], frame_get(&request, tags[i]));
        assert_true(frame_end(channel_out(&ours), mark));
    }
    while (channel_queued_bytes(&ours) > 0) assert_false(is_err(channel_flush(&ours)));
    assert_false(is_err(channel_read(&theirs)));
    assert_false(is_err(keys_serve(&file, &theirs, &why)));
    struct frame reply;
    uint64_t number = 0;
    assert_false(is_err(channel_read(&ours)));
    while (channel_next(&ours, &reply)) {
        assert_int_equal(reply.number, ++number);
        // the sixth head again is signed again; the eighth is proved from a head that was never signed
        assert_int_equal(reply.type, number <= 7 ? WIRE_KEYS_NOTE : WIRE_FAILED);
    }
    assert_int_equal(number, 30);
    assert_int_equal(file.state.memory.size, 6);
    assert_int_equal(write(ours.fd, "\1\0\0\0 no frame at all", 20), 20);
    assert_false(is_err(channel_read(&theirs)));
    assert_int_equal(keys_serve(&file, &theirs, &why).code, ERR_CORRUPT); // nothing that could be answered
    assert_int_equal(channel_read(&theirs).code, ERR_CORRUPT);
    channel_close(&ours);
    channel_close(&theirs);
    keys_close(&file);
}

// The key builds the text itself; the head it remembers is not touched.
static void test_envelope(void **state) {
    (void)state;
    struct keys_file file = opened();
    struct hash hash = hash_sha256(SPAN("a document"));
    const char *const to[] = {"state:FR", "state FR", "state:FR\ntime x", ""};
    for (size_t i = 0; i < sizeof to / sizeof *to; i++) {
        struct buf bytes;
        struct frame frame;
        size_t used;
        buf_init(&bytes, &arena, 4096);
        size_t mark = frame_begin(&bytes, WIRE_KEYS_ENVELOPE, 79);
        frame_field(&bytes, TAG_KIND, SPAN("disclosure"));
        frame_field(&bytes, TAG_MESSAGE, SPAN("F0000000000000001"));
        frame_field(&bytes, TAG_TARGET_NAME, span_of(to[i]));
        frame_field(&bytes, TAG_MEDIA, SPAN("text/html"));
        frame_field(&bytes, TAG_ROOT, hash_span(&hash));
        frame_field_u64(&bytes, TAG_BYTES, 1795000000000);
        assert_true(frame_end(&bytes, mark));
        assert_false(is_err(frame_next(buf_span(&bytes), &frame, &used)));
        if (i > 0) {
            expect_refused(&file, frame, "envelope.form");
            continue;
        }
        struct frame reply = answer(&file, frame);
        struct envelope envelope;
        struct verifier_key key = verifier_key_make(KEY_LOG, SPAN(NAME), file.secret + 32);
        assert_int_equal(reply.type, WIRE_KEYS_NOTE);
        assert_false(is_err(envelope_verify(frame_get(&reply, TAG_NOTE), &key, &arena, &envelope, NULL)));
        assert_true(span_is(envelope.to, "state:FR") && hash_equals(&envelope.sha256, &hash));
        assert_int_equal(file.state.memory.size, 0);
    }
    expect_refused(&file, ask(WIRE_KEYS_ENVELOPE, NULL), "keys.request");
    keys_close(&file);
}

#define WITH_KEYS(TEST) cmocka_unit_test_setup_teardown(TEST, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_KEYS(test_grows_and_remembers), WITH_KEYS(test_refuses), WITH_KEYS(test_head_and_public),
        WITH_KEYS(test_torn_slot),           WITH_KEYS(test_guarded), WITH_KEYS(test_epoch),
        WITH_KEYS(test_lost_heads),          WITH_KEYS(test_witness), WITH_KEYS(test_channel),
        WITH_KEYS(test_envelope),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
