// SPDX-License-Identifier: EUPL-1.2
/*
 * Who may what. Pure: a principal, what a resource is, and the time. What is not allowed here is refused; where a person may not
 * know that a thing exists, the refusal reads as if it did not.
 */
#include "base/time.h"
#include "service/access.h"
#include "service/admission.h"

struct err access_no_case(struct why *why) {
    return why_set(why, ERR_NOT_FOUND, NULL, "access.no_case", NULL, "There is no such case, or none that you may see.");
}

struct err access_no_entity(struct why *why) {
    return why_set(why, ERR_NOT_FOUND, NULL, "access.no_entity", NULL, "There is no such entity, or none that you may see.");
}

static struct err need_factor(struct why *why) {
    return why_set(why, ERR_DENIED, NULL, "access.second_factor", NULL,
                   "Your role counts only with a second factor. Please set it up, or sign in with it.");
}

struct err access_require(const struct principal *principal, enum access_scope scope, struct why *why) {
    if (!principal->is_known && principal->is_csrf_missing)
        return why_set(why, ERR_DENIED, "X-CSRF-Token", "access.csrf", NULL,
                       "A changing request with the session cookie needs the header X-CSRF-Token; GET /api/v1/me tells it.");
    if (!principal->is_known)
        return why_set(why, ERR_UNAUTHENTICATED, NULL, principal->is_session_over ? "access.session_over" : "access.nobody",
                       NULL, "%s", principal->is_session_over ? "Your session has ended. Please sign in again." : "Please sign in.");
    if ((principal->scopes & (uint32_t)scope) == 0)
        return why_set(why, ERR_DENIED, NULL, "access.scope", NULL, "This token was not made for that.");
    return err_none();
}

struct err access_require_administrator(const struct principal *principal, struct why *why) {
    TRY(access_require(principal, SCOPE_ADMINISTER, why));
    if (!principal->is_administrator)
        return why_set(why, ERR_DENIED, NULL, "access.administrator", NULL, "Only an administrator of the node may do that.");
    return principal->is_totp_done ? err_none() : need_factor(why);
}

static bool has(const struct span *list, size_t count, struct span what) {
    for (size_t i = 0; i < count; i++)
        if (span_equals(list[i], what)) return true;
    return false;
}

bool role_is_unbounded(const struct role *role) { return role->sector_count == 0 && role->office_sector_count == 0; }

bool role_reaches_sector(const struct role *role, struct span sector) {
    if (role_is_unbounded(role)) return true;
    if (sector.len == 0) return false;
    return (role->sector_count == 0 || has(role->sectors, role->sector_count, sector)) &&
           (role->office_sector_count == 0 || has(role->office_sectors, role->office_sector_count, sector));
}

// Whether one of the sectors lies within the bounds of role and office. No bound holds everything, also what has no sector.
static bool is_in_bounds(const struct role *role, const struct span *sectors, size_t count) {
    if (role_is_unbounded(role)) return true;
    for (size_t i = 0; i < count; i++)
        if (role_reaches_sector(role, sectors[i])) return true;
    return false;
}

bool access_reaches_sector(const struct principal *principal, struct span sector) {
    for (size_t i = 0; principal->is_known && principal->is_totp_done && i < principal->role_count; i++) {
        const struct role *role = &principal->roles[i];
        if (role_reaches_sector(role, sector)) return true;
    }
    return false;
}

bool mandate_is_in_force(const struct mandate *mandate, int64_t now_ms) {
    return mandate->from_ms <= now_ms && (mandate->until_ms == INSTANT_NONE || now_ms < mandate->until_ms);
}

bool access_role_in_bounds(const struct role *role, const struct access_case *of) {
    return is_in_bounds(role, of->sectors, of->sector_count);
}

bool access_role_works_in(const struct role *role, const struct workspace *workspace) {
    for (size_t i = 0; role->through != NULL && i < role->through->workspace_count; i++)
        if (role->through->workspaces[i] == workspace) return true;
    return role->through == NULL && workspace_is_of(workspace, role->kind);
}

bool access_role_is_named(const struct role *role, const struct access_case *of) { return has(of->named, of->named_count, role->office); }

bool access_role_reaches(const struct role *role, const struct access_case *of) {
    if (role->through != NULL ? !access_role_works_in(role, of->workspace) : !of->is_opening && !workspace_is_of(of->workspace, role->kind)) return false;
    bool is_named = access_role_is_named(role, of) && admission_has(of->readers, role->person_id);
    return (is_named || has(of->offices, of->office_count, role->office)) && is_in_bounds(role, of->sectors, of->sector_count);
}

