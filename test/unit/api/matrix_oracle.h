// SPDX-License-Identifier: EUPL-1.2
/*
 * Who may see and do what in the world of test/unit/api/matrix.c, said once more: written from the matrix of actors and rights (a
 * company its own; the CSIRT incidents; the authority the register, incidents and, alone, supervision; the single point of contact what
 * concerns other states or was passed on; the crisis authority what was passed on) and doc/access.md, release.md, desk.md. It knows
 * nothing of the program's rules, tables or law packs. Only for that program.
 */
#ifndef TEST_UNIT_API_MATRIX_ORACLE_H
#define TEST_UNIT_API_MATRIX_ORACLE_H

#include "matrix_world.h"

// --- mandates ---

static inline bool covers(const char *bound, const char *procedure, const char *document) {
    size_t len = strlen(procedure);
    if (bound[0] == '\0') return true;
    if (strncmp(bound, procedure, len) != 0) return false;
    return bound[len] == '\0' || document == NULL || strcmp(bound + len + 1, document) == 0;
}
static inline uint32_t rights(unsigned who, int entity, const char *procedure, const char *document) {
    uint32_t scopes = 0;
    for (unsigned i = 0; entity >= 0 && i < M->mandate_count; i++) {
        const struct m_mandate *m = &M->mandates[i];
        bool is_in_force = !m->is_ended && m->from_ms <= M->node->env.now_ms && (m->until_ms == INSTANT_NONE || M->node->env.now_ms < m->until_ms);
        if (m->person == who && m->entity == (unsigned)entity && is_in_force && (procedure == NULL || covers(m->bound, procedure, document))) scopes |= m->scopes;
    }
    return scopes;
}

// --- offices ---

static inline bool in_bounds(const struct m_role *role, unsigned sectors) {
    unsigned office = M_OFFICES[role->office].sectors;
    if (role->sectors == 0 && office == 0) return true;
    return (sectors & (role->sectors == 0 ? 7U : role->sectors) & (office == 0 ? 7U : office)) != 0;
}
static inline bool reaches(const struct m_role *role, const struct m_case *of) {
    return (M_OFFICES[role->office].bit & of->reach) != 0 && in_bounds(role, of->sectors);
}
// The strongest role of the kinds in BITS that reaches the case; 0: none.
static inline int strongest(unsigned who, const struct m_case *of, unsigned bits) {
    const struct m_person *person = &M->persons[who];
    int best = 0;
    for (unsigned i = 0; person->is_known && person->has_factor && i < person->role_count; i++)
        if ((M_OFFICES[person->roles[i].office].bit & bits) != 0 && reaches(&person->roles[i], of) && (int)person->roles[i].role > best) best = (int)person->roles[i].role;
    return best;
}
static inline bool is_of_parties(const struct m_case *of) { return strcmp(of->procedure, "advisory") == 0 || strcmp(of->procedure, "campaign") == 0; }

// --- cases ---

static inline bool has_filed_in(unsigned who, unsigned at) {
    for (unsigned i = 0; i < M->filing_count; i++)
        if (M->filings[i].at == at && M->filings[i].who == who && M->persons[who].is_known) return true;
    return false;
}
// In which roles she looks at the case.
static inline unsigned views(unsigned who, unsigned at) {
    const struct m_case *of = &M->cases[at];
    unsigned found = 0;
    for (unsigned bit = CSIRT; bit <= CCMA; bit <<= 1)
        if (strongest(who, of, bit) > 0) found |= bit;
    if (of->is_closed_to_entity || !M->persons[who].is_known) return found;
    uint32_t scopes = rights(who, of->entity, of->procedure, NULL);
    bool is_nobodys = of->entity < 0 && !is_of_parties(of);
    if ((scopes & MANDATE_READ) != 0 || ((scopes & MANDATE_FILE) != 0 && has_filed_in(who, at))) found |= ENTITY;
    if (is_nobodys && has_filed_in(who, at)) found |= ANYONE;
    return found;
}
// Parties of the case for which she has SCOPES: of an advisory that went out.
static inline bool is_party(unsigned who, unsigned at, uint32_t scopes, const char *document) {
    for (int e = 0; e < (int)M->entity_count; e++)
        if (M->cases[at].is_released && (M->cases[at].parties >> e & 1) != 0 && (rights(who, e, M->cases[at].procedure, document) & scopes) != 0) return true;
    return false;
}
// What a hold leaves in: the office that placed it, and the kinds that it spares.
static inline bool is_spared(unsigned who, const struct m_case *of, unsigned office, unsigned kinds) {
    const struct m_person *person = &M->persons[who];
    for (unsigned i = 0; person->has_factor && i < person->role_count; i++)
        if ((person->roles[i].office == office || (M_OFFICES[person->roles[i].office].bit & kinds) != 0) && reaches(&person->roles[i], of)) return true;
    return false;
}
static inline bool knows_case(unsigned who, unsigned at) {
    const struct m_case *of = &M->cases[at];
    unsigned seen = views(who, at);
    if (of->has_hold) return (seen & (ENTITY | ANYONE)) != 0 || is_spared(who, of, of->hold_office, of->hold_spared);
    return seen != 0 || is_party(who, at, MANDATE_READ, NULL);
}

