// SPDX-License-Identifier: EUPL-1.2
/*
 * Claims: a person asks to act for an entity, and shows that she may. What a claim names is not told to her: where it fits nothing on
 * the register it waits, takes codes and ends like any other, with the same answers.
 */
#include "service/access_private.h"
#include "service/act.h"
#include "service/case.h"
#include "service/entity.h"
#include "service/notice.h"
#include "service/reach.h"

enum { ID, PERSON, FIRM, ASKED, ENTITY, SCOPES, CAPACITY, PROCEDURES, GROUND, UNTIL, STATE, ATTEMPTS, PROOF, PROVED, MADE, EXPIRES,
       DECIDED, DECIDED_BY, REASON, MANDATE }; // columns of act_claim_get

struct err claim_no(struct why *why) {
    return why_set(why, ERR_NOT_FOUND, NULL, "act.no_claim", NULL, "There is no such claim, or none that you may see.");
}

// ---- making --------------------------------------------------------------------------------------------------------

// The entity that a number or identifier stands for; at == NULL where it stands for none, or for several.
static struct err resolve(struct store_conn *conn, struct span asked, struct arena *arena, struct span *ret, struct why *why) {
    struct rows rows;
    *ret = span_make(NULL, 0);
    TRY(store_read(conn, STMT_ENTITY_VERSION, PARAMS(value_text(asked)), arena, &rows, why));
    if (rows.count == 1) {
        *ret = asked;
        return err_none();
    }
    TRY(store_read(conn, STMT_ACT_ENTITY_BY_NUMBER, PARAMS(value_text(asked)), arena, &rows, why));
    if (rows.count == 1) *ret = rows_span(&rows, 0, 0);
    return err_none();
}

static struct err check_new(struct services *services, struct store_conn *conn, const struct principal *principal,
                            const struct claim_new *claim, int64_t now_ms, struct arena *arena, struct why *why) {
    struct rows rows;
    TRY(act_gift_check(services, &claim->gift, now_ms, why));
    if (claim->asked.len == 0 || !span_is_utf8(claim->asked) || span_has_hidden(claim->asked))
        return why_set(why, ERR_INPUT, "/entity", "act.asked", NULL, "Please name the entity by its identifier here or its national number.");
    if (claim->firm_id.len > 0) TRY(firm_open(conn, principal, claim->firm_id, true, arena, &rows, why));
    return access_check_count(conn, STMT_ACT_CLAIM_COUNT, PARAMS(value_text(principal->person_id), value_int(now_ms)),
                              LIMIT_CLAIMS_PER_PERSON, arena, why);
}

struct err claim_make(struct services *services, struct store_conn *conn, const struct principal *principal,
                      const struct claim_new *claim, const struct access_env *env, struct arena *arena, struct span *ret_id,
                      struct why *why) {
    const struct act_gift *gift = &claim->gift;
    struct span entity, empty = SPAN("");
    TRY(check_new(services, conn, principal, claim, env->now_ms, arena, why));
    TRY(resolve(conn, claim->asked, arena, &entity, why));
    struct span id = access_id_make(env, 'Q', arena);
    if (id.at == NULL) return access_full(why);
    bool is_open = gift->until_ms == INSTANT_NONE;
    TRY(store_write(conn, STMT_ACT_CLAIM_ADD,
                    PARAMS(value_text(id), value_text(principal->person_id), value_text(claim->firm_id.len > 0 ? claim->firm_id : span_make(NULL, 0)),
                           value_text(claim->asked), value_text(entity), value_int(gift->scopes), value_text(gift->capacity.len > 0 ? gift->capacity : empty),
                           value_text(gift->procedures.len > 0 ? gift->procedures : empty), value_text(gift->ground),
                           is_open ? value_null() : value_int(gift->until_ms), value_text(SPAN("open")), value_null(), value_null(),
                           value_int(env->now_ms), value_int(env->now_ms + LIMIT_CLAIM_DAYS * MS_PER_DAY)),
                    NULL, why));
    TRY(access_event_add(conn, principal->person_id, "claim_made", span_make(NULL, 0), id, env->now_ms, why));
    TRY(notice_add(conn, "claim_waits", id, env->now_ms, why));
    *ret_id = id;
    return err_none();
}

// ---- looking -------------------------------------------------------------------------------------------------------

