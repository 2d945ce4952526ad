// SPDX-License-Identifier: EUPL-1.2
/*
 * Leavers: one action ends all that a person may at an entity, an office or the whole node, says what it was, hands over to another, and
 * warns where nobody is left. A trial goes the same way and writes nothing.
 */
#include "service/access_private.h"
#include "service/act.h"

struct leaver {
    struct services *services;
    struct store_conn *conn;
    const struct leaving *leaving;
    const struct principal *by;
    const struct access_env *env;
    struct arena *arena;
    struct json_out *out;
    struct buf warnings_buf, handed_buf;
    struct json_out warnings, handed;
    struct span entity, office; // as parameters of statements: at == NULL for all
};

static void warn(struct leaver *l, const char *rule, const char *name, struct span what, const char *words) {
    json_out_object(&l->warnings);
    json_out_member_text(&l->warnings, "rule", rule);
    json_out_member_string(&l->warnings, name, what);
    json_out_member_text(&l->warnings, "words", words);
    json_out_object_end(&l->warnings);
}

static struct err change(struct leaver *l, enum statement statement, const struct value *params, size_t count, struct why *why) {
    return l->leaving->is_trial ? err_none() : store_write(l->conn, statement, params, count, NULL, why);
}

static bool is_node(const struct leaver *l) { return l->entity.at == NULL && l->office.at == NULL; }

// ---- at entities ---------------------------------------------------------------------------------------------------

// The same mandate for the one who takes over, where the one who ends this may give it.
static struct err hand_mandate(struct leaver *l, struct span id, struct why *why) {
    struct rows row;
    struct access_entity of;
    enum act_side side = SIDE_NONE;
    struct span made, entity;
    if (l->leaving->to_person.len == 0) return err_none();
    TRY(access_mandate_find(l->conn, id, l->arena, &row, why));
    entity = rows_span(&row, 0, 1);
    bool is_open = rows_at(&row, 0, 8)->type == VALUE_NULL;
    struct access_mandate_new next = {.person_id = l->leaving->to_person, .entity = entity, .scopes = (uint32_t)rows_int(&row, 0, 2),
                                      .from_ms = l->env->now_ms, .until_ms = is_open ? INSTANT_NONE : rows_int(&row, 0, 8),
                                      .ground = arena_printf(l->arena, "takes over mandate %.*s", SPAN_FMT(id)), .capacity = rows_span(&row, 0, 4),
                                      .procedures = rows_span(&row, 0, 5),
                                      .delegation = rows_int(&row, 0, 6) != 0 ? DELEGATE_YES : DELEGATE_NO};
    if (!is_open && next.until_ms <= l->env->now_ms) return err_none();
    const struct act_gift gift = {.scopes = next.scopes, .capacity = next.capacity, .procedures = next.procedures, .from_ms = next.from_ms,
                                  .until_ms = next.until_ms, .delegation = next.delegation};
    TRY(claim_entity(l->services, l->conn, entity, l->arena, &of, why));
    bool may = !is_err(act_may_give(l->by, &of, &gift, l->env->now_ms, &side, NULL)) &&
               !(side == SIDE_OFFICER && act_needs_second(l->services, l->env->now_ms));
    if (!may) {
        warn(l, "act.not_handed_over", "entity", entity, "You may not give this mandate to another; who manages the entity, or a claim, can.");
        return err_none();
    }
    if (!l->leaving->is_trial) TRY(access_mandate_grant(l->conn, &next, l->by->person_id, l->env, l->arena, &made, why));
    json_out_object(&l->handed);
    json_out_member_string(&l->handed, "mandate", id);
    json_out_member_string(&l->handed, "entity", entity);
    json_out_object_end(&l->handed);
    return err_none();
}

