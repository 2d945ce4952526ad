// SPDX-License-Identifier: EUPL-1.2
#include "os/channel.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <unistd.h>

#include "base/limits.h"
#include "os/clock.h"

static void pair(struct channel *a, struct channel *b) {
    int fds[2];
    assert_false(is_err(channel_pair(fds)));
    channel_open(a, fds[0]);
    channel_open(b, fds[1]);
}

static void put(struct channel *channel, uint16_t type, uint64_t number, struct span data) {
    size_t mark = frame_begin(channel_out(channel), type, number);
    frame_field(channel_out(channel), 9, data);
    assert_true(frame_end(channel_out(channel), mark));
}

static void frames_arrive_in_order(void **state) {
    (void)state;
    struct channel a, b;
    pair(&a, &b);
    static uint8_t bytes[40000];
    uint64_t sent = 0, got = 0;
    while (got < 300) {
        while (sent < 300 && channel_queued_bytes(&a) < 1000000) put(&a, 7, sent++, span_make(bytes, sizeof bytes));
        assert_false(is_err(channel_flush(&a)));
        assert_false(is_err(channel_read(&b)));
        struct frame frame;
        while (channel_next(&b, &frame)) {
            assert_int_equal(frame.number, got++);
            assert_int_equal(frame_get(&frame, 9).len, sizeof bytes);
        }
    }
    assert_int_equal(channel_queued_bytes(&a), 0);
    channel_close(&a);
    channel_close(&b);
}

static void a_stuck_reader_is_bounded(void **state) {
    (void)state;
    struct channel a, b;
    pair(&a, &b);
    static uint8_t bytes[100000];
    struct buf frame;
    buf_init(&frame, NULL, 200000);
    size_t mark = frame_begin(&frame, 1, 1);
    frame_field(&frame, 9, span_make(bytes, sizeof bytes));
    assert_true(frame_end(&frame, mark));
    struct err e = err_none();
    for (int i = 0; i < 2000 && !is_err(e); i++) e = channel_send(&a, buf_span(&frame));
    assert_int_equal(e.code, ERR_BUSY);
    assert_true(channel_queued_bytes(&a) <= LIMIT_CHANNEL_BYTES);
    assert_false(is_err(channel_flush(&a))); // and it can still be used
    buf_fini(&frame);
    channel_close(&a);
    channel_close(&b);
}

static void bad_frames_break_the_channel(void **state) {
    (void)state;
    struct channel a, b;
    pair(&a, &b);
    assert_false(is_err(channel_send(&a, SPAN("\xff\xff\xff\x7f junk"))));
    assert_false(is_err(channel_flush(&a)));
    assert_false(is_err(channel_read(&b)));
    struct frame frame;
    assert_false(channel_next(&b, &frame));
    assert_int_equal(channel_read(&b).code, ERR_CORRUPT);
    channel_close(&b);
    assert_int_equal(channel_read(&a).code, ERR_IO);
    channel_close(&a);
}

static void descriptors_travel(void **state) {
    (void)state;
    struct channel a, b;
    pair(&a, &b);
    b.takes_fd = true;
    int inner[2];
    assert_false(is_err(channel_pair(inner)));
    struct buf frame;
    buf_init(&frame, NULL, 1000);
    assert_true(frame_end(&frame, frame_begin(&frame, 67, 1)));
    assert_false(is_err(channel_send_fd(&a, buf_span(&frame), inner[0])));
    (void)close(inner[0]);
    assert_false(is_err(channel_read(&b)));
    struct frame got;
    assert_true(channel_next(&b, &got));
    assert_int_equal(got.type, 67);
    int fd = channel_take_fd(&b);
    assert_true(fd >= 0);
    assert_int_equal(channel_take_fd(&b), -1);
    assert_int_equal(write(fd, "x", 1), 1);
    char byte = 0;
    assert_int_equal(read(inner[1], &byte, 1), 1);
    assert_int_equal(byte, 'x');
    (void)close(fd);
    (void)close(inner[1]);
    buf_fini(&frame);
    channel_close(&a);
    channel_close(&b);
}

static void *answer(void *argument) {
    struct channel *channel = argument;
    struct frame frame;
    for (;;) {
        if (is_err(channel_read(channel))) return NULL;
        if (!channel_next(channel, &frame)) {
            (void)usleep(1000);
            continue;
        }
        put(channel, 80, frame.number + 1, SPAN("not the answer"));
        if (frame.number != 13) put(channel, 81, frame.number, frame_get(&frame, 9));
        if (is_err(channel_flush(channel))) return NULL;
    }
}

static void a_call_waits_for_its_own_answer(void **state) {
    (void)state;
    struct channel a, b;
    pair(&a, &b);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, answer, &b), 0);
    struct buf question;
    buf_init(&question, NULL, 1000);
    for (uint64_t number = 11; number < 15; number++) {
        buf_clear(&question);
        size_t mark = frame_begin(&question, 32, number);
        frame_field(&question, 9, SPAN("ask"));
        assert_true(frame_end(&question, mark));
        struct frame got;
        int64_t wait_ms = number == 13 ? 50 : 5000;
        struct err e = channel_call(&a, buf_span(&question), number, clock_monotonic_ms() + wait_ms, &got);
        assert_int_equal(e.code, number == 13 ? ERR_BUSY : ERR_NONE);
        if (number != 13) assert_true(span_is(frame_get(&got, 9), "ask"));
    }
    channel_close(&a);
    assert_int_equal(pthread_join(thread, NULL), 0);
    buf_fini(&question);
    channel_close(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_arrive_in_order),
        cmocka_unit_test(a_stuck_reader_is_bounded),
        cmocka_unit_test(bad_frames_break_the_channel),
        cmocka_unit_test(descriptors_travel),
        cmocka_unit_test(a_call_waits_for_its_own_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