static struct claim claim_of_row(const struct rows *rows) {
    bool is_open = rows_at(rows, 0, UNTIL)->type == VALUE_NULL;
    return (struct claim){.id = rows_span(rows, 0, ID), .person_id = rows_span(rows, 0, PERSON), .firm_id = rows_span(rows, 0, FIRM),
                          .asked = rows_span(rows, 0, ASKED), .entity = rows_span(rows, 0, ENTITY), .state = rows_span(rows, 0, STATE),
                          .proof = rows_span(rows, 0, PROOF), .mandate_id = rows_span(rows, 0, MANDATE),
                          .attempts = rows_int(rows, 0, ATTEMPTS), .expires_ms = rows_int(rows, 0, EXPIRES), .made_ms = rows_int(rows, 0, MADE),
                          .gift = {.scopes = (uint32_t)rows_int(rows, 0, SCOPES), .capacity = rows_span(rows, 0, CAPACITY),
                                   .procedures = rows_span(rows, 0, PROCEDURES), .ground = rows_span(rows, 0, GROUND),
                                   .from_ms = INSTANT_NONE, .until_ms = is_open ? INSTANT_NONE : rows_int(rows, 0, UNTIL)}};
}

struct err claim_entity(struct services *services, struct store_conn *conn, struct span entity_id, struct arena *arena,
                        struct access_entity *ret, struct why *why) {
    struct entity entity;
    struct span sectors = span_make(NULL, 0);
    if (entity_id.len > 0) {
        struct err e = entity_get(conn, entity_id, arena, &entity, NULL);
        if (e.code == ERR_NONE) sectors = entity.sectors;
        else if (e.code != ERR_NOT_FOUND) return e;
        else (void)why;
    }
    entity_access(services, entity_id, sectors, arena, ret);
    return err_none();
}

struct err claim_open(struct services *services, struct store_conn *conn, const struct principal *principal, struct span id,
                      int64_t now_ms, struct arena *arena, struct claim *ret, struct rows *ret_row, enum claim_view *ret_view,
                      struct why *why) {
    TRY(store_read(conn, STMT_ACT_CLAIM_GET, PARAMS(value_text(id)), arena, ret_row, why));
    if (ret_row->count == 0) return claim_no(why);
    struct claim claim = claim_of_row(ret_row);
    struct access_entity of;
    enum act_side side = SIDE_NONE;
    TRY(claim_entity(services, conn, claim.entity, arena, &of, why));
    const struct act_gift least = {.scopes = MANDATE_READ, .from_ms = now_ms, .until_ms = INSTANT_NONE};
    const struct act_gift gift = claim.gift;
    if (span_equals(claim.person_id, principal->person_id)) *ret_view = CLAIM_OWN;
    else if (!is_err(act_may_give(principal, &of, claim.entity.len > 0 ? &gift : &least, now_ms, &side, NULL)))
        *ret_view = side == SIDE_OFFICER ? CLAIM_OFFICER : CLAIM_REPRESENTATIVE;
    else return claim_no(why);
    *ret = claim;
    return err_none();
}

static struct err need_waiting(const struct claim *claim, int64_t now_ms, struct why *why) {
    bool waits = (span_is(claim->state, "open") || span_is(claim->state, "proved")) && claim->expires_ms > now_ms;
    if (waits) return err_none();
    return why_set(why, ERR_CONFLICT, NULL, "act.claim_over", NULL, "This claim does not wait any more: it was decided, withdrawn, or has ended.");
}

// ---- codes ---------------------------------------------------------------------------------------------------------

// What the code is made from; it can be made again for the mail that carries it, and is kept nowhere.
static struct span code_key(const struct claim *claim, const char *kind, int64_t made_ms, struct arena *arena) {
    return arena_printf(arena, "claim %.*s %s %lld", SPAN_FMT(claim->id), kind, (long long)made_ms);
}

static struct err put_code(struct services *services, struct store_conn *conn, const struct claim *claim, const char *kind, int64_t days,
                           struct span by, int64_t now_ms, struct arena *arena, struct span *ret_code, struct why *why) {
    struct hash hash;
    TRY(need_waiting(claim, now_ms, why));
    struct span key = code_key(claim, kind, now_ms, arena), code = key.at == NULL ? key : reach_code(services, key, arena);
    if (code.at == NULL || !access_code_hash(code, &hash)) return access_full(why);
    *ret_code = code;
    return store_write(conn, STMT_ACT_CLAIM_CODE_PUT,
                       PARAMS(value_text(claim->id), value_text(span_of(kind)), value_blob(hash_span(&hash)), value_int(now_ms),
                              value_text(by), value_int(now_ms + days * MS_PER_DAY)),
                       NULL, why);
}

