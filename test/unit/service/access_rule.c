// SPDX-License-Identifier: EUPL-1.2
/*
 * Who may what, against a reference on small integers: the matrix of domain reference 13.2 (an entity its own record and cases; the
 * CSIRT incident cases; the competent authority register and supervision; the SPOC and the crisis authority what concerns them)
 * and the rules of the design (offices and sectors bound what one sees, an administrator is no reader, to write is not to delete,
 * roles count only with a second factor). Draws come from a seed; counts are printed; a planted fault must be found.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>

#include "base/time.h"
#include "service/access.h"
#include "offices.h"

enum { SECTORS = 4, OFFICES_N = 6, ENTITIES = 4, PERSONS = 4, HELD = 3, DRAWS = 200000, DAYS = 10 };
static const uint64_t SEED = 20260715;

// ---- the model: numbers and bits ---------------------------------------------------------------------------------

static const struct office_kind *const KIND_OF[OFFICES_N] = {OFFICE_CSIRT, OFFICE_CA, OFFICE_CA, OFFICE_SPOC, OFFICE_CCMA, OFFICE_CSIRT};
static const unsigned OFFICE_BOUND[OFFICES_N] = {0, 0, 0x1, 0, 0, 0x6}; // sectors as bits; 0 is no bound

struct m_role {
    unsigned office, rank, bound;
};
struct m_mandate {
    unsigned entity, scopes;
    int from, until; // days; until 0: open
};
struct m_person {
    unsigned id, scopes, role_count, mandate_count;
    bool is_known, is_administrator, is_factor_done;
    struct m_role roles[HELD];
    struct m_mandate mandates[HELD];
};
struct m_case {
    int entity; // -1: none
    bool is_supervision, is_closed;
    unsigned offices, sectors, filers;
};

static uint64_t draw_state;
static unsigned draw(unsigned below) { // xorshift*, good enough to spread cases
    draw_state ^= draw_state >> 12;
    draw_state ^= draw_state << 25;
    draw_state ^= draw_state >> 27;
    return (unsigned)((draw_state * 2685821657736338717ULL) >> 33) % below;
}

static struct m_person draw_person(void) {
    struct m_person p = {.id = draw(PERSONS), .is_known = draw(12) != 0, .is_administrator = draw(4) == 0,
                         .is_factor_done = draw(5) != 0, .scopes = draw(3) == 0 ? draw(16) : 63};
    p.role_count = draw(HELD + 1);
    for (unsigned i = 0; i < p.role_count; i++)
        p.roles[i] = (struct m_role){draw(OFFICES_N), 1 + draw(3), draw(2) ? draw(1U << SECTORS) : 0};
    p.mandate_count = draw(HELD + 1);
    for (unsigned i = 0; i < p.mandate_count; i++) {
        int from = (int)draw(DAYS);
        p.mandates[i] = (struct m_mandate){draw(ENTITIES), 1 + draw(7), from, draw(2) ? from + 1 + (int)draw(DAYS) : 0};
    }
    return p;
}

static struct m_case draw_case(void) {
    return (struct m_case){.entity = (int)draw(ENTITIES + 1) - 1, .is_supervision = draw(3) == 0, .is_closed = draw(5) == 0,
                           .offices = draw(1U << OFFICES_N), .sectors = draw(1U << SECTORS),
                           .filers = draw(3) == 0 ? draw(1U << PERSONS) : 0};
}

// ---- the reference -----------------------------------------------------------------------------------------------

enum verdict { YES, NO_SUCH, DENIED, WHO };

static unsigned bounds_of(const struct m_role *r) { // the sectors a role reaches, as bits; bit SECTORS: also what has none
    unsigned all = (1U << SECTORS) - 1;
    unsigned reach = (r->bound ? r->bound : all) & (OFFICE_BOUND[r->office] ? OFFICE_BOUND[r->office] : all);
    return r->bound == 0 && OFFICE_BOUND[r->office] == 0 ? reach | 1U << SECTORS : reach;
}

static bool role_sees(const struct m_role *r, unsigned offices, unsigned sectors, bool is_supervision) {
    if ((offices >> r->office & 1) == 0) return false;
    if (is_supervision && KIND_OF[r->office] != OFFICE_CA) return false;
    unsigned reach = bounds_of(r);
    return (reach >> SECTORS & 1) != 0 || (reach & sectors) != 0;
}

static unsigned best_rank(const struct m_person *p, const struct m_case *c, const struct office_kind *kind) {
    unsigned best = 0;
    for (unsigned i = 0; i < p->role_count; i++)
        if ((kind == NULL || KIND_OF[p->roles[i].office] == kind) &&
            role_sees(&p->roles[i], c->offices, c->sectors, c->is_supervision) && p->roles[i].rank > best)
            best = p->roles[i].rank;
    return best;
}

static unsigned powers(const struct m_person *p, int entity, int day) {
    unsigned all = 0;
    for (unsigned i = 0; i < p->mandate_count; i++) {
        const struct m_mandate *m = &p->mandates[i];
        if ((int)m->entity == entity && day >= m->from && (m->until == 0 || day < m->until)) all |= m->scopes;
    }
    return all;
}

static bool is_filer(const struct m_person *p, const struct m_case *c) { return (c->filers >> p->id & 1) != 0; }

static bool sees_from_outside(const struct m_person *p, const struct m_case *c, int day) {
    unsigned powers_here = c->entity < 0 ? 0 : powers(p, c->entity, day);
    if (c->is_closed) return false;
    if (powers_here & MANDATE_READ) return true;
    return is_filer(p, c) && (c->entity < 0 || (powers_here & MANDATE_FILE));
}

static bool knows(const struct m_person *p, const struct m_case *c, int day) {
    return sees_from_outside(p, c, day) || (p->is_factor_done && best_rank(p, c, NULL) > 0);
}

static enum verdict gate(const struct m_person *p, unsigned scope) {
    return !p->is_known ? WHO : (p->scopes & scope) == 0 ? DENIED : YES;
}

static enum verdict ref_read(const struct m_person *p, const struct m_case *c, int day) {
    if (gate(p, SCOPE_READ) != YES) return gate(p, SCOPE_READ);
    if (knows(p, c, day)) return YES;
    return best_rank(p, c, NULL) > 0 ? DENIED : NO_SUCH; // her own role, waiting for its second factor
}

static enum verdict ref_erase(const struct m_person *p, const struct m_case *c, int day) {
    if (gate(p, SCOPE_DELETE) != YES) return gate(p, SCOPE_DELETE);
    if (p->is_factor_done && best_rank(p, c, NULL) == 3) return YES;
    return knows(p, c, day) ? DENIED : NO_SUCH;
}

static enum verdict ref_file_office(const struct m_person *p, const struct m_case *c, const struct office_kind *kind, bool is_new, int day) {
    if (gate(p, SCOPE_FILE) != YES) return gate(p, SCOPE_FILE);
    unsigned rank = best_rank(p, c, kind);
    if (rank > 0 && !p->is_factor_done) return DENIED;
    if (rank >= 2) return YES;
    return is_new || knows(p, c, day) ? DENIED : NO_SUCH;
}

static enum verdict ref_file_entity(const struct m_person *p, const struct m_case *c, bool is_new, int day) {
    if (gate(p, SCOPE_FILE) != YES) return gate(p, SCOPE_FILE);
    bool is_hers = c->entity < 0 ? is_new || (is_filer(p, c) && !c->is_closed)
                                 : (powers(p, c->entity, day) & MANDATE_FILE) && !c->is_closed;
    if (is_hers) return YES;
    if (is_new) return powers(p, c->entity, day) ? DENIED : NO_SUCH;
    return knows(p, c, day) ? DENIED : NO_SUCH;
}

static enum verdict ref_file_anyone(const struct m_person *p, const struct m_case *c, bool is_new, int day) {
    if (p->is_known && (p->scopes & SCOPE_FILE) == 0) return DENIED;
    if (is_new && c->entity < 0 && !c->is_supervision) return YES;
    if (!p->is_known) return WHO;
    if (is_new) return DENIED;
    if (c->entity < 0 && is_filer(p, c) && !c->is_closed) return YES;
    return knows(p, c, day) ? DENIED : NO_SUCH;
}

static enum verdict ref_entity(const struct m_person *p, const struct m_case *c, int day) {
    if (gate(p, SCOPE_READ) != YES) return gate(p, SCOPE_READ);
    if (powers(p, c->entity, day)) return YES;
    if (best_rank(p, c, NULL) == 0) return NO_SUCH;
    return p->is_factor_done ? YES : DENIED;
}

static enum verdict ref_manage(const struct m_person *p, const struct m_case *c, int day) {
    if (gate(p, SCOPE_MANAGE) != YES) return gate(p, SCOPE_MANAGE);
    unsigned hers = powers(p, c->entity, day);
    if (hers & MANDATE_MANAGE) return YES;
    if (best_rank(p, c, OFFICE_CA) >= 2) return p->is_factor_done ? YES : DENIED;
    return hers || best_rank(p, c, NULL) ? DENIED : NO_SUCH;
}

// ---- from the model to what the program takes --------------------------------------------------------------------

static const char *const SECTOR_NAMES[SECTORS] = {"energy", "banking", "health", "space"};
static const char *const OFFICE_NAMES[OFFICES_N] = {"csirt", "ca", "ca-energy", "spoc", "ccma", "csirt-finance"};
static const char *const ENTITY_NAMES[ENTITIES] = {"E1", "E2", "E3", "E4"};
static const char *const PERSON_NAMES[PERSONS] = {"P1", "P2", "P3", "P4"};

struct lists {
    struct span sectors[HELD][SECTORS], office_sectors[HELD][SECTORS], case_sectors[SECTORS], offices[OFFICES_N], filers[PERSONS];
    struct role roles[HELD];
    struct mandate mandates[HELD];
};

static size_t spans_of(unsigned bits, const char *const *names, unsigned count, struct span *ret) {
    size_t n = 0;
    for (unsigned i = 0; i < count; i++)
        if (bits >> i & 1) ret[n++] = span_of(names[i]);
    return n;
}

static struct principal principal_of(const struct m_person *p, struct lists *lists) {
    if (!p->is_known) return (struct principal){0};
    for (unsigned i = 0; i < p->role_count; i++) {
        const struct m_role *r = &p->roles[i];
        lists->roles[i] = (struct role){.office = span_of(OFFICE_NAMES[r->office]), .kind = KIND_OF[r->office],
                                        .role = (enum access_role_kind)r->rank, .sectors = lists->sectors[i],
                                        .office_sectors = lists->office_sectors[i]};
        lists->roles[i].sector_count = spans_of(r->bound, SECTOR_NAMES, SECTORS, lists->sectors[i]);
        lists->roles[i].office_sector_count = spans_of(OFFICE_BOUND[r->office], SECTOR_NAMES, SECTORS, lists->office_sectors[i]);
    }
    for (unsigned i = 0; i < p->mandate_count; i++) {
        const struct m_mandate *m = &p->mandates[i];
        lists->mandates[i] = (struct mandate){.entity = span_of(ENTITY_NAMES[m->entity]), .scopes = m->scopes,
                                              .from_ms = m->from * MS_PER_DAY,
                                              .until_ms = m->until == 0 ? INSTANT_NONE : m->until * MS_PER_DAY};
    }
    return (struct principal){.is_known = true, .pseudonym = span_of(PERSON_NAMES[p->id]), .scopes = p->scopes,
                              .is_administrator = p->is_administrator, .is_totp_done = p->is_factor_done,
                              .roles = lists->roles, .role_count = p->role_count, .mandates = lists->mandates,
                              .mandate_count = p->mandate_count, .means = MEANS_SESSION};
}

static struct access_case case_of(const struct m_case *c, struct lists *lists) {
    struct access_case of = {.workspace = c->is_supervision ? WORKSPACE_SUPERVISION : WORKSPACE_DESK,
                             .is_closed_to_entity = c->is_closed, .offices = lists->offices, .sectors = lists->case_sectors,
                             .filers = lists->filers};
    if (c->entity >= 0) of.entity = span_of(ENTITY_NAMES[c->entity]);
    of.office_count = spans_of(c->offices, OFFICE_NAMES, OFFICES_N, lists->offices);
    of.sector_count = spans_of(c->sectors, SECTOR_NAMES, SECTORS, lists->case_sectors);
    of.filer_count = spans_of(c->filers, PERSON_NAMES, PERSONS, lists->filers);
    return of;
}

// ---- the comparison ----------------------------------------------------------------------------------------------

enum question { Q_READ, Q_ERASE, Q_CSIRT, Q_CA, Q_SPOC, Q_CCMA, Q_ENTITY, Q_ANYONE, Q_SEE, Q_MANAGE, QUESTIONS };
static const char *const QUESTION_NAMES[QUESTIONS] = {"read a case", "erase", "file as csirt", "file as ca", "file as spoc",
    "file as ccma", "file as entity", "file as anyone", "see an entity", "manage an entity"};

static enum verdict reference(enum question q, const struct m_person *p, const struct m_case *c, bool is_new, int day) {
    struct m_case entity = *c;
    entity.is_supervision = false; // an entry of the register is in no workspace
    switch (q) {
    case Q_READ: return ref_read(p, c, day);
    case Q_ERASE: return ref_erase(p, c, day);
    case Q_CSIRT: return ref_file_office(p, c, OFFICE_CSIRT, is_new, day);
    case Q_CA: return ref_file_office(p, c, OFFICE_CA, is_new, day);
    case Q_SPOC: return ref_file_office(p, c, OFFICE_SPOC, is_new, day);
    case Q_CCMA: return ref_file_office(p, c, OFFICE_CCMA, is_new, day);
    case Q_ENTITY: return ref_file_entity(p, c, is_new, day);
    case Q_ANYONE: return ref_file_anyone(p, c, is_new, day);
    case Q_SEE: return ref_entity(p, &entity, day);
    case Q_MANAGE: return ref_manage(p, &entity, day);
    case QUESTIONS: break;
    }
    return WHO;
}

static enum verdict program(enum question q, const struct m_person *p, const struct m_case *c, bool is_new, int day) {
    static const char *const AS[QUESTIONS] = {[Q_CSIRT] = "csirt", [Q_CA] = "ca", [Q_SPOC] = "spoc", [Q_CCMA] = "ccma",
                                              [Q_ENTITY] = "entity", [Q_ANYONE] = "anyone"};
    struct lists lists;
    struct principal who = principal_of(p, &lists);
    struct access_case of = case_of(c, &lists);
    struct access_entity entity = {of.entity, of.office_count, of.offices, of.sector_count, of.sectors};
    int64_t now_ms = day * MS_PER_DAY;
    struct span office = span_make(NULL, 0);
    struct why why = {0};
    struct err e;
    switch (q) {
    case Q_READ: e = access_may_read_case(&who, &of, now_ms, &why); break;
    case Q_ERASE: e = access_may_erase(&who, &of, now_ms, &why); break;
    case Q_SEE: e = access_may_see_entity(&who, &entity, now_ms, &why); break;
    case Q_MANAGE: e = access_may_manage_entity(&who, &entity, now_ms, &why); break;
    default: e = access_may_file(&who, &of, span_of(AS[q]), is_new, now_ms, &office, &why);
    }
    assert_int_equal(is_err(e), why.is_set && why.words[0] != '\0');
    if (q >= Q_CSIRT && q <= Q_CCMA && !is_err(e)) assert_true(office.len > 0);
    switch (e.code) {
    case ERR_NONE: return YES;
    case ERR_NOT_FOUND: return NO_SUCH;
    case ERR_DENIED: return DENIED;
    case ERR_UNAUTHENTICATED: return WHO;
    default: fail_msg("unexpected error %s", err_name(e.code)); return WHO;
    }
}

static void the_rules_are_the_reference(void **state) {
    (void)state;
    static unsigned long counts[QUESTIONS][4];
    unsigned long planted = 0;
    draw_state = SEED;
    for (int i = 0; i < DRAWS; i++) {
        struct m_person p = draw_person();
        struct m_case c = draw_case();
        bool is_new = draw(2) == 0;
        int day = (int)draw(2 * DAYS);
        for (enum question q = 0; q < QUESTIONS; q++) {
            enum verdict expected = reference(q, &p, &c, is_new, day), got = program(q, &p, &c, is_new, day);
            if (expected != got)
                fail_msg("seed %llu, draw %d: %s: expected %d, got %d", (unsigned long long)SEED, i, QUESTION_NAMES[q], expected, got);
            counts[q][got]++;
        }
        struct m_case fault = c;
        fault.is_supervision = false; // as if the workspaces were one
        planted += program(Q_READ, &p, &fault, is_new, day) != reference(Q_READ, &p, &c, is_new, day);
    }
    print_message("access rules: seed %llu, %d draws\n", (unsigned long long)SEED, DRAWS);
    for (enum question q = 0; q < QUESTIONS; q++) {
        print_message("  %-17s allowed %6lu, not found %6lu, denied %6lu, nobody %6lu\n", QUESTION_NAMES[q], counts[q][YES],
                      counts[q][NO_SUCH], counts[q][DENIED], counts[q][WHO]);
        assert_true(counts[q][YES] > 100 && counts[q][NO_SUCH] > 100 && counts[q][DENIED] > 100 && counts[q][WHO] > 100);
    }
    print_message("  planted fault (one workspace) found in %lu draws\n", planted);
    assert_true(planted > 100);
}

static void what_is_taken_away_never_gives(void **state) {
    (void)state;
    unsigned long changed = 0;
    draw_state = SEED + 1;
    for (int i = 0; i < DRAWS / 4; i++) {
        struct m_person p = draw_person(), less = p, other = p;
        struct m_case c = draw_case();
        bool is_new = draw(2) == 0;
        int day = (int)draw(2 * DAYS);
        switch (draw(4)) {
        case 0: if (less.role_count > 0) less.role_count--; break;
        case 1: if (less.mandate_count > 0) less.mandate_count--; break;
        case 2: less.scopes &= draw(64); break;
        default: less.is_factor_done = false;
        }
        other.is_administrator = !p.is_administrator;
        for (enum question q = 0; q < QUESTIONS; q++) {
            enum verdict with = program(q, &p, &c, is_new, day), without = program(q, &less, &c, is_new, day);
            if (without == YES) assert_int_equal(with, YES);
            changed += with != without;
            assert_int_equal(program(q, &other, &c, is_new, day), with); // administration reads and files nothing
        }
    }
    assert_true(changed > 1000);
}

static void lists_reach_what_single_reads_reach(void **state) {
    (void)state;
    unsigned long reached = 0;
    draw_state = SEED + 2;
    for (int i = 0; i < DRAWS / 4; i++) {
        struct m_person p = draw_person();
        struct lists lists;
        struct principal who = principal_of(&p, &lists);
        for (unsigned sector = 0; sector <= SECTORS; sector++) {
            bool expected = false;
            for (unsigned r = 0; r < p.role_count && p.is_known && p.is_factor_done; r++)
                expected = expected || role_sees(&p.roles[r], 1U << p.roles[r].office, sector < SECTORS ? 1U << sector : 0, false);
            struct span name = sector < SECTORS ? span_of(SECTOR_NAMES[sector]) : span_make(NULL, 0);
            assert_int_equal(access_reaches_sector(&who, name), expected);
            reached += expected;
        }
    }
    assert_true(reached > 1000);
}

static void a_draft_is_its_authors(void **state) {
    (void)state;
    struct why why = {0};
    struct principal who = {.is_known = true, .is_administrator = true, .is_totp_done = true, .scopes = SCOPE_ALL,
                            .person_id = SPAN("P1")};
    assert_int_equal(access_may_use_draft(&who, SPAN("P1"), &why).code, ERR_NONE);
    assert_int_equal(access_may_use_draft(&who, SPAN("P2"), &why).code, ERR_NOT_FOUND);
    struct principal nobody = {0};
    assert_int_equal(access_may_use_draft(&nobody, span_make(NULL, 0), &why).code, ERR_UNAUTHENTICATED);
}

static void nobody_files_as_the_node(void **state) {
    (void)state;
    struct why why = {0};
    struct principal who = {.is_known = true, .is_administrator = true, .is_totp_done = true, .scopes = SCOPE_ALL,
                            .person_id = SPAN("P1")};
    struct access_case of = {0};
    static const char *const ROLES[] = {"node", "", "CSIRT", "head"};
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(access_may_file(&who, &of, span_of(ROLES[i]), true, 0, NULL, &why).code, ERR_DENIED);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rules_are_the_reference),
        cmocka_unit_test(what_is_taken_away_never_gives),
        cmocka_unit_test(lists_reach_what_single_reads_reach),
        cmocka_unit_test(a_draft_is_its_authors),
        cmocka_unit_test(nobody_files_as_the_node),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
