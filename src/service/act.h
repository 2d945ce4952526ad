// SPDX-License-Identifier: EUPL-1.2
/*
 * Who may act for whom, and how one comes to it: mandates of persons and of firms, claims with their proofs, invitations, leavers.
 *
 * The same kinds of function as in access.h: reading, pure, and write jobs on the writing connection inside a transaction. A wrong
 * code is no error: its outcome is committed, since the attempt must be counted. What a claim names is never told to the one who
 * made it: a claim by a number that nobody has answers, waits and ends like any other.
 */
#ifndef SERVICE_ACT_H
#define SERVICE_ACT_H

#include "base/json.h"
#include "service/services.h"

// ---- giving ------------------------------------------------------------------------------------------------------

// As what someone acts: representative, representative_26_3 (of one established outside the Union), employee, group_officer,
// law_firm, service_provider, other. The middle ones act from outside: they let others act only where their mandate says so, and
// then give no more than they have, and only once.
bool capacity_is_known(struct span capacity); // empty too: not said
bool capacity_is_outside(struct span capacity);

// What is to be given. The mandate's holder is not part of it.
struct act_gift {
    uint32_t scopes;
    struct span capacity, procedures, ground;
    int64_t from_ms, until_ms; // INSTANT_NONE: until revoked
    enum mandate_delegation delegation;
};
enum act_side { SIDE_NONE, SIDE_REPRESENTATIVE, SIDE_OFFICER };
const char *act_side_name(enum act_side side); // "representative", "officer"

// Capacity, bounds, ground, scopes and dates of a gift are well formed. Pure. Procedures must be of the law.
CHECKED struct err act_gift_check(const struct services *services, const struct act_gift *gift, int64_t now_ms, struct why *why);
// Whether the principal may give this for the entity: by a mandate to manage that lets her, or as an officer of its authority.
CHECKED struct err act_may_give(const struct principal *principal, const struct access_entity *of, const struct act_gift *gift,
                                int64_t now_ms, enum act_side *ret_side, struct why *why);
// Whether an office's word alone does not do here: setting act.second_person of the state's law.
bool act_needs_second(const struct services *services, int64_t now_ms);

// ---- firms -------------------------------------------------------------------------------------------------------

// An organisation whose members act by its mandates. Whoever makes it is its first manager; a manager adds and ends members, and says
// who works under which mandate. The last manager stays.
CHECKED struct err firm_make(struct store_conn *conn, const struct principal *principal, struct span name, const struct access_env *env,
                             struct arena *arena, struct span *ret_id, struct why *why);
// ERR_NOT_FOUND where there is none, or the principal is no member (MUST_MANAGE: no manager) of it.
CHECKED struct err firm_open(struct store_conn *conn, const struct principal *principal, struct span firm_id, bool must_manage,
                             struct arena *arena, struct rows *ret, struct why *why);
// Name of a firm; for whoever gives it a mandate. ERR_NOT_FOUND.
CHECKED struct err firm_name(struct store_conn *conn, struct span firm_id, struct arena *arena, struct span *ret, struct why *why);
CHECKED struct err firm_member_add(struct store_conn *conn, struct span firm_id, struct span person_id, bool is_manager, struct span by,
                                   int64_t now_ms, struct arena *arena, struct why *why);
CHECKED struct err firm_member_end(struct store_conn *conn, struct span firm_id, struct span person_id, struct span by, int64_t now_ms,
                                   struct arena *arena, struct why *why);
// A member works under one of the firm's mandates, with at most SCOPES of it.
CHECKED struct err firm_assign(struct store_conn *conn, struct span firm_id, struct span mandate_id, struct span person_id, uint32_t scopes,
                               struct span by, int64_t now_ms, struct arena *arena, struct why *why);
CHECKED struct err firm_unassign(struct store_conn *conn, struct span firm_id, struct span mandate_id, struct span person_id, struct span by,
                                 int64_t now_ms, struct arena *arena, struct why *why);
// Tells those who work under a mandate that something happened to it, so that their rights are read anew.
CHECKED struct err firm_mandate_event(struct store_conn *conn, struct span mandate_id, const char *kind, struct span by, struct span entity,
                                      int64_t now_ms, struct arena *arena, struct why *why);

// ---- claims ------------------------------------------------------------------------------------------------------