// The strongest role that reaches the case, of a KIND where one is given; whatever the second factor says.
static const struct role *role_for(const struct principal *principal, const struct access_case *of, struct span kind) {
    const struct role *best = NULL;
    for (size_t i = 0; i < principal->role_count; i++) {
        const struct role *role = &principal->roles[i];
        if ((kind.len > 0 && !span_equals(role->kind->id, kind)) || !access_role_reaches(role, of)) continue;
        if (best == NULL || role->role > best->role) best = role;
    }
    return best;
}

bool mandate_covers(const struct mandate *mandate, struct span procedure, struct span document) {
    if (mandate->procedures.len == 0) return true;
    for (size_t at = 0; procedure.len > 0 && at < mandate->procedures.len;) {
        size_t end = span_find(mandate->procedures, ' ', at);
        struct span bound = span_part(mandate->procedures, at, end);
        size_t slash = span_find(bound, '/', 0);
        bool is_of_it = span_equals(span_part(bound, 0, slash), procedure);
        if (is_of_it && (slash == bound.len || document.len == 0 || span_equals(span_part(bound, slash + 1, bound.len), document)))
            return true;
        at = end + 1;
    }
    return false;
}

// The union of the scopes of the mandates for ENTITY that are in force, whatever their bounds.
static uint32_t mandate_scopes(const struct principal *principal, struct span entity, int64_t now_ms) {
    uint32_t scopes = 0;
    for (size_t i = 0; entity.at != NULL && i < principal->mandate_count; i++) {
        const struct mandate *mandate = &principal->mandates[i];
        if (mandate_is_in_force(mandate, now_ms) && span_equals(mandate->entity, entity)) scopes |= mandate->scopes;
    }
    return scopes;
}

// The same of those whose bounds leave the case in.
static uint32_t mandate_scopes_in(const struct principal *principal, struct span entity, const struct access_case *of, int64_t now_ms) {
    uint32_t scopes = 0;
    for (size_t i = 0; entity.at != NULL && i < principal->mandate_count; i++) {
        const struct mandate *mandate = &principal->mandates[i];
        if (mandate_is_in_force(mandate, now_ms) && span_equals(mandate->entity, entity) &&
            mandate_covers(mandate, of->procedure, of->document))
            scopes |= mandate->scopes;
    }
    return scopes;
}

// The same of the mandates for any of the case's parties, and of roles at those that are offices.
static uint32_t party_scopes(const struct principal *principal, const struct access_case *of, int64_t now_ms) {
    uint32_t scopes = 0;
    for (size_t i = 0; i < of->party_count; i++) {
        scopes |= mandate_scopes_in(principal, of->parties[i], of, now_ms);
        for (size_t k = 0; principal->is_totp_done && k < principal->role_count; k++) // where parties are offices
            if (span_equals(principal->roles[k].office, of->parties[i]))
                scopes |= principal->roles[k].role >= ROLE_OFFICER ? MANDATE_READ | MANDATE_FILE : MANDATE_READ;
    }
    return scopes;
}

bool access_lists_procedure(const struct principal *principal, struct span entity, struct span procedure, int64_t now_ms) {
    bool has_any = false;
    for (size_t i = 0; i < principal->mandate_count; i++) {
        const struct mandate *mandate = &principal->mandates[i];
        if (!span_equals(mandate->entity, entity) || !mandate_is_in_force(mandate, now_ms)) continue;
        if (mandate_covers(mandate, procedure, span_make(NULL, 0))) return true;
        has_any = true;
    }
    return !has_any || (principal->role_count > 0 && principal->is_totp_done); // by office; which cases is asked elsewhere
}

static bool is_filer(const struct principal *principal, const struct access_case *of) {
    return principal->pseudonym.len > 0 && has(of->filers, of->filer_count, principal->pseudonym);
}

// Whether the person reads the case from its entity's side, or as one who filed in it.
bool access_reads_as_filer(const struct principal *principal, const struct access_case *of, int64_t now_ms) {
    if (of->is_closed_to_entity) return false;
    uint32_t scopes = mandate_scopes_in(principal, of->entity, of, now_ms);
    if ((scopes & MANDATE_READ) != 0) return true;
    bool is_nobodys = of->entity.at == NULL && !of->has_parties; // of a case with parties each reads its own part (access_may_read_part)
    return is_filer(principal, of) && (is_nobodys || (scopes & MANDATE_FILE) != 0);
}

const struct role *access_role_for_case(const struct principal *principal, const struct access_case *of) {
    return principal->is_known && principal->is_totp_done ? role_for(principal, of, SPAN("")) : NULL;
}

struct err access_may_read_case(const struct principal *principal, const struct access_case *of, int64_t now_ms,
                                struct why *why) {
    TRY(access_require(principal, SCOPE_READ, why));
    if (access_reads_as_filer(principal, of, now_ms)) return err_none();
    if (role_for(principal, of, SPAN("")) == NULL) return access_no_case(why);
    return principal->is_totp_done ? err_none() : need_factor(why);
}