struct err claim_letter(struct services *services, struct store_conn *conn, const struct claim *claim, struct span by,
                        const struct access_env *env, struct arena *arena, struct span *ret_code, int64_t *ret_expires_ms,
                        struct why *why) {
    if (claim->entity.len == 0)
        return why_set(why, ERR_CONFLICT, NULL, "act.claim_unmatched", NULL, "The claim fits no entity on the register; there is nobody to write to.");
    *ret_expires_ms = env->now_ms + LIMIT_CLAIM_LETTER_DAYS * MS_PER_DAY;
    return put_code(services, conn, claim, "letter", LIMIT_CLAIM_LETTER_DAYS, by, env->now_ms, arena, ret_code, why);
}

enum { CLAIM_MAIL_ADDRESSES = 3, CLAIM_MAIL_PAUSE_MS = 15 * 60 * 1000 };

// Not more often than the pause lets, so that nobody's mailbox is flooded.
static struct err check_pause(struct store_conn *conn, const struct claim *claim, int64_t now_ms, struct arena *arena, struct why *why) {
    struct rows codes;
    TRY(store_read(conn, STMT_ACT_CLAIM_CODE_LIST, PARAMS(value_text(claim->id)), arena, &codes, why));
    for (size_t i = 0; i < codes.count; i++)
        if (span_is(rows_span(&codes, i, 0), "mail") && rows_int(&codes, i, 1) > now_ms - CLAIM_MAIL_PAUSE_MS)
            return why_set(why, ERR_CONFLICT, NULL, "act.mail_pause", NULL, "A mail was asked for a moment ago. Please wait a quarter of an hour.");
    return err_none();
}

static struct err mail_contacts(struct services *services, struct store_conn *conn, const struct claim *claim, int64_t now_ms,
                                struct arena *arena, struct why *why) {
    struct entity entity;
    struct span sent[CLAIM_MAIL_ADDRESSES];
    size_t count = 0;
    if (services->reach == NULL || !services->reach->has_mail) return err_none();
    TRY(entity_get(conn, claim->entity, arena, &entity, why));
    const struct json *contacts = json_get(&entity.profile, "contacts");
    struct span words = arena_printf(arena, "{\"key\":\"%.*s\",\"claim\":\"%.*s\"}", SPAN_FMT(code_key(claim, "mail", now_ms, arena)), SPAN_FMT(claim->id));
    if (words.at == NULL) return access_full(why);
    for (size_t i = 0; contacts != NULL && i < contacts->count && count < CLAIM_MAIL_ADDRESSES; i++) {
        struct span address = json_get_string(&contacts->items[i], "email");
        bool is_known = address.len == 0;
        for (size_t k = 0; k < count; k++) is_known = is_known || span_equals(sent[k], address);
        if (is_known) continue;
        sent[count++] = address;
        const struct delivery_new mail = {.kind = "code", .topic = SPAN("claim"), .entity_id = claim->entity, .owner_kind = "entity",
                                          .owner = claim->entity, .medium = "mail", .address = address, .language = SPAN(""), .words = words,
                                          .next_ms = now_ms};
        TRY(delivery_add(conn, &mail, now_ms, why));
    }
    return err_none();
}

struct err claim_mail(struct services *services, struct store_conn *conn, const struct claim *claim, struct span by,
                      const struct access_env *env, struct arena *arena, struct why *why) {
    struct span code;
    TRY(check_pause(conn, claim, env->now_ms, arena, why));
    TRY(put_code(services, conn, claim, "mail", LIMIT_CLAIM_MAIL_DAYS, by, env->now_ms, arena, &code, why));
    return claim->entity.len > 0 ? mail_contacts(services, conn, claim, env->now_ms, arena, why) : err_none();
}