// --- filings ---

static inline bool owns(unsigned who, const struct m_filing *filing) {
    const struct m_person *person = &M->persons[who];
    if (!person->is_known) return false;
    if (filing->office < 0) return filing->who == who;
    for (unsigned i = 0; person->has_factor && i < person->role_count; i++)
        if (person->roles[i].office == (unsigned)filing->office && in_bounds(&person->roles[i], M->cases[filing->at].sectors)) return true;
    return false;
}
static inline bool is_for_parties(const struct m_filing *filing) {
    static const char *const THEIRS[] = {"advisory", "campaign_guidance"};
    return strcmp(filing->document, THEIRS[0]) == 0 || strcmp(filing->document, THEIRS[1]) == 0;
}
static inline bool reads_as_party(unsigned who, const struct m_filing *filing) {
    const struct m_case *of = &M->cases[filing->at];
    if (filing->party >= 0) return (rights(who, filing->party, of->procedure, NULL) & MANDATE_READ) != 0;
    if (!is_for_parties(filing)) return false;
    if (is_party(who, filing->at, MANDATE_READ, NULL)) return true;
    for (unsigned i = 0; i < of->member_count; i++) { // the cases under a campaign: their entities read what is for them
        const struct m_case *member = &M->cases[of->members[i]];
        if ((rights(who, member->entity, member->procedure, NULL) & MANDATE_READ) != 0) return true;
    }
    return false;
}
static inline bool sees_filing(unsigned who, const struct m_filing *filing) {
    const struct m_case *of = &M->cases[filing->at];
    unsigned seen = views(who, filing->at);
    bool is_entitys = (seen & (ENTITY | ANYONE)) != 0 || (filing->office < 0 && owns(who, filing));
    if (of->has_hold && !is_entitys && !is_spared(who, of, of->hold_office, of->hold_spared)) return false;
    if ((filing->seen_by == 0 ? seen : seen & filing->seen_by) != 0) return true;
    return owns(who, filing) || reads_as_party(who, filing);
}

// --- what stands in them ---

static inline bool sees_entity(unsigned who, unsigned entity) {
    const struct m_person *person = &M->persons[who];
    if (rights(who, (int)entity, NULL, NULL) != 0) return true;
    for (unsigned i = 0; person->is_known && person->has_factor && i < person->role_count; i++)
        if ((M_OFFICES[person->roles[i].office].bit & (CSIRT | CA | SPOC)) != 0 && in_bounds(&person->roles[i], M->entities[entity].sectors)) return true;
    return false;
}
static inline bool sees_secret(unsigned who, unsigned which) {
    const struct m_secret *s = &M->secrets[which];
    if (s->is_dead || s->filing < 0 || M->persons[who].is_machine) return false;
    const struct m_filing *filing = &M->filings[s->filing];
    const struct m_case *of = &M->cases[filing->at];
    if (!sees_filing(who, filing)) return false;
    if (of->has_hold && !is_spared(who, of, of->hold_office, of->hold_spared)) return false;
    if (filing->has_hold && !is_spared(who, of, filing->hold_office, filing->hold_spared)) return false;
    if (filing->is_frozen) return strongest(who, of, OFFICES_ALL) == ROLE_HEAD;
    bool is_filer = filing->who == who && M->persons[who].is_known; // a colleague is none
    if (!filing->has_audience || is_filer || (filing->audience_field[0] != '\0' && strcmp(filing->audience_field, s->field) != 0)) return true;
    unsigned hats = views(who, filing->at);
    if ((rights(who, of->entity, of->procedure, NULL) & MANDATE_READ) == 0) hats &= ~(unsigned)ENTITY;
    return (hats & filing->audience) != 0;
}