struct err access_may_read_part(const struct principal *principal, const struct access_case *of, int64_t now_ms, struct why *why) {
    TRY(access_require(principal, SCOPE_READ, why));
    return (party_scopes(principal, of, now_ms) & MANDATE_READ) != 0 ? err_none() : access_no_case(why);
}

// Whether the principal may know of the case at all, whatever her token is for.
static bool knows_case(const struct principal *principal, const struct access_case *of, int64_t now_ms) {
    return access_reads_as_filer(principal, of, now_ms) || access_role_for_case(principal, of) != NULL;
}

static struct err may_file_as_office(const struct principal *principal, const struct access_case *of, struct span kind,
                                     bool is_new, int64_t now_ms, struct span *ret_office, struct why *why) {
    TRY(access_require(principal, SCOPE_FILE, why));
    const struct role *role = role_for(principal, of, kind);
    if (role != NULL && !principal->is_totp_done) return need_factor(why);
    if (role != NULL && role->role >= ROLE_OFFICER) {
        if (ret_office != NULL) *ret_office = role->office;
        return err_none();
    }
    if (!is_new && !knows_case(principal, of, now_ms)) return access_no_case(why);
    return why_set(why, ERR_DENIED, NULL, "access.not_officer", NULL,
                   "Only an officer or head of an office concerned, within its sectors, may file that.");
}

static struct err may_file_as_entity(const struct principal *principal, const struct access_case *of, bool is_new,
                                     int64_t now_ms, struct why *why) {
    TRY(access_require(principal, SCOPE_FILE, why));
    if (of->entity.at == NULL) {
        if (is_new || (!of->is_closed_to_entity && is_filer(principal, of))) return err_none();
        if (!knows_case(principal, of, now_ms)) return access_no_case(why);
        return why_set(why, ERR_DENIED, NULL, "access.not_filer", NULL, "Only who filed in this case may go on with it.");
    }
    if ((mandate_scopes_in(principal, of->entity, of, now_ms) & MANDATE_FILE) != 0 && !of->is_closed_to_entity) return err_none();
    if (is_new ? mandate_scopes(principal, of->entity, now_ms) == 0 : !knows_case(principal, of, now_ms)) return is_new ? access_no_entity(why) : access_no_case(why);
    return why_set(why, ERR_DENIED, NULL, "access.mandate_file", NULL,
                   "You have no mandate to file for this entity at present.");
}

static struct err may_file_as_party(const struct principal *principal, const struct access_case *of, int64_t now_ms, struct why *why) {
    TRY(access_require(principal, SCOPE_FILE, why));
    uint32_t scopes = party_scopes(principal, of, now_ms);
    if ((scopes & MANDATE_FILE) != 0 && !of->is_closed_to_entity) return err_none();
    if ((scopes & MANDATE_READ) == 0 && !knows_case(principal, of, now_ms)) return access_no_case(why);
    return why_set(why, ERR_DENIED, NULL, "access.party", NULL, "Only a person with a mandate to file for a party of this case, or an officer of an office that is one, may file that.");
}

static struct err may_file_as_anyone(const struct principal *principal, const struct access_case *of, bool is_new,
                                     int64_t now_ms, struct why *why) {
    if (principal->is_known) TRY(access_require(principal, SCOPE_FILE, why));
    if (of->entity.at == NULL && is_new && of->workspace != NULL && of->workspace->is_for_anyone) return err_none();
    if (!principal->is_known) return access_require(principal, SCOPE_FILE, why);
    bool is_hers = is_filer(principal, of) && !of->is_closed_to_entity;
    if (of->entity.at == NULL && !is_new && is_hers) return err_none();
    if (!is_new && !knows_case(principal, of, now_ms)) return access_no_case(why);
    return why_set(why, ERR_DENIED, NULL, "access.anyone", NULL,
                   "What anyone may file opens a case of no entity; only who filed in it may go on with it.");
}

const struct principal *access_node(void) {
    static const struct principal NODE = {.is_known = true, .is_node = true, .is_totp_done = true, .scopes = SCOPE_FILE,
                                          .person_id = {(const uint8_t *)"node", 4}, .pseudonym = {(const uint8_t *)"node", 4},
                                          .name = {(const uint8_t *)"node", 4}};
    return &NODE;
}