static struct err end_mandates(struct leaver *l, struct why *why) {
    struct value params[] = {value_text(l->leaving->person_id), value_text(l->entity)};
    struct rows own, firm;
    TRY(store_read(l->conn, STMT_ACT_MANDATE_OF_PERSON_AT, params, 2, l->arena, &own, why));
    TRY(store_read(l->conn, STMT_ACT_ASSIGNMENT_OF_PERSON_AT, params, 2, l->arena, &firm, why));
    json_out_name(l->out, "mandates");
    json_out_array(l->out);
    for (size_t i = 0; i < own.count + firm.count; i++) {
        bool is_own = i < own.count;
        const struct rows *rows = is_own ? &own : &firm;
        size_t row = is_own ? i : i - own.count;
        json_out_object(l->out);
        json_out_member_string(l->out, "id", rows_span(rows, row, 0));
        json_out_member_string(l->out, "entity", rows_span(rows, row, 1));
        json_out_member_string(l->out, "firm", is_own ? span_make(NULL, 0) : rows_span(rows, row, 3));
        json_out_object_end(l->out);
        if (is_own) TRY(hand_mandate(l, rows_span(rows, row, 0), why));
        if (is_own && !l->leaving->is_trial)
            TRY(access_mandate_revoke(l->conn, rows_span(rows, row, 0), l->by->person_id, l->env->now_ms, why));
        if (!is_own) {
            struct value end[] = {value_text(rows_span(rows, row, 0)), params[0], value_int(l->env->now_ms), value_text(l->by->person_id)};
            TRY(change(l, STMT_ACT_ASSIGNMENT_END, end, 4, why));
        }
    }
    json_out_array_end(l->out);
    struct value made[] = {params[0], params[1], value_int(l->env->now_ms), value_text(l->by->person_id)};
    TRY(change(l, STMT_ACT_INVITATION_OF_INVITER_END, made, 4, why));
    struct value claims[] = {made[0], made[1], made[2], made[3], value_text(SPAN("has left"))};
    return change(l, STMT_ACT_CLAIM_OF_PERSON_END, claims, 5, why);
}

// Where nobody is left who may file, or let others act. Asked before anything ends: the leaver herself does not count.
static struct err warn_of_entities(struct leaver *l, struct why *why) {
    struct value person = value_text(l->leaving->person_id);
    struct rows rows;
    TRY(store_read(l->conn, STMT_ACT_PERSON_ENTITIES, &person, 1, l->arena, &rows, why));
    for (size_t i = 0; i < rows.count; i++) {
        struct span entity = rows_span(&rows, i, 0);
        if (l->entity.at != NULL && !span_equals(entity, l->entity)) continue;
        const struct { uint32_t scope; const char *rule, *words; } LEFT[] = {
            {MANDATE_FILE, "act.nobody_files", "Nobody else may file for this entity."},
            {MANDATE_MANAGE, "act.nobody_manages", "Nobody else manages this entity: a new representative needs a claim."},
        };
        for (size_t k = 0; k < 2; k++) {
            struct value params[] = {value_text(entity), person, value_int(LEFT[k].scope), value_int(l->env->now_ms)};
            struct rows others;
            if (((uint32_t)rows_int(&rows, i, 1) & LEFT[k].scope) == 0) continue;
            TRY(store_read(l->conn, STMT_ACT_OTHERS_WHO_MAY, params, 4, l->arena, &others, why));
            bool is_handed = l->leaving->to_person.len > 0 && l->entity.at != NULL;
            if (rows_int(&others, 0, 0) == 0 && !is_handed) warn(l, LEFT[k].rule, "entity", entity, LEFT[k].words);
        }
    }
    return err_none();
}

static struct err leave_firms(struct leaver *l, struct why *why) {
    struct value person = value_text(l->leaving->person_id);
    struct rows rows, counts;
    TRY(store_read(l->conn, STMT_ACT_FIRM_OF_PERSON, &person, 1, l->arena, &rows, why));
    json_out_name(l->out, "firms");
    json_out_array(l->out);
    for (size_t i = 0; i < rows.count; i++) {
        struct value firm = value_text(rows_span(&rows, i, 0));
        json_out_string(l->out, firm.bytes);
        TRY(store_read(l->conn, STMT_ACT_MEMBER_COUNT, &firm, 1, l->arena, &counts, why));
        if (rows_int(&rows, i, 2) != 0 && rows_int(&counts, 0, 1) <= 1)
            warn(l, "act.firm_unmanaged", "firm", firm.bytes, "Nobody else manages this firm.");
        struct value end[] = {firm, person, value_int(l->env->now_ms), value_text(l->by->person_id)};
        TRY(change(l, STMT_ACT_MEMBER_END, end, 4, why));
    }
    json_out_array_end(l->out);
    return err_none();
}

// ---- at offices ----------------------------------------------------------------------------------------------------

