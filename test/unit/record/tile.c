// SPDX-License-Identifier: EUPL-1.2
/* Paths of tiles have one spelling; tiles hold what C2SP tlog-tiles says; the example sizes are the specification's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "record/tile.h"

static void test_paths(void **state) {
    static const struct {
        const char *path;
        struct tile tile;
    } GOOD[] = {
        {"tile/0/000", {.level = 0, .index = 0, .width = 256}},
        {"tile/0/x001/067", {.level = 0, .index = 1067, .width = 256}},
        {"tile/0/x001/x234/067", {.level = 0, .index = 1234067, .width = 256}},
        {"tile/63/999.p/255", {.level = 63, .index = 999, .width = 255}},
        {"tile/1/000.p/1", {.level = 1, .index = 0, .width = 1}},
        {"tile/entries/273.p/112", {.is_entries = true, .index = 273, .width = 112}},
        {"tile/entries/x001/000", {.is_entries = true, .index = 1000, .width = 256}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++) {
        struct tile tile;
        struct buf buf;
        assert_false(is_err(tile_path_parse(span_of(GOOD[i].path), &tile, NULL)));
        assert_int_equal(tile.is_entries, GOOD[i].tile.is_entries);
        assert_int_equal(tile.level, GOOD[i].tile.level);
        assert_int_equal(tile.index, GOOD[i].tile.index);
        assert_int_equal(tile.width, GOOD[i].tile.width);
        buf_init(&buf, NULL, 256);
        tile_path_write(&buf, &tile);
        assert_true(span_is(buf_span(&buf), GOOD[i].path));
        buf_fini(&buf);
    }
}

static void test_other_spellings(void **state) {
    static const char *const BAD[] = {
        "", "tile", "tile/", "tile/0", "tile/0/", "tile/00/000", "tile/64/000", "tile/-1/000", "tile/+1/000", "tile/0/0",
        "tile/0/0000", "tile/0/x000/001", "tile/0/001/067", "tile/0/x001", "tile/0/x001/", "tile/0/x001/x002", "tile/0/X001/067",
        "tile/0/000/", "tile/0/000.p", "tile/0/000.p/", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01",
        "tile/0/000.p/1/", "tile/0/000.p/1a", "tile/entries", "tile/entries/", "tile/entries/0/000", "/tile/0/000",
        "tile/0/x999/x999/x999/x999/x999/999", "tile/0/x018/x446/x744/x073/x709/x551/616", "tile/ 0/000", "TILE/0/000",
        "tile/0/x001/x234/x067", "tile/1000/000",
    };
    (void)state;
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        struct tile tile = {.width = 77};
        struct why why = {0};
        if (tile_path_parse(span_of(BAD[i]), &tile, &why).code != ERR_NOT_FOUND) fail_msg("taken: %s", BAD[i]);
        assert_int_equal(tile.width, 77);
        assert_string_equal(why.rule, "tile.path");
    }
    const struct span with_nul = SPAN("tile/0/000\0");
    struct tile tile;
    assert_true(is_err(tile_path_parse(with_nul, &tile, NULL)));
}

// "A tree of size 70,000": 273 full tiles and one of width 112; one full and one of width 17; one of width 1.
static void test_which_tiles_a_tree_has(void **state) {
    static const struct {
        const char *path;
        uint64_t size;
        bool is_there;
    } ROWS[] = {
        {"tile/0/272", 70000, true},       {"tile/0/273.p/112", 70000, true}, {"tile/0/273.p/113", 70000, false},
        {"tile/0/273", 70000, false},      {"tile/1/000", 70000, true},       {"tile/1/001.p/17", 70000, true},
        {"tile/1/001.p/18", 70000, false}, {"tile/2/000.p/1", 70000, true},   {"tile/2/000.p/2", 70000, false},
        {"tile/3/000.p/1", 70000, false},  {"tile/0/000", 256, true},         {"tile/1/000.p/1", 256, true},
        {"tile/0/000", 255, false},        {"tile/1/000.p/1", 255, false},    {"tile/0/000.p/1", 0, false},
        {"tile/entries/273.p/112", 70000, true}, {"tile/entries/273.p/113", 70000, false}, {"tile/8/000.p/1", 1, false},
        {"tile/63/000.p/1", 70000, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        struct tile tile;
        assert_false(is_err(tile_path_parse(span_of(ROWS[i].path), &tile, NULL)));
        if (tile_is_within(&tile, ROWS[i].size) != ROWS[i].is_there) fail_msg("%s", ROWS[i].path);
    }
}

static struct err node_read(void *context, unsigned level, uint64_t index, struct hash *ret) {
    (void)context;
    uint64_t name[] = {level, index};
    *ret = hash_sha256(span_make(name, sizeof name));
    return err_none();
}

static struct err entry_read(void *context, uint64_t index, struct hash *ret) { return node_read(context, 99, index, ret); }

static void test_content(void **state) {
    const struct tree_reader nodes = {.read = node_read};
    const struct entry_reader entries = {.read = entry_read};
    struct tile tile;
    struct buf buf;
    struct hash hash;
    (void)state;
    buf_init(&buf, NULL, TILE_ENTRIES_BYTES_MAX);
    assert_false(is_err(tile_path_parse(SPAN("tile/1/001.p/17"), &tile, NULL)));
    assert_false(is_err(tile_content(&tile, 70000, &nodes, &buf)));
    assert_int_equal(buf.len, 17 * HASH_BYTES);
    (void)node_read(NULL, 8, 256 + 16, &hash);
    assert_memory_equal(buf.at + 16 * (size_t)HASH_BYTES, hash.bytes, HASH_BYTES);
    assert_int_equal(tile_content(&tile, 60000, &nodes, &buf).code, ERR_NOT_FOUND);
    assert_int_equal(tile_entries(&tile, 70000, &entries, &buf).code, ERR_NOT_FOUND);

    buf_clear(&buf);
    assert_false(is_err(tile_path_parse(SPAN("tile/entries/002"), &tile, NULL)));
    assert_false(is_err(tile_entries(&tile, 768, &entries, &buf)));
    assert_int_equal(buf.len, TILE_ENTRIES_BYTES_MAX);
    (void)entry_read(NULL, 512 + 255, &hash);
    const uint8_t *last = buf.at + 255 * (size_t)TILE_ENTRY_BYTES;
    assert_int_equal(last[0], 0);
    assert_int_equal(last[1], 32);
    assert_memory_equal(last + 2, hash.bytes, HASH_BYTES);
    buf_fini(&buf);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_other_spellings),
        cmocka_unit_test(test_which_tiles_a_tree_has),
        cmocka_unit_test(test_content),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
