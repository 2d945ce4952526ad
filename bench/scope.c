// SPDX-License-Identifier: EUPL-1.2
/*
 * Classifications a second on one core, over a drawn register held in memory: class alone, with every reason, with the
 * answer written as JSON, and from JSON text on. Processor time, so that other work on the machine counts little. The floor
 * is reading the same facts' memory once.
 *
 *     scope [milliseconds a measurement, 500]
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "law/scope.h"

enum { ENTITIES = 4096 };
static struct span texts[ENTITIES];
static const struct scope_facts *facts[ENTITIES];
static struct arena arena, scratch;
static struct law *law;
static const struct scope_view *view;
static volatile uint64_t sink;

static uint64_t cpu_us(void) {
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static void need(struct err e, const struct why *why) {
    if (!is_err(e)) return;
    (void)fprintf(stderr, "scope: %s %s\n", why->field, why->words);
    exit(1);
}

static uint64_t seed = 1;
static uint32_t draw(uint32_t below) { // splitmix64
    seed += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = seed;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((z ^ (z >> 31)) % below);
}

// A register like a state's: one or two types each, sizes of all kinds, figures missing now and then.
static void register_draw(void) {
    static const char *const TYPES[] = {"HE_PROVIDER", "EN_EL_DSO", "DI_CLOUD", "IC_MSP", "FO_FOOD", "PO_POSTAL", "DI_DNS", "DI_PECS",
                                        "MA_MACH", "DW_SUPPLY", "BA_CREDIT", "WM_OPER", "DP_MARKET", "PA_CENTRAL", "DNRS", "CH_CHEM"};
    struct why why = {0};
    for (size_t i = 0; i < ENTITIES; i++) {
        uint32_t staff = draw(4) == 0 ? draw(3000) : draw(260), money = staff * (20000 + draw(400000));
        struct span second = draw(4) == 0 ? arena_printf(&arena, ",\"%s\"", TYPES[draw(16)]) : SPAN("");
        struct span figures = draw(20) == 0 ? SPAN("") : arena_printf(&arena, ",\"turnover\":%u,\"balance\":%u", money, money / 2);
        texts[i] = arena_printf(&arena, "{\"types\":[\"%s\"%.*s],\"staff\":%u%.*s,\"established_in\":[\"LU\"]}", TYPES[draw(16)],
                                SPAN_FMT(second), staff, SPAN_FMT(figures));
        struct json json;
        need(json_parse(&arena, texts[i], &json, &why), &why);
        need(scope_facts_read(law, &json, &arena, &facts[i], &why), &why);
    }
}

static void touch(size_t i) {
    const uint8_t *at = (const uint8_t *)facts[i];
    uint64_t sum = 0;
    for (size_t k = 0; k < 512; k += 8) sum += at[k];
    sink += sum;
}
static void classify(size_t i) { sink += scope_classify(view, facts[i]); }
static void answer_to(size_t i, struct scope_answer *answer) {
    struct why why = {0};
    arena_reset(&scratch);
    need(scope_answer_facts(view, facts[i], &scratch, answer, &why), &why);
    sink += answer->rule_count;
}
static void answer(size_t i) {
    struct scope_answer a;
    answer_to(i, &a);
}
static void answer_json(size_t i) {
    struct scope_answer a;
    struct buf text;
    struct json_out out;
    answer_to(i, &a);
    buf_init(&text, &scratch, 1024 * 1024);
    json_out_init(&out, &text);
    scope_write_json(&out, &a, SPAN("en"));
    sink += text.len;
}
static void classify_text(size_t i) {
    struct why why = {0};
    struct json json;
    const struct scope_facts *read;
    arena_reset(&scratch);
    need(json_parse(&scratch, texts[i], &json, &why), &why);
    need(scope_facts_read(law, &json, &scratch, &read, &why), &why);
    sink += scope_classify(view, read);
}

static void measure(const char *what, void (*one)(size_t), uint64_t for_us, const char *beside) {
    uint64_t began = cpu_us(), took, count = 0;
    do {
        for (size_t i = 0; i < 256; i++) one((count + i) % ENTITIES);
        count += 256;
        took = cpu_us() - began;
    } while (took < for_us);
    (void)printf("%-36s %10.0f a second   %s\n", what, (double)count * 1e6 / (double)took, beside);
}

int main(int argc, char **argv) {
    uint64_t for_us = (argc > 1 ? strtoull(argv[1], NULL, 10) : 500) * 1000;
    struct why why = {0};
    arena_init(&arena, (size_t)256 * 1024 * 1024);
    arena_init(&scratch, (size_t)16 * 1024 * 1024);
    uint64_t began = cpu_us();
    need(law_load(&arena, embedded_law, embedded_law_count, &law, &why), &why);
    (void)printf("%-36s %10.0f ms\n", "all packs read and compiled", (double)(cpu_us() - began) / 1000);
    need(scope_view_make(law, SPAN("LU"), (struct civil){2026, 11, 22}, &arena, &view, &why), &why);
    register_draw();
    measure("floor: reading the facts' memory", touch, for_us, "");
    measure("class alone", classify, for_us, "aim 1000000");
    measure("with every reason", answer, for_us, "aim 100000");
    measure("with every reason, written as JSON", answer_json, for_us, "");
    measure("class alone, from JSON text", classify_text, for_us, "");
    arena_fini(&scratch);
    arena_fini(&arena);
    return 0;
}