struct claim_new {
    struct span asked;   // number or identifier
    struct span firm_id; // the mandate is to be the firm's, whose manager she is; at == NULL: her own
    struct act_gift gift;
};
struct claim {
    struct span id, person_id, firm_id, asked, entity, state, proof, mandate_id; // entity.at == NULL: fits nothing on the register
    struct act_gift gift;
    int64_t attempts, expires_ms, made_ms;
};
enum claim_view { CLAIM_HIDDEN, CLAIM_OWN, CLAIM_REPRESENTATIVE, CLAIM_OFFICER };

CHECKED struct err claim_make(struct services *services, struct store_conn *conn, const struct principal *principal,
                              const struct claim_new *claim, const struct access_env *env, struct arena *arena, struct span *ret_id,
                              struct why *why);
CHECKED struct err claim_no(struct why *why); // ERR_NOT_FOUND
// The claim, its row (columns of act_claim_get), and what the principal is to it; ERR_NOT_FOUND where she may not know of it.
CHECKED struct err claim_open(struct services *services, struct store_conn *conn, const struct principal *principal, struct span id,
                              int64_t now_ms, struct arena *arena, struct claim *ret, struct rows *ret_row, enum claim_view *ret_view,
                              struct why *why);
// What the entity of a claim is to the rules of access.
CHECKED struct err claim_entity(struct services *services, struct store_conn *conn, struct span entity, struct arena *arena,
                                struct access_entity *ret, struct why *why);
// The code of a letter, for the officer who sends it.
CHECKED struct err claim_letter(struct services *services, struct store_conn *conn, const struct claim *claim, struct span by,
                                const struct access_env *env, struct arena *arena, struct span *ret_code, int64_t *ret_expires_ms,
                                struct why *why);
// Has a code mailed to the contacts on the register. To who claims it is the same where there is nobody to write to.
CHECKED struct err claim_mail(struct services *services, struct store_conn *conn, const struct claim *claim, struct span by,
                              const struct access_env *env, struct arena *arena, struct why *why);
// Tries a code. *ret_is_right false: counted; commit it. After LIMIT_CLAIM_ATTEMPTS the claim ends.
CHECKED struct err claim_try_code(struct services *services, struct store_conn *conn, const struct claim *claim, struct span code,
                                  int64_t now_ms, struct arena *arena, bool *ret_is_right, struct why *why);
CHECKED struct err claim_withdraw(struct store_conn *conn, const struct claim *claim, struct span by, int64_t now_ms, struct why *why);

struct claim_word { // of a representative or officer
    bool is_approval;
    struct span reason;
    struct span entity; // an officer's, for a claim that fits nothing; at == NULL otherwise
};
// Takes the word, and grants or refuses where it is enough: a representative's alone, an officer's with a second one's where the law says so.
CHECKED struct err claim_decide(struct services *services, struct store_conn *conn, const struct principal *principal, struct span claim_id,
                                const struct claim_word *word, const struct access_env *env, struct arena *arena, struct span *ret_state,
                                struct why *why);

// ---- invitations -------------------------------------------------------------------------------------------------

CHECKED struct err invitation_make(struct store_conn *conn, struct span entity, const struct act_gift *gift, struct span login, struct span by,
                                   const struct access_env *env, struct arena *arena, struct span *ret_id, struct span *ret_code,
                                   struct why *why);
// Whoever holds the code (and, where bound, signs in with that address) has the mandate from now on. The inviter must still be able to give.
CHECKED struct err invitation_take(struct services *services, struct store_conn *conn, const struct principal *principal, struct span code,
                                   const struct access_env *env, struct arena *arena, struct span *ret_mandate, struct span *ret_entity,
                                   struct why *why);
CHECKED struct err invitation_revoke(struct store_conn *conn, struct span entity, struct span id, struct span by, int64_t now_ms, struct why *why);

// ---- leavers -----------------------------------------------------------------------------------------------------

struct leaving {
    struct span person_id;
    struct span entity;     // leaves this entity; or
    struct span office;     // this office; or, both empty, the node: she is shut out
    struct span to_person;  // takes over what she held; at == NULL: nobody
    bool is_trial;          // only says what would happen
};
// Ends everything of hers there and writes what it was into OUT: {"ended":{..},"handed_over":[..],"open":{..},"warnings":[..]}.
CHECKED struct err leaver_end(struct services *services, struct store_conn *conn, const struct leaving *leaving, const struct principal *by,
                              const struct access_env *env, struct arena *arena, struct json_out *out, struct why *why);

#endif
