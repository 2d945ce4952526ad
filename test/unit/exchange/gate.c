// SPDX-License-Identifier: EUPL-1.2
/*
 * The gate: the cases of the law by table, and drawn markings, audiences, holds, freezes and recipients against an oracle that
 * reasons over sets of numbers. Nothing may leave beyond what the oracle allows; the seed is the bug report.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "exchange/gate.h"

enum { CSIRT, CA, SPOC, COMPANY, CLIENT, FRANCE, ENISA, PUBLIC, WHO };
static const char *const NAMES[WHO] = {"office:csirt", "office:ca", "office:spoc", "entity:E1", "entity:E2", "state:FR", "body:enisa", "public"};
static const char *const ROLES[WHO] = {"csirt", "ca", "spoc", "entity", "entity", "states", "enisa", "public"};
static struct span WHO_NAMES[WHO], WHO_ROLES[WHO]; // the same as spans
static const bool WHO_IN_NODE[WHO] = {true, true, true, true, true, false, false, false};
static const bool WHO_COMMUNITY[WHO] = {true, true, true, false, false, true, true, false};

static struct gate_to recipient(unsigned who) {
    return (struct gate_to){.name_count = 1, .names = &WHO_NAMES[who], .role = WHO_ROLES[who], .is_in_node = WHO_IN_NODE[who],
                            .is_community = WHO_COMMUNITY[who], .client_of = who == CLIENT ? WHO_NAMES[COMPANY] : SPAN("")};
}

static bool asks(enum tlp label, const struct span *audience, size_t count, unsigned who, enum gate_exit exit) {
    struct gate_item item = {.filing = SPAN("F1"), .marking = {.label = label, .has_audience = true, .audience_count = count, .audience = audience}};
    struct gate_to to = recipient(who);
    struct gate_question question = {.item = &item, .to = &to, .exit = exit, .basis = SPAN("a law"), .now_ms = 1};
    struct gate_field field = {.name = SPAN("impact")};
    struct gate_verdict verdict = gate_ask(&question, &field);
    assert_true(verdict.is_allowed == (verdict.rule == NULL));
    if (!verdict.is_allowed) assert_true(verdict.words.len > 0);
    return verdict.is_allowed;
}

// E24: TLP:AMBER+STRICT forwarded to a client is denied, TLP:AMBER allowed; RED goes to those named; an empty group is nobody.
static void test_labels(void **state) {
    (void)state;
    const struct span *company = &WHO_NAMES[COMPANY], *france = &WHO_NAMES[FRANCE];
    assert_true(asks(TLP_AMBER, company, 1, CLIENT, GATE_EXPORT));
    assert_false(asks(TLP_AMBER_STRICT, company, 1, CLIENT, GATE_EXPORT));
    assert_true(asks(TLP_AMBER_STRICT, company, 1, COMPANY, GATE_EXPORT));
    assert_false(asks(TLP_RED, company, 1, CLIENT, GATE_EXPORT));
    assert_true(asks(TLP_RED, france, 1, FRANCE, GATE_RELEASE));
    assert_false(asks(TLP_RED, france, 1, ENISA, GATE_RELEASE));
    for (unsigned who = 0; who < WHO; who++)
        for (unsigned exit = 0; exit < GATE_EXITS; exit++)
            for (unsigned label = TLP_CLEAR; label <= TLP_RED; label++) assert_false(asks((enum tlp)label, NULL, 0, who, (enum gate_exit)exit));
}

static void test_words(void **state) {
    enum tlp label;
    (void)state;
    assert_true(tlp_parse(SPAN("TLP:AMBER+STRICT"), &label) && label == TLP_AMBER_STRICT);
    assert_true(tlp_parse(SPAN("GREEN"), &label) && label == TLP_GREEN);
    assert_false(tlp_parse(SPAN("WHITE"), &label));
    assert_false(tlp_parse(SPAN("unclear"), &label));
    assert_int_equal(tlp_of(SPAN("")), TLP_AMBER);
    assert_int_equal(tlp_of(SPAN("unclear")), TLP_RED);
    for (unsigned a = TLP_CLEAR; a <= TLP_RED; a++)
        for (unsigned b = TLP_CLEAR; b <= TLP_RED; b++) {
            struct marking one = {.label = (enum tlp)a}, other = {.label = (enum tlp)b};
            struct marking joined = marking_join(&one, &other, NULL);
            assert_true(marking_is_within(&joined, &one) && marking_is_within(&joined, &other));
        }
}

static void test_exits_without_fields(void **state) {
    (void)state;
    static const enum gate_exit NEVER[] = {GATE_EVENTS, GATE_MAIL, GATE_LOG};
    for (size_t i = 0; i < sizeof NEVER / sizeof *NEVER; i++) assert_false(asks(TLP_CLEAR, &WHO_NAMES[CSIRT], 1, CSIRT, NEVER[i]));
    for (unsigned exit = 0; exit < GATE_EXITS; exit++) assert_non_null(gate_exit_name((enum gate_exit)exit));
}

// --- drawn ---

static uint64_t seed_state;
static unsigned draw(unsigned below) {
    seed_state ^= seed_state << 13;
    seed_state ^= seed_state >> 7;
    seed_state ^= seed_state << 17;
    return (unsigned)((seed_state >> 11) % below);
}

struct names_drawn {
    unsigned set; // bits of WHO
    size_t count;
    struct span names[WHO];
};
static struct names_drawn draw_names(void) {
    struct names_drawn out = {.set = draw(4) == 0 ? 0 : draw(1u << WHO)};
    for (unsigned i = 0; i < WHO; i++)
        if (out.set >> i & 1) out.names[out.count++] = WHO_NAMES[i];
    return out;
}

struct block_drawn {
    bool is_freeze, is_case, is_all_fields, is_over, is_attachment;
    struct names_drawn spared;
};
struct world {
    struct names_drawn audience, circle, field_audience, seen;
    bool has_audience, has_field_marking, has_field_audience, is_filer, is_head, has_basis, has_rule, is_hidden, is_item, is_attachment;
    unsigned label, field_label, who, exit, blocks;
    struct block_drawn block[2];
};

static struct world draw_world(void) {
    struct world w = {.audience = draw_names(), .circle = draw_names(), .field_audience = draw_names(), .has_audience = draw(2),
                      .has_field_marking = draw(3) == 0, .has_field_audience = draw(2), .is_filer = draw(8) == 0, .is_head = draw(4) == 0,
                      .has_basis = draw(4) != 0, .has_rule = draw(2), .is_hidden = draw(6) == 0, .is_item = draw(4) == 0, .label = draw(5),
                      .field_label = draw(5), .who = draw(WHO), .exit = draw(GATE_EXITS), .blocks = draw(3)};
    if (draw(4) == 0) w.seen = draw_names();
    w.is_attachment = w.is_item && draw(2);
    for (unsigned i = 0; i < w.blocks; i++)
        w.block[i] = (struct block_drawn){.is_freeze = draw(2), .is_case = draw(2), .is_all_fields = draw(2), .is_over = draw(4) == 0,
                                          .is_attachment = draw(4) == 0, .spared = draw_names()};
    return w;
}

// The oracle: what the rules of exchange/gate.h say, over sets. True: it may go.
static bool oracle(const struct world *w) {
    bool in_node = WHO_IN_NODE[w->who];
    bool shows_in_node = w->exit <= GATE_DOCUMENT;
    unsigned me = 1u << w->who;
    for (unsigned i = 0; i < w->blocks; i++) {
        const struct block_drawn *b = &w->block[i];
        bool hits = b->is_case || (b->is_attachment ? w->is_attachment : b->is_all_fields || !w->is_item);
        if (b->is_over || !hits) continue;
        if (b->is_freeze && !(w->is_head && in_node && w->exit <= GATE_ATTACHMENT)) return false;
        if (!b->is_freeze && !(in_node && shows_in_node && (b->spared.set & me))) return false;
    }
    bool without_fields = w->exit == GATE_EVENTS || w->exit == GATE_MAIL || w->exit == GATE_LOG;
    if (without_fields) return w->is_item;
    unsigned label = w->label, field_label = w->field_label;
    bool apart = w->has_field_marking && !w->is_item;
    if (apart && field_label > label) label = field_label;
    if (shows_in_node && !in_node) return false;
    if (w->exit == GATE_RELEASE && !w->has_basis) return false;
    if (w->exit == GATE_PUBLIC && label != TLP_CLEAR) return false;
    if (w->exit == GATE_STATISTICS) return w->has_rule;
    if (w->is_filer && shows_in_node) return true;
    unsigned roles = 0; // who shares my role
    for (unsigned i = 0; i < WHO; i++) roles |= span_equals(WHO_ROLES[i], WHO_ROLES[w->who]) ? 1u << i : 0;
    if (w->seen.set != 0 && !(w->seen.set & roles)) return false;
    if (w->is_hidden && !w->is_item) return false;
    for (unsigned pass = 0; pass < (apart ? 2u : 1u); pass++) {
        unsigned of = pass == 0 ? w->label : w->field_label;
        bool named = pass == 0 ? w->has_audience : w->has_field_audience;
        unsigned set = !named ? w->circle.set : pass == 0 ? w->audience.set : w->field_audience.set;
        if (!named && of == TLP_RED) return false;
        if (set == 0) return false;
        bool is_in = (set & me) || (of <= TLP_AMBER && w->who == CLIENT && (set & 1u << COMPANY));
        if (!named) is_in = is_in || of == TLP_CLEAR || (of == TLP_GREEN && WHO_COMMUNITY[w->who]);
        if (!is_in) return false;
    }
    return true;
}

static bool gate_says(const struct world *w) {
    struct gate_block blocks[2];
    const struct span fields[] = {SPAN("impact")};
    for (unsigned i = 0; i < w->blocks; i++) {
        const struct block_drawn *b = &w->block[i];
        blocks[i] = (struct gate_block){.kind = b->is_freeze ? GATE_FREEZE : GATE_HOLD, .filing = b->is_case ? SPAN("") : SPAN("F1"),
                                        .field_count = b->is_all_fields ? 0 : 1, .fields = fields,
                                        .attachment = b->is_attachment ? SPAN("A1") : SPAN(""), .spared_count = b->spared.count,
                                        .spared = b->spared.names, .until_ms = b->is_over ? 50 : INT64_MAX};
    }
    struct span seen[WHO];
    for (size_t i = 0, n = 0; i < WHO; i++)
        if (w->seen.set >> i & 1) seen[n++] = WHO_ROLES[i];
    struct marking marking = {.label = (enum tlp)w->label, .has_audience = w->has_audience, .audience_count = w->audience.count, .audience = w->audience.names};
    struct marking apart = {.label = (enum tlp)w->field_label, .has_audience = w->has_field_audience, .audience_count = w->field_audience.count, .audience = w->field_audience.names};
    struct gate_item item = {.filing = SPAN("F1"), .attachment = w->is_attachment ? SPAN("A1") : SPAN(""), .marking = marking,
                             .circle_count = w->circle.count, .circle = w->circle.names, .seen_count = w->seen.count, .seen_by = seen,
                             .block_count = w->blocks, .blocks = blocks};
    struct gate_to to = recipient(w->who);
    to.is_filer = w->is_filer;
    to.is_head = w->is_head;
    struct gate_field field = {.name = SPAN("impact"), .marking = w->has_field_marking ? &apart : NULL, .hidden_count = w->is_hidden,
                               .hidden_from = &WHO_ROLES[w->who]};
    struct gate_question question = {.item = &item, .to = &to, .exit = (enum gate_exit)w->exit, .now_ms = 100,
                                     .basis = w->has_basis ? SPAN("a law") : SPAN(""), .declassified_by = w->has_rule ? SPAN("a rule") : SPAN("")};
    return gate_ask(&question, w->is_item ? NULL : &field).is_allowed;
}

static void test_drawn(void **state) {
    (void)state;
    const char *text = getenv("SEED");
    uint64_t seed = text != NULL ? strtoull(text, NULL, 10) : 20240101;
    unsigned allowed = 0, exits[GATE_EXITS] = {0};
    enum { RUNS = 400000 };
    for (unsigned run = 0; run < RUNS; run++) {
        seed_state = (seed + run) * 0x9E3779B97F4A7C15u | 1;
        (void)draw(2);
        struct world world = draw_world();
        bool wanted = oracle(&world), got = gate_says(&world);
        if (wanted != got) fail_msg("SEED=%" PRIu64 ": exit %s, recipient %u: the gate says %d, the rules %d", seed + run, gate_exit_name((enum gate_exit)world.exit), world.who, got, wanted);
        allowed += got;
        exits[world.exit] += got;
    }
    // A test in which nothing passes would pass too.
    assert_true(allowed > RUNS / 50 && allowed < RUNS / 2);
    for (unsigned exit = 0; exit < GATE_EXITS; exit++) assert_true(exits[exit] > 0);
}

int main(void) {
    for (unsigned i = 0; i < WHO; i++) {
        WHO_NAMES[i] = span_of(NAMES[i]);
        WHO_ROLES[i] = span_of(ROLES[i]);
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_labels),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_exits_without_fields),
        cmocka_unit_test(test_drawn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