struct err claim_try_code(struct services *services, struct store_conn *conn, const struct claim *claim, struct span code,
                          int64_t now_ms, struct arena *arena, bool *ret_is_right, struct why *why) {
    (void)services;
    struct hash hash;
    struct rows rows = {.count = 0};
    *ret_is_right = false;
    TRY(need_waiting(claim, now_ms, why));
    if (access_code_hash(span_trim(code), &hash))
        TRY(store_read(conn, STMT_ACT_CLAIM_CODE_FIND, PARAMS(value_text(claim->id), value_blob(hash_span(&hash)), value_int(now_ms)), arena,
                       &rows, why));
    if (rows.count > 0 && claim->entity.len > 0) {
        *ret_is_right = true;
        TRY(store_write(conn, STMT_ACT_CLAIM_PROVE, PARAMS(value_text(claim->id), value_text(rows_span(&rows, 0, 0)), value_int(now_ms)), NULL,
                        why));
        TRY(store_write(conn, STMT_ACT_CLAIM_CODE_DROP, PARAMS(value_text(claim->id)), NULL, why));
        TRY(notice_add(conn, "claim_again", claim->id, now_ms, why));
        return access_event_add(conn, claim->person_id, "claim_proved", span_make(NULL, 0), claim->id, now_ms, why);
    }
    TRY(store_write(conn, STMT_ACT_CLAIM_ATTEMPT, PARAMS(value_text(claim->id)), NULL, why));
    if (claim->attempts + 1 < LIMIT_CLAIM_ATTEMPTS) return err_none();
    TRY(store_write(conn, STMT_ACT_CLAIM_CODE_DROP, PARAMS(value_text(claim->id)), NULL, why));
    TRY(store_write(conn, STMT_ACT_CLAIM_END,
                    PARAMS(value_text(claim->id), value_text(SPAN("ended")), value_int(now_ms), value_null(),
                           value_text(SPAN("too many wrong codes")), value_null()),
                    NULL, why));
    return access_event_add(conn, claim->person_id, "claim_ended", span_make(NULL, 0), claim->id, now_ms, why);
}

struct err claim_withdraw(struct store_conn *conn, const struct claim *claim, struct span by, int64_t now_ms, struct why *why) {
    TRY(need_waiting(claim, now_ms, why));
    TRY(store_write(conn, STMT_ACT_CLAIM_CODE_DROP, PARAMS(value_text(claim->id)), NULL, why));
    return store_write(conn, STMT_ACT_CLAIM_END,
                       PARAMS(value_text(claim->id), value_text(SPAN("withdrawn")), value_int(now_ms), value_text(by), value_null(), value_null()),
                       NULL, why);
}

// ---- deciding ------------------------------------------------------------------------------------------------------

enum { VOICE_PERSON, VOICE_NAME, VOICE_SIDE, VOICE_APPROVAL }; // columns of act_voice_list

// Whether the words said so far are enough to grant.
static bool is_enough(const struct services *services, const struct rows *voices, int64_t now_ms) {
    size_t officers = 0;
    for (size_t i = 0; i < voices->count; i++) {
        if (rows_int(voices, i, VOICE_APPROVAL) == 0) return false;
        if (span_is(rows_span(voices, i, VOICE_SIDE), "representative")) return true;
        officers++;
    }
    return officers >= (act_needs_second(services, now_ms) ? 2U : 1U);
}

static struct err grant(struct store_conn *conn, const struct claim *claim, struct span by, const struct access_env *env,
                        struct arena *arena, struct why *why) {
    struct access_mandate_new mandate = {.person_id = claim->person_id,
                                         .firm_id = claim->firm_id,
                                         .entity = claim->entity,
                                         .scopes = claim->gift.scopes,
                                         .from_ms = env->now_ms,
                                         .until_ms = claim->gift.until_ms,
                                         .capacity = claim->gift.capacity,
                                         .procedures = claim->gift.procedures,
                                         .ground = arena_printf(arena, "claim %.*s", SPAN_FMT(claim->id))};
    struct span id;
    TRY(access_mandate_grant(conn, &mandate, by, env, arena, &id, why));
    TRY(store_write(conn, STMT_ACT_CLAIM_END,
                    PARAMS(value_text(claim->id), value_text(SPAN("granted")), value_int(env->now_ms), value_text(by), value_null(), value_text(id)),
                    NULL, why));
    TRY(store_write(conn, STMT_ACT_CLAIM_CODE_DROP, PARAMS(value_text(claim->id)), NULL, why));
    TRY(notice_add(conn, "claim_granted", claim->id, env->now_ms, why));
    return access_event_add(conn, claim->person_id, "claim_granted", by, claim->entity, env->now_ms, why);
}