struct err access_may_file(const struct principal *principal, const struct access_case *of, struct span as, bool is_new,
                           int64_t now_ms, struct span *ret_office, struct why *why) {
    if (ret_office != NULL) *ret_office = span_make(NULL, 0);
    if (principal->is_node && span_is(as, "node")) return err_none();
    if (role_is_office(as)) return may_file_as_office(principal, of, as, is_new, now_ms, ret_office, why);
    struct err result;
    if (span_is(as, "entity"))
        result = may_file_as_entity(principal, of, is_new, now_ms, why);
    else if (span_is(as, "party"))
        result = may_file_as_party(principal, of, now_ms, why);
    else if (span_is(as, "anyone"))
        result = may_file_as_anyone(principal, of, is_new, now_ms, why);
    else
        result = why_set(why, ERR_DENIED, NULL, "access.filer_role", NULL, "Nobody may file in this role.");
    if (!is_err(result) && ret_office != NULL) *ret_office = span_make(NULL, 0);
    return result;
}

struct err access_may_erase(const struct principal *principal, const struct access_case *of, int64_t now_ms,
                            struct why *why) {
    TRY(access_require(principal, SCOPE_DELETE, why));
    const struct role *role = access_role_for_case(principal, of);
    if (role != NULL && role->role == ROLE_HEAD) return err_none();
    if (of->workspace != NULL && of->workspace->is_own && (mandate_scopes_in(principal, of->entity, of, now_ms) & MANDATE_MANAGE) != 0) return err_none();
    if (!knows_case(principal, of, now_ms)) return access_no_case(why);
    return why_set(why, ERR_DENIED, NULL, "access.erase", NULL,
                   "Only the head of an office concerned may have something erased; the right to write is not enough.");
}

static const struct role *role_for_entity(const struct principal *principal, const struct access_entity *of,
                                          uint32_t does, enum access_role_kind least) {
    for (size_t i = 0; i < principal->role_count; i++) {
        const struct role *role = &principal->roles[i];
        if ((role->kind->does & does) == does && role->role >= least &&
            has(of->offices, of->office_count, role->office) && is_in_bounds(role, of->sectors, of->sector_count))
            return role;
    }
    return NULL;
}

const struct role *access_role_for_entity(const struct principal *principal, const struct access_entity *of) {
    return principal->is_known && principal->is_totp_done ? role_for_entity(principal, of, 0, ROLE_READER) : NULL;
}

struct err access_may_see_entity(const struct principal *principal, const struct access_entity *of, int64_t now_ms,
                                 struct why *why) {
    TRY(access_require(principal, SCOPE_READ, why));
    if (mandate_scopes(principal, of->entity, now_ms) != 0) return err_none();
    if (role_for_entity(principal, of, 0, ROLE_READER) == NULL) return access_no_entity(why);
    return principal->is_totp_done ? err_none() : need_factor(why);
}

struct err access_may_manage_entity(const struct principal *principal, const struct access_entity *of, int64_t now_ms,
                                    struct why *why) {
    TRY(access_require(principal, SCOPE_MANAGE, why));
    uint32_t scopes = mandate_scopes(principal, of->entity, now_ms);
    if ((scopes & MANDATE_MANAGE) != 0) return err_none();
    if (role_for_entity(principal, of, OFFICE_MANAGES_REGISTER, ROLE_OFFICER) != NULL)
        return principal->is_totp_done ? err_none() : need_factor(why);
    if (scopes == 0 && role_for_entity(principal, of, 0, ROLE_READER) == NULL) return access_no_entity(why);
    return why_set(why, ERR_DENIED, NULL, "access.manage", NULL,
                   "Only a person with a mandate to manage this entity, or an officer of its competent authority, may do that.");
}

struct err access_may_use_draft(const struct principal *principal, struct span author_person_id, struct why *why) {
    TRY(access_require(principal, SCOPE_FILE, why));
    if (span_equals(principal->person_id, author_person_id)) return err_none();
    return why_set(why, ERR_NOT_FOUND, NULL, "access.no_draft", NULL, "There is no such draft of yours.");
}

bool access_has_role_at(const struct principal *principal, struct span office, enum access_role_kind role) {
    if (!principal->is_known || !principal->is_totp_done) return false;
    for (size_t i = 0; i < principal->role_count; i++)
        if (span_equals(principal->roles[i].office, office) && principal->roles[i].role >= role) return true;
    return false;
}

bool access_is_officer_of(const struct principal *principal, struct span kind, enum access_role_kind role) {
    if (!principal->is_known || !principal->is_totp_done) return false;
    for (size_t i = 0; i < principal->role_count; i++)
        if (span_equals(principal->roles[i].kind->id, kind) && principal->roles[i].role >= role) return true;
    return false;
}

bool access_is_officer_that(const struct principal *principal, enum office_does does, enum access_role_kind role) {
    if (!principal->is_known || !principal->is_totp_done) return false;
    for (size_t i = 0; i < principal->role_count; i++)
        if ((principal->roles[i].kind->does & (uint32_t)does) != 0 && principal->roles[i].role >= role) return true;
    return false;
}
