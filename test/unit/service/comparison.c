// SPDX-License-Identifier: EUPL-1.2
/*
 * Figures of what entities share of their own (`opt_in`): an entity counts once however often it shares, nothing of fewer than ten is
 * listed, who stops sharing is out, and a state's smaller threshold does not lower the ten.
 */
#include "filing_stand.h"
#include "service/figures.h"

enum { ENTITIES = 12 };
static char entities[ENTITIES][20], last_case[20];

static void file_as(unsigned filer, const char *procedure, const char *document, const char *case_id, const char *entity, struct span fields) {
    struct deed deed = {.filer = filer};
    deed_of(&deed, procedure, document, case_id, entity, fields);
    if (!file_it(&deed)) {
        const struct fault *fault = deed.plan.decision.fault_count > 0 ? &deed.plan.decision.faults[0] : NULL;
        fail_msg("%s: %s %.*s", document, why.words, fault == NULL ? 0 : (int)fault->words.len, fault == NULL ? "" : (const char *)fault->words.at);
    }
    (void)snprintf(last_case, sizeof last_case, "%.*s", SPAN_FMT(deed.plan.case_id));
}

// An entity on the register, of one sector like the others.
static void entity_enter(size_t i) {
    struct deed deed = {.filer = 0};
    world->serial++;
    deed_register(world, &deed, &arena);
    assert_true(file_it(&deed));
    (void)snprintf(entities[i], sizeof entities[i], "%.*s", SPAN_FMT(deed.plan.entity_id));
    file_as(FILER_CA, "registration", "approval", arena_text(&arena, arena_copy(&arena, deed.plan.case_id)), "", SPAN("{\"class\":\"essential\"}"));
}

static void share(const char *entity, unsigned level) {
    file_as(0, "comparison", "comparison_share", "", entity,
            arena_printf(&arena, "{\"consent\":true,\"a\":%u,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,\"i\":1,\"j\":1}", level));
}

static struct span shown(struct figures *ret) {
    const struct statistic *statistic = law_statistic(world->services.law, SPAN("measures_comparison"));
    struct period period;
    struct buf text;
    struct json_out out;
    assert_non_null(statistic);
    int64_t year = zone_date(world->services.zone, world->now_ms).year;
    must(period_read(statistic->period, arena_printf(&arena, "%lld", (long long)year), world->services.zone, &arena, &period, &why));
    must(figures_count(&world->services, conn, statistic, &period, world->now_ms, &arena, ret, &why));
    must(figures_protect(&world->services, conn, ret, SPAN(""), &arena, &why));
    buf_init(&text, &arena, 1024 * 1024);
    json_out_init(&out, &text);
    figures_write_json(&out, &world->services, &(struct figures_view){.figures = ret, .lang = SPAN("en")});
    buf_add_byte(&text, '\0');
    assert_false(text.is_failed);
    return buf_span(&text);
}

static size_t cells_in(struct span text) {
    size_t count = 0;
    for (const char *at = strstr((const char *)text.at, "\"at\":{\"sector\""); at != NULL; at = strstr(at + 1, "\"at\":{\"sector\"")) count++;
    return count;
}

static int64_t counted(const struct figures *figures) {
    const struct figure_cell *cell = figure_find(figures, &(struct figure_cell){0});
    return cell == NULL ? 0 : cell->values[0];
}

static void fewer_than_ten_are_nobody(void **state) {
    (void)state;
    struct figures figures;
    node_begin(1);
    for (size_t i = 0; i < ENTITIES; i++) entity_enter(i);
    for (size_t i = 0; i < 9; i++) share(entities[i], 3);
    struct span text = shown(&figures);
    assert_int_equal(counted(&figures), 9);
    assert_int_equal(cells_in(text), 0);                                 // nothing of nine
    assert_null(strstr((const char *)text.at, "\"units\""));           // nor how many there are
    assert_null(strstr((const char *)text.at, "\"withheld\":1"));
    for (size_t i = 0; i < 5; i++) share(entities[0], 5);                // one that opens many
    text = shown(&figures);
    assert_int_equal(counted(&figures), 9);
    assert_int_equal(cells_in(text), 0);
    node_end();
}

static void ten_are_a_cell(void **state) {
    (void)state;
    struct figures figures;
    node_begin(2);
    for (size_t i = 0; i < ENTITIES; i++) entity_enter(i);
    for (size_t i = 0; i < 10; i++) share(entities[i], i == 0 ? 5 : 3);
    char tenth[20];
    (void)snprintf(tenth, sizeof tenth, "%s", last_case);
    struct span text = shown(&figures);
    assert_int_equal(counted(&figures), 10);
    assert_true(cells_in(text) >= 1);
    assert_non_null(strstr((const char *)text.at, "\"entities\":10,\"a\":32"));
    file_as(0, "comparison", "comparison_withdrawal", tenth, "", SPAN("{}"));
    text = shown(&figures);
    assert_int_equal(counted(&figures), 9);
    assert_int_equal(cells_in(text), 0);
    sound(derived_wrong(world, conn, file, &why)); // and a rebuild gives the same
    node_end();
}

static void a_state_does_not_lower_the_ten(void **state) {
    (void)state;
    const struct statistic *statistic = law_statistic(world->services.law, SPAN("measures_comparison"));
    for (size_t i = 0; i < law_pack_count(world->services.law); i++) {
        struct span id = law_pack_at(world->services.law, i)->id;
        if (!span_starts_with(id, SPAN("national/"))) continue;
        char code[3] = {(char)(id.at[id.len - 2] - 32), (char)(id.at[id.len - 1] - 32), '\0'};
        assert_true(law_suppress_rule(world->services.law, span_of(code), statistic->population).below >= OPT_IN_LEAST);
    }
}

int main(void) {
    (void)file_many; // of the stand, not needed here
    (void)seeds;
    (void)seed_first;
    const struct CMUnitTest tests[] = {cmocka_unit_test(fewer_than_ten_are_nobody), cmocka_unit_test(ten_are_a_cell), cmocka_unit_test(a_state_does_not_lower_the_ten)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