// --- what may be known at all: in lists, streams, exports, whatever the way ---

static inline bool knows_filing(unsigned who, unsigned which) {
    const struct m_filing *filing = &M->filings[which];
    bool is_ground = strcmp(filing->document, "registration") == 0 && (rights(who, M->cases[filing->at].entity, NULL, NULL) & MANDATE_MANAGE) != 0; // of mandates that she manages
    bool is_hers = filing->who == who && M->persons[who].is_known; // that she made it, her receipt says
    return !M->persons[who].is_machine && (sees_filing(who, filing) || is_ground || is_hers);
}
static inline bool may_hear_of_case(unsigned who, unsigned at) {
    if (M->persons[who].is_machine) return false;
    if (knows_case(who, at)) return true;
    for (unsigned i = 0; i < M->filing_count; i++) // what she or her office filed there names it
        if (M->filings[i].at == at && ((owns(who, &M->filings[i]) && sees_filing(who, &M->filings[i])) || (M->filings[i].who == who && M->persons[who].is_known))) return true;
    for (unsigned i = 0; i < M->mention_count; i++)
        if (M->mentions[i].at == at && sees_filing(who, &M->filings[M->mentions[i].filing])) return true;
    return false;
}
static inline bool may_hear_of_entity(unsigned who, unsigned entity) {
    if (M->persons[who].is_machine) return false;
    if (sees_entity(who, entity)) return true;
    for (unsigned i = 0; i < M->mandate_count; i++) // her own account tells her what she was, is or will be
        if (M->mandates[i].person == who && M->mandates[i].entity == entity) return true;
    for (unsigned i = 0; i < M->case_count; i++) {
        if (M->cases[i].entity == (int)entity && may_hear_of_case(who, i)) return true;
        if ((M->cases[i].parties >> entity & 1) != 0 && (views(who, i) & OFFICES_ALL) != 0) return true; // offices see who is addressed
    }
    for (unsigned i = 0; i < M->filing_count; i++) // what she filed as a party, then
        if (M->filings[i].party == (int)entity && M->filings[i].who == who) return true;
    return false;
}
static inline bool may_hear_secret(unsigned who, unsigned which) {
    const struct m_secret *s = &M->secrets[which];
    if (sees_secret(who, which)) return true;
    if (s->filing < 0 || s->is_dead || M->persons[who].is_machine || strcmp(M->filings[s->filing].document, "registration") != 0) return false;
    unsigned entity = (unsigned)M->cases[M->filings[s->filing].at].entity;
    return s->is_name ? may_hear_of_entity(who, entity) : sees_entity(who, entity); // the register's entry
}
static inline bool may_hear_of(unsigned who, const struct m_id *id) {
    switch (id->kind) {
    case 'C': return may_hear_of_case(who, id->of);
    case 'E': return may_hear_of_entity(who, id->of);
    case 'A': return M->attachments[id->of].filing >= 0 && knows_filing(who, (unsigned)M->attachments[id->of].filing);
    default: return knows_filing(who, id->of);
    }
}

// --- filing ---

// She would reach the case by her role, if she had her second factor done: so she is told.
static inline bool lacks_factor(unsigned who, unsigned at) {
    for (unsigned i = 0; !M->persons[who].has_factor && i < M->persons[who].role_count; i++)
        if (reaches(&M->persons[who].roles[i], &M->cases[at])) return true;
    return false;
}

// Filing in the case in the role AS; DOCUMENT may be the head's alone.
static inline bool may_file(unsigned who, unsigned at, const char *as, const char *document, bool is_heads) {
    static const struct { const char *name; unsigned bit; } KINDS[] = {{"csirt", CSIRT}, {"ca", CA}, {"spoc", SPOC}, {"ccma", CCMA}};
    const struct m_case *of = &M->cases[at];
    if (!M->persons[who].is_known) return false;
    for (unsigned i = 0; i < 4; i++)
        if (strcmp(as, KINDS[i].name) == 0) return strongest(who, of, KINDS[i].bit) >= (is_heads ? (int)ROLE_HEAD : (int)ROLE_OFFICER);
    if (strcmp(as, "party") == 0) return is_party(who, at, MANDATE_FILE, document);
    if (of->is_closed_to_entity) return false;
    if (strcmp(as, "entity") == 0 && of->entity >= 0) return (rights(who, of->entity, of->procedure, document) & MANDATE_FILE) != 0;
    return of->entity < 0 && !is_of_parties(of) && has_filed_in(who, at);
}

#endif