// An officer says whom a claim is for that fitted nothing: an entity within her bounds.
static struct err match(struct services *services, struct store_conn *conn, const struct principal *principal, struct claim *claim,
                        struct span entity, int64_t now_ms, struct arena *arena, struct why *why) {
    struct access_entity of;
    struct entity found;
    enum act_side side = SIDE_NONE;
    if (claim->entity.len > 0)
        return why_set(why, ERR_INPUT, "/entity", "act.claim_matched", NULL, "The claim names its entity already.");
    if (is_err(entity_get(conn, entity, arena, &found, NULL)))
        return why_set(why, ERR_INPUT, "/entity", "access.no_entity", NULL, "There is no such entity, or none that you may see.");
    TRY(claim_entity(services, conn, entity, arena, &of, why));
    TRY(act_may_give(principal, &of, &claim->gift, now_ms, &side, why));
    TRY(store_write(conn, STMT_ACT_CLAIM_ENTITY, PARAMS(value_text(claim->id), value_text(entity)), NULL, why));
    claim->entity = entity;
    return err_none();
}

static struct err check_word(const struct claim *claim, const struct claim_word *word, enum claim_view view, struct why *why) {
    if (view == CLAIM_OWN) return why_set(why, ERR_DENIED, NULL, "access.not_herself", NULL, "Nobody decides her own claim.");
    bool needs_reason = !word->is_approval || (view == CLAIM_OFFICER && claim->proof.len == 0);
    if (needs_reason && span_trim(word->reason).len == 0)
        return why_set(why, ERR_INPUT, "/reason", "act.reason", NULL, "%s",
                       word->is_approval ? "No code came back for this claim: please say how you made sure of the person and her right."
                                         : "Please say why the claim is refused; the person is told.");
    if (!span_is_utf8(word->reason) || span_has_hidden(word->reason))
        return why_set(why, ERR_INPUT, "/reason", "act.reason", NULL, "The reason is one line.");
    return err_none();
}

struct err claim_decide(struct services *services, struct store_conn *conn, const struct principal *principal, struct span claim_id,
                        const struct claim_word *word, const struct access_env *env, struct arena *arena, struct span *ret_state,
                        struct why *why) {
    struct claim claim;
    struct rows row, voices;
    enum claim_view view = CLAIM_HIDDEN;
    TRY(claim_open(services, conn, principal, claim_id, env->now_ms, arena, &claim, &row, &view, why));
    TRY(check_word(&claim, word, view, why));
    TRY(need_waiting(&claim, env->now_ms, why));
    if (word->entity.len > 0) TRY(match(services, conn, principal, &claim, word->entity, env->now_ms, arena, why));
    if (word->is_approval && claim.entity.len == 0)
        return why_set(why, ERR_CONFLICT, "/entity", "act.claim_unmatched", NULL, "The claim fits no entity on the register; please name the one that is meant.");
    struct span me = principal->person_id, side = view == CLAIM_OFFICER ? SPAN("officer") : SPAN("representative");
    struct err said = store_write(conn, STMT_ACT_VOICE_ADD,
                                  PARAMS(value_text(claim.id), value_text(me), value_text(side), value_int(word->is_approval),
                                         value_text(word->reason.at == NULL ? SPAN("") : word->reason), value_int(env->now_ms)),
                                  NULL, NULL);
    if (said.code == ERR_CONFLICT)
        return why_set(why, ERR_CONFLICT, NULL, "act.second_person", NULL, "You have said your word to this claim; the second one is another person's.");
    TRY(said);
    if (!word->is_approval) {
        *ret_state = SPAN("refused");
        TRY(store_write(conn, STMT_ACT_CLAIM_END,
                        PARAMS(value_text(claim.id), value_text(*ret_state), value_int(env->now_ms), value_text(me), value_text(word->reason), value_null()),
                        NULL, why));
        TRY(notice_add(conn, "claim_refused", claim.id, env->now_ms, why));
        return access_event_add(conn, claim.person_id, "claim_refused", me, claim.id, env->now_ms, why);
    }
    TRY(store_write(conn, STMT_ACT_CLAIM_PROVE, PARAMS(value_text(claim.id), value_text(side), value_int(env->now_ms)), NULL, why));
    TRY(store_read(conn, STMT_ACT_VOICE_LIST, PARAMS(value_text(claim.id)), arena, &voices, why));
    *ret_state = SPAN("proved");
    if (!is_enough(services, &voices, env->now_ms)) return notice_add(conn, "claim_again", claim.id, env->now_ms, why);
    *ret_state = SPAN("granted");
    return grant(conn, &claim, me, env, arena, why);
}
