// SPDX-License-Identifier: EUPL-1.2
/* Lists whose rows are not all for the reader: pages are full, nothing is shown twice or left out, and reading is bounded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "api/fill.h"

enum { ROWS_MOST = 4000 };

struct list {
    size_t count;
    bool may_know[ROWS_MOST];
    unsigned seen[ROWS_MOST];
    size_t read; // rows, over all batches of the last page
};
static struct list list;

// One page after row AFTER (-1: from the start), as a handler makes it; gives the cursor, or -1 where there is no next page.
static int64_t page(int64_t after, int64_t limit, int64_t *ret_shown) {
    struct fill fill = fill_of(limit);
    int64_t last = after;
    size_t count;
    list.read = 0;
    do {
        size_t from = (size_t)(last + 1), left = list.count - from;
        count = left < (size_t)fill_asked(&fill) ? left : (size_t)fill_asked(&fill);
        list.read += count;
        for (size_t i = from; i < from + count; i++) {
            enum fill_row is = fill_ask(&fill, list.may_know[i]);
            if (is == FILL_STOP) break;
            last = (int64_t)i;
            if (is == FILL_SHOW) list.seen[i]++;
        }
    } while (fill_goes_on(&fill, count));
    *ret_shown = fill.shown;
    return fill.is_more ? last : -1;
}

// All pages of the list; gives how many of them but the last were short.
static unsigned walk(int64_t limit) {
    unsigned short_pages = 0;
    int64_t after = -1, shown;
    memset(list.seen, 0, sizeof list.seen);
    do {
        int64_t next = page(after, limit, &shown);
        assert_true(next == -1 || next > after); // it goes on
        assert_true(shown <= limit && list.read <= (size_t)(FILL_BATCHES * (limit + 1)));
        short_pages += next != -1 && shown < limit;
        if (next == -1 && after != -1 && short_pages == 0) assert_true(shown > 0); // no empty page at the end
        after = next;
    } while (after != -1);
    for (size_t i = 0; i < list.count; i++) assert_int_equal(list.seen[i], list.may_know[i]);
    return short_pages;
}

static void pages_are_full_and_complete(void **state) {
    (void)state;
    uint64_t seed = 2;
    for (unsigned draw = 0; draw < 300; draw++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        list.count = (size_t)(seed >> 33) % 300;
        unsigned share = (unsigned)(seed >> 40) % 4; // of four rows so many are hidden
        for (size_t i = 0; i < list.count; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            list.may_know[i] = (seed >> 33) % 4 >= share;
        }
        int64_t limit = 1 + (int64_t)(seed >> 50) % 60;
        if (limit > 10) assert_int_equal(walk(limit), 0); // so long a run of hidden rows does not come
        else (void)walk(limit);
    }
}

static void reading_is_bounded(void **state) {
    (void)state;
    int64_t shown;
    list.count = ROWS_MOST;
    memset(list.may_know, 0, sizeof list.may_know);
    list.may_know[ROWS_MOST - 1] = true;
    int64_t next = page(-1, 10, &shown);
    assert_int_equal(shown, 0);
    assert_int_equal(next, FILL_BATCHES * 11 - 1); // an empty page says where to go on
    assert_true(walk(10) > 0);
}

static void the_last_page_says_so(void **state) {
    (void)state;
    int64_t shown;
    list.count = 30;
    for (size_t i = 0; i < list.count; i++) list.may_know[i] = i < 10; // just one page, and hidden rows behind it
    assert_int_equal(page(-1, 10, &shown), -1);
    assert_int_equal(shown, 10);
    list.may_know[29] = true;
    int64_t next = page(-1, 10, &shown);
    assert_true(next >= 9 && next < 29 && shown == 10);
    assert_int_equal(page(next, 10, &shown), -1);
    assert_int_equal(shown, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_are_full_and_complete),
        cmocka_unit_test(reading_is_bounded),
        cmocka_unit_test(the_last_page_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
