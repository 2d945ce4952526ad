// SPDX-License-Identifier: EUPL-1.2
/*
 * Who sees which document of a case, against a reference: persons with roles and mandates, cases of a workspace, sectors and reach,
 * documents with readers of their own are drawn from a seed. Nobody sees beyond seen_by, workspace or sector; nobody who may see is
 * kept out; what is taken away from a person never gives her more. A planted fault must be found.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>

#include "base/time.h"
#include "service/seen.h"
#include "offices.h"

enum { DRAWS = 100000, KINDS = 4, SECTORS = 3, OFFICES = 5, HELD = 3 };
static const uint64_t SEED = 20261122;
static const char *const KIND_NAMES[KINDS] = {"csirt", "ca", "spoc", "ccma"};
static const struct office_kind *const KIND[KINDS] = {OFFICE_CSIRT, OFFICE_CA, OFFICE_SPOC, OFFICE_CCMA};
static const unsigned KIND_OF[OFFICES] = {0, 1, 1, 2, 3};
static const char *const OFFICE_NAMES[OFFICES] = {"csirt", "ca", "ca-health", "spoc", "ccma"};
static const char *const SECTOR_NAMES[SECTORS] = {"energy", "health", "water"};

static uint64_t draw_state;
static unsigned draw(unsigned below) {
    draw_state ^= draw_state >> 12;
    draw_state ^= draw_state << 25;
    draw_state ^= draw_state >> 27;
    return (unsigned)((draw_state * 2685821657736338717ULL) >> 33) % below;
}

struct m_role { unsigned office, bound; };
struct m_person {
    bool is_known, is_factor_done, has_mandate;
    unsigned role_count;
    struct m_role roles[HELD];
};
struct m_case { bool is_supervision, is_closed; unsigned offices, sectors; };
struct m_document { unsigned seen_by; bool by_entity, is_hers; unsigned office; }; // seen_by: bits of KINDS, and of the entity; 0: all

// --- the reference ---

static bool reaches(const struct m_role *r, const struct m_case *c) {
    bool is_ca = KIND_OF[r->office] == 1;
    if ((c->offices >> r->office & 1) == 0 || (c->is_supervision && !is_ca)) return false;
    return r->bound == 0 || (r->bound & c->sectors) != 0;
}

static unsigned views_of(const struct m_person *p, const struct m_case *c) {
    unsigned views = 0;
    for (unsigned i = 0; p->is_known && p->is_factor_done && i < p->role_count; i++)
        if (reaches(&p->roles[i], c)) views |= 1U << KIND_OF[p->roles[i].office];
    if (p->has_mandate && !c->is_closed) views |= 1U << KINDS;
    return views;
}

static bool owns(const struct m_person *p, const struct m_case *c, const struct m_document *d) {
    if (!p->is_known) return false;
    if (d->by_entity) return d->is_hers;
    for (unsigned i = 0; p->is_factor_done && i < p->role_count; i++)
        if (p->roles[i].office == d->office && (p->roles[i].bound == 0 || (p->roles[i].bound & c->sectors) != 0)) return true;
    return false;
}

static bool sees(const struct m_person *p, const struct m_case *c, const struct m_document *d) {
    unsigned views = views_of(p, c);
    return (d->seen_by == 0 ? views != 0 : (views & d->seen_by) != 0) || owns(p, c, d);
}

// --- the program ---

struct made {
    struct principal principal;
    struct role roles[HELD];
    struct span sectors[HELD][SECTORS], case_sectors[SECTORS], offices[OFFICES];
    struct mandate mandate;
    struct access_case of;
    char seen_by[64];
};

static size_t spans_of(unsigned bits, const char *const *names, unsigned count, struct span *out) {
    size_t found = 0;
    for (unsigned i = 0; i < count; i++)
        if ((bits >> i & 1) != 0) out[found++] = span_of(names[i]);
    return found;
}

static struct matter make(const struct m_person *p, const struct m_case *c, const struct m_document *d, struct made *made) {
    *made = (struct made){.principal = {.is_known = p->is_known, .is_totp_done = p->is_factor_done, .pseudonym = SPAN("she"), .scopes = SCOPE_ALL}};
    for (unsigned i = 0; i < p->role_count; i++)
        made->roles[i] = (struct role){.office = span_of(OFFICE_NAMES[p->roles[i].office]), .kind = KIND[KIND_OF[p->roles[i].office]], .role = ROLE_OFFICER,
                                       .sector_count = spans_of(p->roles[i].bound, SECTOR_NAMES, SECTORS, made->sectors[i]), .sectors = made->sectors[i]};
    made->principal.roles = made->roles;
    made->principal.role_count = p->role_count;
    made->mandate = (struct mandate){.entity = SPAN("E1"), .scopes = MANDATE_READ, .until_ms = INSTANT_NONE};
    made->principal.mandates = &made->mandate;
    made->principal.mandate_count = p->has_mandate;
    made->of = (struct access_case){.entity = SPAN("E1"), .procedure = SPAN("incident"), .workspace = c->is_supervision ? WORKSPACE_SUPERVISION : WORKSPACE_DESK,
                                    .offices = made->offices, .office_count = spans_of(c->offices, OFFICE_NAMES, OFFICES, made->offices),
                                    .sectors = made->case_sectors, .sector_count = spans_of(c->sectors, SECTOR_NAMES, SECTORS, made->case_sectors),
                                    .is_closed_to_entity = c->is_closed};
    size_t len = 0;
    for (unsigned k = 0; k <= KINDS; k++)
        if ((d->seen_by >> k & 1) != 0)
            len += (size_t)snprintf(made->seen_by + len, sizeof made->seen_by - len, "%s%s", len > 0 ? " " : "", k < KINDS ? KIND_NAMES[k] : "entity");
    return (struct matter){.seen_by = span_make(made->seen_by, len), .filer = d->is_hers ? SPAN("she") : SPAN("another"),
                           .filer_role = d->by_entity ? SPAN("entity") : span_of(KIND_NAMES[KIND_OF[d->office]]),
                           .office = d->by_entity ? SPAN("") : span_of(OFFICE_NAMES[d->office])};
}

static bool program(const struct m_person *p, const struct m_case *c, const struct m_document *d) {
    struct made made;
    struct matter matter = make(p, c, d, &made);
    struct viewer viewer = viewer_of(&made.principal, &made.of, 1);
    return viewer_sees(&viewer, &matter);
}

static struct m_person draw_person(void) {
    struct m_person p = {.is_known = draw(10) != 0, .is_factor_done = draw(5) != 0, .has_mandate = draw(3) == 0, .role_count = draw(HELD + 1)};
    for (unsigned i = 0; i < p.role_count; i++) p.roles[i] = (struct m_role){draw(OFFICES), draw(2) ? 0 : draw(1U << SECTORS)};
    if (!p.is_known) p.has_mandate = false;
    return p;
}

static void nobody_sees_beyond(void **state) {
    (void)state;
    unsigned long counts[2] = {0}, planted = 0;
    draw_state = SEED;
    for (int i = 0; i < DRAWS; i++) {
        struct m_person p = draw_person();
        struct m_case c = {draw(2) == 0, draw(2) == 0, draw(1U << OFFICES), draw(1U << SECTORS)};
        struct m_document d = {draw(2) ? draw(1U << (KINDS + 1)) : 0, draw(2) == 0, draw(4) == 0, draw(OFFICES)};
        bool expected = sees(&p, &c, &d), got = program(&p, &c, &d);
        if (expected != got) fail_msg("seed %llu, draw %d: expected %d, got %d", (unsigned long long)SEED, i, expected, got);
        counts[got]++;
        struct m_document open = d;
        open.seen_by = 0; // as if the document had no readers of its own
        planted += program(&p, &c, &open) != expected;
    }
    print_message("who sees what: seed %llu, %d draws, seen %lu, not %lu, planted fault found in %lu\n", (unsigned long long)SEED, DRAWS, counts[1], counts[0], planted);
    assert_true(counts[0] > 1000 && counts[1] > 1000 && planted > 100);
}

static void what_is_taken_away_never_gives(void **state) {
    (void)state;
    unsigned long lost = 0;
    draw_state = SEED + 1;
    for (int i = 0; i < DRAWS; i++) {
        struct m_person p = draw_person(), less = p;
        struct m_case c = {draw(2) == 0, draw(2) == 0, draw(1U << OFFICES), draw(1U << SECTORS)};
        struct m_document d = {draw(2) ? draw(1U << (KINDS + 1)) : 0, draw(2) == 0, draw(4) == 0, draw(OFFICES)};
        switch (draw(3)) {
        case 0: if (less.role_count > 0) less.role_count--; break;
        case 1: less.has_mandate = false; break;
        default: less.is_factor_done = false;
        }
        bool before = program(&p, &c, &d), after = program(&less, &c, &d);
        assert_false(after && !before);
        lost += before && !after;
    }
    assert_true(lost > 100);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(nobody_sees_beyond), cmocka_unit_test(what_is_taken_away_never_gives)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
