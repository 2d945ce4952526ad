// SPDX-License-Identifier: EUPL-1.2
/*
 * Drawn facts: the compiled tables against a plain reading of the decision procedure, written here once more in C and
 * without the packs. Facts that are left unknown are compared over all their completions. The seed is the bug report.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "law/scope.h"

// The catalogue by number: Annex I is 1 to 53, Annex II 54 to 67.
static const char *const CODES[] = {
    "", "EN_EL_SUPPLY", "EN_EL_DSO", "EN_EL_TSO", "EN_EL_PROD", "EN_EL_NEMO", "EN_EL_FLEX", "EN_EL_CHARGE", "EN_DH_OPER", "EN_OI_PIPE",
    "EN_OI_FACIL", "EN_OI_STOCK", "EN_GA_SUPPLY", "EN_GA_DSO", "EN_GA_TSO", "EN_GA_SSO", "EN_GA_LNG", "EN_GA_UNDERT", "EN_GA_FACIL",
    "EN_H2_OPER", "TR_AI_CARR", "TR_AI_PORT", "TR_AI_ATC", "TR_RA_INFRA", "TR_RA_UNDERT", "TR_WA_CARR", "TR_WA_PORT", "TR_WA_VTS",
    "TR_RO_AUTH", "TR_RO_ITS", "BA_CREDIT", "FM_VENUE", "FM_CCP", "HE_PROVIDER", "HE_EURL", "HE_RND", "HE_PHARMA", "HE_DEVCRIT",
    "DW_SUPPLY", "WW_OPER", "DI_IXP", "DI_DNS", "DI_TLD", "DI_CLOUD", "DI_DC", "DI_CDN", "DI_TSP", "DI_PECN", "DI_PECS", "IC_MSP",
    "IC_MSSP", "PA_CENTRAL", "PA_REGION", "SP_GROUND", "PO_POSTAL", "WM_OPER", "CH_CHEM", "FO_FOOD", "MA_MEDDEV", "MA_COMPEL",
    "MA_ELEC", "MA_MACH", "MA_VEHIC", "MA_TRANSP", "DP_MARKET", "DP_SEARCH", "DP_SOCIAL", "RE_ORG", "DNRS", "CER_ONLY", "PA_LOCAL",
    "EDU", "NAT_EXT"};
enum { WATER_CARRIER = 25, ROAD = 28, WATER = 38, WASTE_WATER = 39, DNS = 41, TLD = 42, CLOUD = 43, CENTRE = 44, TSP = 46, PECN = 47,
       PECS = 48, MSP = 49, MSSP = 50, CENTRAL = 51, REGION = 52, SPACE = 53, WASTE = 55, FOOD = 57, RESEARCH = 67, NAMES = 68, CER = 69,
       LOCAL = 70, EDU = 71, NATIONAL = 72, TYPE_COUNT = 73 };
_Static_assert(sizeof CODES / sizeof CODES[0] == TYPE_COUNT, "the catalogue is whole");

// Named choices of a fact or switch; UNKNOWN leaves it out.
enum { UNKNOWN = -1 };
struct choice {
    const char *name, *values[5];
    int when_silent; // what holds where nothing is said; UNKNOWN: anything may
    bool is_switch;
};
enum name { IN_UNION, FOOD_ACTIVITY, EDUCATIONAL, GROUP_ONLY, OWN_ZONES, ROOT, RESOLVER, TLD_OWN, IN_HOUSE, VESSEL, EU_SPACE, QUALIFIED, CLOSED,
            B22, C22, D22, E22, CRITICAL, OES, ASSESSED, DORA_EXEMPT, SECURITY, THIRD, CONSTITUTIONAL, GENERAL_INTEREST, PERSONALITY, CONTROL,
            POWER, LOCAL_IN, LOCAL_CLASS, EDU_IN, EDU_CLASS, KEEPS_OES, NATIONAL_CLASS, REGIONAL_LARGE, FOOD_OR, GROUP_IT, ISP, NEGLIGIBLE_OUT,
            NAME_COUNT };
static const struct choice CHOICES[NAME_COUNT] = {
    [IN_UNION] = {"in_union", {"active", "merely_accessible", "none"}, 0, false},
    [FOOD_ACTIVITY] = {"food_activity", {"both", "wholesale", "production", "neither"}, 0, false},
    [EDUCATIONAL] = {"educational_institution", {"no", "yes"}, 0, false},
    [GROUP_ONLY] = {"serves_own_group_only", {"no", "yes"}, 0, false},
    [OWN_ZONES] = {"dns_own_zones_only", {"no", "yes"}, 0, false},
    [ROOT] = {"dns_root_only", {"no", "yes"}, 0, false},
    [RESOLVER] = {"resolver_only_for_subscribers", {"no", "yes"}, 0, false},
    [TLD_OWN] = {"tld_own_use_only", {"no", "yes"}, 0, false},
    [IN_HOUSE] = {"data_centre_in_house", {"no", "yes"}, 0, false},
    [VESSEL] = {"vessel_only", {"no", "yes"}, 0, false},
    [EU_SPACE] = {"eu_space_programme", {"no", "yes"}, 0, false},
    [QUALIFIED] = {"tsp_qualified", {"no", "yes"}, UNKNOWN, false},
    [CLOSED] = {"trust_closed_system", {"no", "yes"}, 0, false},
    [B22] = {"identified_2_2_b", {"none", "important", "essential"}, 0, false},
    [C22] = {"identified_2_2_c", {"none", "important", "essential"}, 0, false},
    [D22] = {"identified_2_2_d", {"none", "important", "essential"}, 0, false},
    [E22] = {"identified_2_2_e", {"none", "important", "essential"}, 0, false},
    [CRITICAL] = {"cer_critical", {"no", "yes"}, 0, false},
    [OES] = {"nis1_operator", {"no", "yes"}, 0, false},
    [ASSESSED] = {"regional_assessed", {"no", "yes"}, UNKNOWN, false},
    [DORA_EXEMPT] = {"dora_exempt_2_4", {"no", "yes"}, 0, false},
    [SECURITY] = {"security_activity", {"none", "part", "serves_only", "predominant"}, 0, false},
    [THIRD] = {"third_country_body", {"no", "yes"}, 0, false},
    [CONSTITUTIONAL] = {"constitutional_body", {"none", "judiciary", "parliament", "central_bank"}, 0, false},
    [GENERAL_INTEREST] = {"pa_general_interest", {"no", "yes"}, 1, false},
    [PERSONALITY] = {"pa_legal_personality", {"no", "yes"}, 1, false},
    [CONTROL] = {"pa_public_control", {"no", "yes"}, 1, false},
    [POWER] = {"pa_cross_border_power", {"no", "yes"}, 1, false},
    [LOCAL_IN] = {"local_administration_opt_in", {"no", "yes"}, UNKNOWN, true},
    [LOCAL_CLASS] = {"local_administration_class", {"important", "essential"}, UNKNOWN, true},
    [EDU_IN] = {"education_opt_in", {"no", "yes"}, UNKNOWN, true},
    [EDU_CLASS] = {"education_class", {"important", "essential"}, UNKNOWN, true},
    [KEEPS_OES] = {"keeps_nis1_operators", {"no", "yes"}, UNKNOWN, true},
    [NATIONAL_CLASS] = {"national_type_class", {"out", "important", "essential"}, UNKNOWN, true},
    [REGIONAL_LARGE] = {"regional_large_is_essential", {"no", "yes"}, 0, true},
    [FOOD_OR] = {"food_alternatives", {"no", "yes"}, UNKNOWN, true},
    [GROUP_IT] = {"group_it_provider", {"counts", "does_not_count"}, 0, true},
    [ISP] = {"isp_resolver", {"dns", "telecom"}, 0, true},
    [NEGLIGIBLE_OUT] = {"negligible_left_out", {"no", "yes"}, 0, true},
};

struct entity {
    bool types[TYPE_COUNT], ancillary[TYPE_COUNT], negligible[TYPE_COUNT];
    int value[NAME_COUNT];
    int64_t staff, turnover, balance; // hundredths and cents
    bool is_established;              // in the Union
};

// Size as the Recommendation has it.
static int reference_size(const struct entity *e) {
    if (e->staff < 1000 && (e->turnover <= 200000000 || e->balance <= 200000000)) return 0;
    if (e->staff < 5000 && (e->turnover <= 1000000000 || e->balance <= 1000000000)) return 1;
    if (e->staff < 25000 && (e->turnover <= INT64_C(5000000000) || e->balance <= INT64_C(4300000000))) return 2;
    return 3;
}

static bool is_body(int type) { return type == CENTRAL || type == REGION || type == LOCAL; }

// Whether the type still counts after the exclusions of sections 1.1 and 1.4.
static bool reference_counts(const struct entity *e, int type, bool is_public) {
    const int *v = e->value;
    if (type != TSP && is_public && (v[SECURITY] == 3 || v[THIRD] == 1)) return false;
    if (is_body(type) && v[CONSTITUTIONAL] != 0) return false;
    if (is_body(type) && !(v[GENERAL_INTEREST] && v[PERSONALITY] && v[CONTROL] && v[POWER])) return false;
    if (e->negligible[type] && v[NEGLIGIBLE_OUT]) return false;
    if (v[GROUP_ONLY] && v[GROUP_IT] == 1 && (type == MSP || type == MSSP || type == CLOUD || type == CENTRE)) return false;
    switch (type) {
    case TSP: return !v[CLOSED];
    case DNS: return !v[OWN_ZONES] && !v[ROOT] && !(v[RESOLVER] && v[ISP] == 1);
    case TLD: return !v[TLD_OWN];
    case CENTRE: return !v[IN_HOUSE];
    case WATER_CARRIER: return !v[VESSEL];
    case SPACE: return !v[EU_SPACE];
    case ROAD:
    case WATER:
    case WASTE_WATER:
    case WASTE: return !e->ancillary[type];
    case FOOD: return v[FOOD_ACTIVITY] == 0 || (v[FOOD_ACTIVITY] != 3 && v[FOOD_OR]);
    case RESEARCH: return !v[EDUCATIONAL];
    default: return true;
    }
}

static enum entity_class strongest(enum entity_class a, enum entity_class b) { return a > b ? a : b; }

static enum entity_class reference_by_type(const struct entity *e, int type, int size) {
    const int *v = e->value;
    if (type == DNS || type == TLD) return ENTITY_ESSENTIAL;
    if (type == TSP) return v[QUALIFIED] || size == 3 ? ENTITY_ESSENTIAL : ENTITY_IMPORTANT;
    if (type == PECN || type == PECS) return size >= 2 ? ENTITY_ESSENTIAL : ENTITY_IMPORTANT;
    if (type == CENTRAL) return ENTITY_ESSENTIAL;
    if (type == REGION) return !v[ASSESSED] ? ENTITY_OUT : v[REGIONAL_LARGE] && size == 3 ? ENTITY_ESSENTIAL : ENTITY_IMPORTANT;
    if (type == NAMES) return ENTITY_DOMAIN_NAME_REGISTRATION;
    if (type == CER) return ENTITY_OUT;
    if (type == LOCAL) return !v[LOCAL_IN] ? ENTITY_OUT : v[LOCAL_CLASS] ? ENTITY_ESSENTIAL : ENTITY_IMPORTANT;
    if (type == EDU) return !v[EDU_IN] ? ENTITY_OUT : v[EDU_CLASS] ? ENTITY_ESSENTIAL : ENTITY_IMPORTANT;
    if (type == NATIONAL) return v[NATIONAL_CLASS] == 0 ? ENTITY_OUT : v[NATIONAL_CLASS] == 1 ? ENTITY_IMPORTANT : ENTITY_ESSENTIAL;
    if (type <= SPACE) return size == 3 ? ENTITY_ESSENTIAL : size == 2 ? ENTITY_IMPORTANT : ENTITY_OUT;
    return size >= 2 ? ENTITY_IMPORTANT : ENTITY_OUT;
}

// Section 1.6, step by step, for facts that are all known.
static enum entity_class reference(const struct entity *e) {
    const int *v = e->value;
    if (v[IN_UNION] == 2 || (v[IN_UNION] == 1 && !e->is_established) || v[DORA_EXEMPT]) return ENTITY_OUT;
    bool is_public = e->types[CENTRAL] || e->types[REGION] || e->types[LOCAL], has_annex = false, has_trust = false;
    bool counts[TYPE_COUNT] = {false};
    for (int t = 1; t < TYPE_COUNT; t++) {
        counts[t] = e->types[t] && reference_counts(e, t, is_public);
        has_annex |= counts[t] && t <= RESEARCH;
    }
    has_trust = counts[TSP];
    if (is_public && (v[SECURITY] == 3 || v[THIRD]) && !has_trust) return ENTITY_OUT;
    enum entity_class class = v[CRITICAL] ? ENTITY_ESSENTIAL : ENTITY_OUT;
    int size = reference_size(e);
    for (int t = 1; t < TYPE_COUNT; t++)
        if (counts[t]) class = strongest(class, reference_by_type(e, t, size));
    for (int letter = B22; letter <= E22 && has_annex; letter++)
        if (v[letter] != 0) class = strongest(class, v[letter] == 1 ? ENTITY_IMPORTANT : ENTITY_ESSENTIAL);
    if (has_annex && v[OES] && v[KEEPS_OES]) class = ENTITY_ESSENTIAL;
    return class;
}

// The classes of all completions of what is unknown.
static unsigned reference_all(struct entity *e, int from) {
    for (int i = from; i < NAME_COUNT; i++) {
        if (e->value[i] != UNKNOWN) continue;
        unsigned classes = 0;
        for (int value = 0; value < 5 && CHOICES[i].values[value] != NULL; value++) {
            e->value[i] = value;
            classes |= reference_all(e, i + 1);
        }
        e->value[i] = UNKNOWN;
        return classes;
    }
    return 1u << reference(e);
}

// ---- drawing ----

static uint64_t seed;
static uint32_t draw(uint32_t below) { // splitmix64
    seed += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = seed;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((z ^ (z >> 31)) % below);
}

// Near the ceilings more often than not.
static int64_t draw_figure(const int64_t *edges, uint32_t count) {
    int64_t edge = edges[draw(count)];
    int64_t value = edge + (int64_t)draw(3) - 1;
    return draw(4) == 0 ? (int64_t)draw(2000000000) : value < 0 ? 0 : value;
}

static void list_types(struct buf *json, const char *name, const bool *types) {
    const char *comma = "";
    buf_printf(json, ",\"%s\":[", name);
    for (int t = 1; t < TYPE_COUNT; t++) {
        if (!types[t]) continue;
        buf_printf(json, "%s\"%s\"", comma, CODES[t]);
        comma = ",";
    }
    buf_add_text(json, "]");
}

static void draw_entity(struct entity *e, struct buf *json) {
    static const int64_t STAFF[] = {0, 1000, 5000, 25000, 30000}, MONEY[] = {0, 200000000, 1000000000, 5000000000, 4300000000, 9000000000};
    *e = (struct entity){.staff = draw_figure(STAFF, 5), .turnover = draw_figure(MONEY, 6), .balance = draw_figure(MONEY, 6)};
    for (uint32_t n = draw(4); n > 0; n--) e->types[draw(2) == 0 ? 1 + draw(TYPE_COUNT - 1) : (uint32_t)DNS + draw(14)] = true;
    if (draw(5) == 0) e->types[LOCAL + (int)draw(3)] = true;
    if (draw(12) == 0) memset(e->types, 0, sizeof e->types), e->types[NAMES] = true;
    for (int t = 1; t < TYPE_COUNT; t++) {
        e->ancillary[t] = e->types[t] && draw(3) == 0;
        e->negligible[t] = e->types[t] && draw(4) == 0;
    }
    e->is_established = draw(2) == 0;
    buf_printf(json, "{\"staff\":\"%" PRId64 ".%02d\",\"turnover\":\"%" PRId64 ".%02d\",\"balance\":\"%" PRId64 ".%02d\"", e->staff / 100,
               (int)(e->staff % 100), e->turnover / 100, (int)(e->turnover % 100), e->balance / 100, (int)(e->balance % 100));
    if (e->is_established) buf_add_text(json, ",\"established_in\":[\"LU\",\"US\"]");
    list_types(json, "types", e->types);
    list_types(json, "ancillary", e->ancillary);
    list_types(json, "negligible", e->negligible);
    const char *comma = "";
    for (int pass = 0; pass < 2; pass++) {
        if (pass == 1) buf_add_text(json, ",\"switches\":{");
        for (int i = 0; i < NAME_COUNT; i++) {
            if (CHOICES[i].is_switch != (pass == 1)) continue;
            uint32_t count = 0;
            while (count < 5 && CHOICES[i].values[count] != NULL) count++;
            e->value[i] = CHOICES[i].when_silent;
            if (draw(3) == 0) continue; // nothing is said
            // What is usual is said more often, so that not everything is excluded.
            e->value[i] = CHOICES[i].when_silent != UNKNOWN && draw(4) != 0 ? CHOICES[i].when_silent : (int)draw(count);
            buf_printf(json, "%s\"%s\":\"%s\"", pass == 0 ? "," : comma, CHOICES[i].name, CHOICES[i].values[e->value[i]]);
            if (pass == 1) comma = ",";
        }
    }
    buf_add_text(json, "}}");
}

static struct law *law;

// Compares COUNT drawn entities from SEED; returns how many differ, and how often each class came up.
static unsigned compare(uint64_t from_seed, unsigned count, unsigned classes_seen[ENTITY_UNDETERMINED + 1], bool is_loud) {
    struct arena arena;
    unsigned differences = 0;
    arena_init(&arena, (size_t)16 * 1024 * 1024);
    const struct scope_view *view;
    struct arena view_arena;
    arena_init(&view_arena, (size_t)1024 * 1024);
    assert_false(is_err(scope_view_make(law, SPAN("LU"), (struct civil){2026, 11, 22}, &view_arena, &view, NULL)));
    for (unsigned n = 0; n < count; n++) {
        struct entity e;
        struct buf text;
        struct json json;
        struct why why = {0};
        const struct scope_facts *facts;
        arena_reset(&arena);
        seed = from_seed + n;
        buf_init(&text, &arena, 65536);
        draw_entity(&e, &text);
        assert_false(is_err(json_parse(&arena, buf_span(&text), &json, NULL)));
        if (is_err(scope_facts_read(law, &json, &arena, &facts, &why))) fail_msg("seed %" PRIu64 ": %s %s", from_seed + n, why.field, why.words);
        unsigned wanted = reference_all(&e, 0);
        enum entity_class class = ENTITY_UNDETERMINED, got = scope_classify(view, facts);
        for (unsigned c = 0; c < ENTITY_UNDETERMINED; c++)
            if (wanted == 1u << c) class = (enum entity_class)c;
        struct scope_answer answer;
        assert_false(is_err(scope_answer_facts(view, facts, &arena, &answer, NULL)));
        classes_seen[class]++;
        if (class == got && answer.class == got && answer.possible == wanted) continue;
        if (differences++ < 3 && is_loud)
            print_error("seed %" PRIu64 ": expected %s, got %s (possible %x and %x) for %.*s\n", from_seed + n, entity_class_name(class),
                        entity_class_name(got), wanted, answer.possible, SPAN_FMT(buf_span(&text)));
    }
    arena_fini(&view_arena);
    arena_fini(&arena);
    return differences;
}

static void tables_agree_with_the_reference(void **state) {
    (void)state;
    unsigned seen[ENTITY_UNDETERMINED + 1] = {0};
    const char *count = getenv("PROPERTY_COUNT"), *start = getenv("PROPERTY_SEED");
    unsigned long n = count != NULL ? strtoul(count, NULL, 10) : 20000;
    assert_int_equal(compare(start != NULL ? strtoul(start, NULL, 10) : 1, (unsigned)n, seen, true), 0);
    print_message("drawn: out %u, names %u, important %u, essential %u, undetermined %u\n", seen[0], seen[1], seen[2], seen[3], seen[4]);
    for (size_t c = 0; c <= ENTITY_UNDETERMINED && n >= 20000; c++) assert_true(seen[c] > 100); // every class is really reached
}

// The canary: with one row of the packs changed the comparison must fail.
static void a_changed_row_is_noticed(void **state) {
    (void)state;
    struct arena arena;
    struct law *good = law;
    arena_init(&arena, (size_t)128 * 1024 * 1024);
    struct embedded_file *files = arena_take(&arena, embedded_law_count * sizeof files[0]);
    assert_non_null(files);
    bool is_planted = false;
    for (size_t i = 0; i < embedded_law_count; i++) {
        files[i] = embedded_law[i];
        if (strcmp(files[i].path, "eu/nis2/tables/class.yaml") != 0) continue;
        const char *row = "scheme: annex_2, size: [medium, large], class: important", *text = (const char *)files[i].bytes, *at = strstr(text, row);
        assert_non_null(at);
        struct span made = arena_printf(&arena, "%.*sscheme: annex_2, size: [medium, large], class: essential%s", (int)(at - text), text, at + strlen(row));
        files[i].bytes = made.at;
        files[i].size_bytes = made.len;
        is_planted = true;
    }
    assert_true(is_planted);
    assert_false(is_err(law_load(&arena, files, embedded_law_count, &law, NULL)));
    unsigned seen[ENTITY_UNDETERMINED + 1] = {0};
    assert_true(compare(1, 2000, seen, false) > 0);
    law = good;
    arena_fini(&arena);
}

static struct arena law_arena;
static int load(void **state) {
    (void)state;
    arena_init(&law_arena, (size_t)64 * 1024 * 1024);
    return is_err(law_load(&law_arena, embedded_law, embedded_law_count, &law, NULL)) ? -1 : 0;
}
static int unload(void **state) {
    (void)state;
    arena_fini(&law_arena);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_agree_with_the_reference),
        cmocka_unit_test(a_changed_row_is_noticed),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
