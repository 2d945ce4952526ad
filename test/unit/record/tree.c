// SPDX-License-Identifier: EUPL-1.2
/* The Merkle tree against the definition of RFC 6962, against published roots, and every proof up to 300 leaves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "record/tree.h"

enum { SIZES = 300, LEVELS = 10 };

static struct hash nodes[LEVELS][SIZES + 1];
static struct hash leaves[SIZES];
static struct hash roots[SIZES + 1];
static bool is_known[LEVELS][SIZES + 1];

static struct err node_read(void *context, unsigned level, uint64_t index, struct hash *ret) {
    (void)context;
    if (level >= LEVELS || index > SIZES || !is_known[level][index]) return err_make(ERR_NOT_FOUND);
    *ret = nodes[level][index];
    return err_none();
}
static const struct tree_reader READER = {.read = node_read};

static uint64_t seed = 0x9e3779b97f4a7c15u;
static uint64_t draw(uint64_t below) { // splitmix64
    seed += 0x9e3779b97f4a7c15u;
    uint64_t z = seed;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (z ^ (z >> 31)) % below;
}

// MTH as RFC 6962 2.1 writes it, over leaf hashes.
static struct hash definition(const struct hash *at, size_t count) {
    if (count == 0) return hash_sha256(span_make(NULL, 0));
    if (count == 1) return at[0];
    size_t k = 1;
    while (2 * k < count) k *= 2;
    struct hash left = definition(at, k), right = definition(at + k, count - k);
    return tree_node_hash(&left, &right);
}

static int grow(void **state) {
    (void)state;
    struct tree_frontier frontier = {.size = 0};
    roots[0] = tree_root(&frontier);
    for (size_t i = 0; i < SIZES; i++) {
        struct hash entry = hash_sha256(span_make(&i, sizeof i));
        struct tree_node made[TREE_LEVELS];
        size_t count;
        leaves[i] = tree_leaf(&entry);
        tree_append(&frontier, &entry, made, &count);
        for (size_t n = 0; n < count; n++) {
            if (is_known[made[n].level][made[n].index]) return 1; // a node is made once
            nodes[made[n].level][made[n].index] = made[n].hash;
            is_known[made[n].level][made[n].index] = true;
        }
        roots[i + 1] = tree_root(&frontier);
    }
    return 0;
}

static void test_published_roots(void **state) {
    static const char *const ENTRIES[] = {"", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                                          "606162636465666768696a6b6c6d6e6f"};
    static const char *const ROOTS[] = {
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    };
    (void)state;
    struct arena arena;
    arena_init(&arena, 64 * 1024);
    struct tree_frontier frontier = {.size = 0};
    for (size_t i = 0; i < 8; i++) {
        struct span entry, expected;
        struct tree_node made[TREE_LEVELS];
        size_t count;
        assert_false(is_err(hex_decode(&arena, span_of(ENTRIES[i]), &entry)));
        assert_false(is_err(hex_decode(&arena, span_of(ROOTS[i]), &expected)));
        const struct span parts[] = {SPAN("\0"), entry};
        struct hash leaf = hash_sha256_parts(parts, 2);
        tree_append_leaf(&frontier, &leaf, made, &count);
        struct hash root = tree_root(&frontier);
        assert_memory_equal(root.bytes, expected.at, HASH_BYTES);
    }
    arena_fini(&arena);
}

static void test_root_is_the_definition(void **state) {
    (void)state;
    for (size_t size = 0; size <= SIZES; size++) {
        struct hash expected = definition(leaves, size), stored;
        assert_memory_equal(roots[size].bytes, expected.bytes, HASH_BYTES);
        assert_false(is_err(tree_root_at(&READER, size, &stored)));
        assert_memory_equal(stored.bytes, expected.bytes, HASH_BYTES);
    }
    struct hash none;
    assert_int_equal(tree_root_at(&READER, SIZES + 1, &none).code, ERR_NOT_FOUND);
}

static void flip(struct hash *hash) {
    uint64_t bit = draw(256);
    hash->bytes[bit / 8] ^= (uint8_t)(1u << (bit % 8));
}

static void test_every_inclusion_proof(void **state) {
    (void)state;
    for (uint64_t size = 1; size <= SIZES; size++) {
        for (uint64_t index = 0; index < size; index++) {
            struct hash proof[TREE_PROOF_MAX] = {0};
            size_t count;
            assert_false(is_err(tree_inclusion(&READER, index, size, proof, &count)));
            assert_true(tree_verify_inclusion(&leaves[index], index, size, proof, count, &roots[size]));
            assert_false(tree_verify_inclusion(&leaves[index], index, size, proof, count, &roots[size - 1]));
            assert_false(tree_verify_inclusion(&leaves[(index + 1) % SIZES], index, size, proof, count, &roots[size]));
            assert_false(tree_verify_inclusion(&leaves[index], index, size, proof, count + 1, &roots[size]));
            if (count == 0) continue;
            assert_false(tree_verify_inclusion(&leaves[index], index ^ 1, size, proof, count, &roots[size]));
            assert_false(tree_verify_inclusion(&leaves[index], index, size, proof, count - 1, &roots[size]));
            flip(&proof[draw(count)]);
            assert_false(tree_verify_inclusion(&leaves[index], index, size, proof, count, &roots[size]));
        }
    }
    struct hash proof[TREE_PROOF_MAX];
    size_t count;
    assert_int_equal(tree_inclusion(&READER, 5, 5, proof, &count).code, ERR_INPUT);
}

static void test_every_consistency_proof(void **state) {
    (void)state;
    for (uint64_t now = 0; now <= SIZES; now++) {
        for (uint64_t old = 0; old <= now; old++) {
            struct hash proof[TREE_PROOF_MAX], other = roots[old];
            size_t count;
            assert_false(is_err(tree_consistency(&READER, old, now, proof, &count)));
            assert_true(tree_verify_consistency(old, &roots[old], now, &roots[now], proof, count));
            flip(&other);
            assert_false(tree_verify_consistency(old, &other, now, &roots[now], proof, count));
            if (old == 0) continue;
            other = roots[now];
            flip(&other);
            assert_false(tree_verify_consistency(old, &roots[old], now, &other, proof, count));
            if (count == 0) continue;
            assert_false(tree_verify_consistency(old, &roots[old], now, &roots[now], proof, count - 1));
            flip(&proof[draw(count)]);
            assert_false(tree_verify_consistency(old, &roots[old], now, &roots[now], proof, count));
        }
    }
    struct hash proof[TREE_PROOF_MAX];
    size_t count;
    assert_int_equal(tree_consistency(&READER, 5, 4, proof, &count).code, ERR_INPUT);
    assert_false(tree_verify_consistency(5, &roots[5], 4, &roots[4], proof, 0));
}

// For small trees, each single bit of each proof.
static void test_every_bit(void **state) {
    (void)state;
    for (uint64_t size = 2; size <= 12; size++) {
        for (uint64_t at = 0; at < size; at++) {
            struct hash path[TREE_PROOF_MAX], step[TREE_PROOF_MAX];
            size_t path_count, step_count;
            assert_false(is_err(tree_inclusion(&READER, at, size, path, &path_count)));
            assert_false(is_err(tree_consistency(&READER, at, size, step, &step_count)));
            for (size_t bit = 0; bit < path_count * 256; bit++) {
                path[bit / 256].bytes[bit % 256 / 8] ^= (uint8_t)(1u << (bit % 8));
                assert_false(tree_verify_inclusion(&leaves[at], at, size, path, path_count, &roots[size]));
                path[bit / 256].bytes[bit % 256 / 8] ^= (uint8_t)(1u << (bit % 8));
            }
            for (size_t bit = 0; bit < step_count * 256; bit++) {
                step[bit / 256].bytes[bit % 256 / 8] ^= (uint8_t)(1u << (bit % 8));
                assert_false(tree_verify_consistency(at, &roots[at], size, &roots[size], step, step_count));
                step[bit / 256].bytes[bit % 256 / 8] ^= (uint8_t)(1u << (bit % 8));
            }
        }
    }
}

static void test_frontier_goes_on(void **state) {
    (void)state;
    for (uint64_t size = 0; size < SIZES; size += 7) {
        struct tree_frontier frontier;
        struct tree_node made[TREE_LEVELS];
        size_t count;
        assert_false(is_err(tree_frontier_load(&READER, size, &frontier)));
        tree_append_leaf(&frontier, &leaves[size], made, &count);
        struct hash root = tree_root(&frontier);
        assert_memory_equal(root.bytes, roots[size + 1].bytes, HASH_BYTES);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published_roots),        cmocka_unit_test(test_root_is_the_definition),
        cmocka_unit_test(test_every_inclusion_proof),  cmocka_unit_test(test_every_consistency_proof),
        cmocka_unit_test(test_every_bit),              cmocka_unit_test(test_frontier_goes_on),
    };
    return cmocka_run_group_tests(tests, grow, NULL);
}