static struct err hand_role(struct leaver *l, const struct rows *roles, size_t i, struct why *why) {
    struct access_role_new role = {.person_id = l->leaving->to_person, .office = rows_span(roles, i, 1),
                                   .role = (enum access_role_kind)rows_int(roles, i, 2)};
    struct span made;
    struct why own = {0};
    if (l->leaving->to_person.len == 0) return err_none();
    if (is_err(sectors_split(rows_span(roles, i, 3), l->arena, &role.sectors, &role.sector_count))) return access_full(why);
    struct err e = l->leaving->is_trial ? err_none()
                                        : access_role_grant(l->services->access, l->conn, &role, l->by->person_id, l->env, l->arena, &made, &own);
    if (is_err(e)) {
        warn(l, "act.not_handed_over", "office", role.office, "The role was not handed over: the person has one there, or may not have it.");
        return err_none();
    }
    json_out_object(&l->handed);
    json_out_member_string(&l->handed, "office", role.office);
    json_out_object_end(&l->handed);
    return err_none();
}

static struct err end_roles(struct leaver *l, struct why *why) {
    struct value person = value_text(l->leaving->person_id);
    struct rows roles, others;
    TRY(store_read(l->conn, STMT_ACCESS_ROLE_OF_PERSON, &person, 1, l->arena, &roles, why));
    json_out_name(l->out, "roles");
    json_out_array(l->out);
    for (size_t i = 0; i < roles.count; i++) {
        struct span office = rows_span(&roles, i, 1);
        if (l->office.at != NULL && !span_equals(l->office, office)) continue;
        json_out_string(l->out, office);
        struct value params[] = {value_text(office), person};
        TRY(store_read(l->conn, STMT_ACT_ROLE_OTHERS, params, 2, l->arena, &others, why));
        if (rows_int(&others, 0, 0) == 0 && l->leaving->to_person.len == 0)
            warn(l, "act.nobody_in_office", "office", office, "Nobody else is an officer of this office.");
        if (!l->leaving->is_trial) TRY(access_role_revoke(l->conn, rows_span(&roles, i, 0), l->by->person_id, l->env->now_ms, why));
        TRY(hand_role(l, &roles, i, why));
    }
    json_out_array_end(l->out);
    return err_none();
}

static struct err end_turns(struct leaver *l, struct why *why) {
    struct value person = value_text(l->leaving->person_id), office = value_text(l->office), now = value_int(l->env->now_ms);
    struct value params[] = {person, office, now, value_text(l->leaving->to_person.len > 0 ? l->leaving->to_person : span_make(NULL, 0))};
    bool is_handed = l->leaving->to_person.len > 0;
    struct span last = span_make(NULL, 0);
    struct rows turns;
    TRY(store_read(l->conn, STMT_ACT_TURN_OF_PERSON, params, 3, l->arena, &turns, why));
    json_out_name(l->out, "turns");
    json_out_array(l->out);
    for (size_t i = 0; i < turns.count; i++) {
        struct span of = rows_span(&turns, i, 0);
        json_out_object(l->out);
        json_out_member_string(l->out, "office", of);
        json_out_member_int(l->out, "step", rows_int(&turns, i, 1));
        json_out_member_string(l->out, "from", instant_text(l->arena, rows_int(&turns, i, 2)));
        json_out_member_string(l->out, "until", instant_text(l->arena, rows_int(&turns, i, 3)));
        json_out_object_end(l->out);
        if (last.at != NULL && span_equals(last, of)) continue;
        last = of;
        if (!is_handed) warn(l, "act.turns_empty", "office", of, "Her turns on call are empty now; please fill the rota.");
        struct value touch[] = {value_text(of), now, value_text(l->by->person_id)};
        TRY(change(l, STMT_ACT_ROTA_TOUCH, touch, 3, why));
    }
    json_out_array_end(l->out);
    if (is_handed) return change(l, STMT_ACT_TURN_HAND_OVER, params, 4, why);
    return change(l, STMT_ACT_TURN_DROP, params, 3, why);
}

// Cases that are hers at the desk: how many, since an administrator reads none. An officer hands them on, by a filing in each.
static struct err write_tasks(struct leaver *l, struct why *why) {
    struct value person = value_text(l->leaving->person_id);
    struct rows rows;
    TRY(store_read(l->conn, STMT_ACT_TASKS_OF_PERSON, &person, 1, l->arena, &rows, why));
    json_out_member_int(l->out, "cases", rows_int(&rows, 0, 0));
    if (rows_int(&rows, 0, 0) > 0) warn(l, "act.cases_owned", "person", person.bytes, "Open cases are assigned to her; please assign them to others.");
    return err_none();
}

// ---- all of it -----------------------------------------------------------------------------------------------------

static struct err write_open(struct leaver *l, struct why *why) {
    static const char *const NAMES[] = {"sessions", "tokens", "drafts", "claims"};
    struct value params[] = {value_text(l->leaving->person_id), value_int(l->env->now_ms)};
    struct rows rows;
    TRY(store_read(l->conn, STMT_ACT_PERSON_OPEN, params, 2, l->arena, &rows, why));
    json_out_name(l->out, "open");
    json_out_object(l->out);
    for (size_t i = 0; i < 4; i++) json_out_member_int(l->out, NAMES[i], rows_int(&rows, 0, i));
    json_out_object_end(l->out);
    return err_none();
}

// Leaves the node: her drafts end, nobody else can read them; then she is shut out.
static struct err leave_node(struct leaver *l, struct why *why) {
    struct value drafts[] = {value_text(l->leaving->person_id), value_int(l->env->now_ms)};
    struct rows person;
    TRY(access_person_need(l->conn, l->leaving->person_id, l->arena, &person, why));
    if (l->leaving->is_trial) return err_none();
    TRY(store_write(l->conn, STMT_ACT_DRAFT_EXPIRE, drafts, 2, NULL, why));
    return access_person_disable(l->conn, l->leaving->person_id, true, l->by->person_id, l->env->now_ms, why);
}

static struct err end_there(struct leaver *l, struct why *why) {
    if (is_node(l)) TRY(write_open(l, why));
    json_out_name(l->out, "ended");
    json_out_object(l->out);
    if (l->office.at == NULL) TRY(warn_of_entities(l, why));
    if (l->office.at == NULL) TRY(end_mandates(l, why));
    if (is_node(l)) TRY(leave_firms(l, why));
    if (l->entity.at == NULL) TRY(end_roles(l, why));
    if (l->entity.at == NULL) TRY(end_turns(l, why));
    if (l->entity.at == NULL) TRY(write_tasks(l, why));
    json_out_object_end(l->out);
    if (is_node(l)) return leave_node(l, why);
    if (l->leaving->is_trial) return err_none();
    return access_event_add(l->conn, l->leaving->person_id, "left", l->by->person_id, l->entity.at != NULL ? l->entity : l->office, l->env->now_ms,
                            why);
}

struct err leaver_end(struct services *services, struct store_conn *conn, const struct leaving *leaving, const struct principal *by,
                      const struct access_env *env, struct arena *arena, struct json_out *out, struct why *why) {
    struct leaver l = {.services = services, .conn = conn, .leaving = leaving, .by = by, .env = env, .arena = arena, .out = out};
    l.entity = leaving->entity.len > 0 ? leaving->entity : span_make(NULL, 0);
    l.office = leaving->office.len > 0 ? leaving->office : span_make(NULL, 0);
    if (span_equals(leaving->person_id, leaving->to_person))
        return why_set(why, ERR_INPUT, "/to", "act.hand_over", NULL, "Who leaves can't take over.");
    buf_init(&l.warnings_buf, arena, LIMIT_JSON_BYTES);
    buf_init(&l.handed_buf, arena, LIMIT_JSON_BYTES);
    json_out_init(&l.warnings, &l.warnings_buf);
    json_out_init(&l.handed, &l.handed_buf);
    json_out_array(&l.warnings);
    json_out_array(&l.handed);
    json_out_object(out);
    json_out_member_string(out, "person", leaving->person_id);
    json_out_member_bool(out, "is_trial", leaving->is_trial);
    TRY(end_there(&l, why));
    json_out_array_end(&l.warnings);
    json_out_array_end(&l.handed);
    if (l.warnings_buf.is_failed || l.handed_buf.is_failed) return access_full(why);
    json_out_name(out, "handed_over");
    json_out_raw(out, buf_span(&l.handed_buf));
    json_out_name(out, "warnings");
    json_out_raw(out, buf_span(&l.warnings_buf));
    json_out_object_end(out);
    return err_none();
}
