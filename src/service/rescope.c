// SPDX-License-Identifier: EUPL-1.2
/*
 * Entries that the law of a day sees otherwise than the register: who would come in, go out or change class, and by which rules. It
 * only tells; each change is a decision in the entity's own case.
 */
#include "law/procedure.h"
#include "law/scope.h"
#include "service/access.h"
#include "service/entity.h"
#include "service/gate_entity.h"
#include "service/registry.h"

struct rescoping {
    struct json_out *out;
    struct services *services;
    struct store_conn *conn;
    const struct principal *principal;
    struct civil at;
    int64_t now_ms;
    struct buf versions;
    struct why *why;
};

enum { ROW_ID, ROW_NAME, ROW_STATUS, ROW_CLASS, ROW_VERSION, ROW_PROFILE, ROW_CASE };

// NULL: as the register has it.
static const char *change_of(struct span status, struct span class, const struct scope_answer *answer, bool is_known) {
    bool is_pending = span_is(status, "pending") || span_is(status, "incomplete"), is_on = span_is(status, "registered");
    if (!is_pending && !is_on) return NULL;
    if (!is_known || answer->class == ENTITY_UNDETERMINED) return is_on ? NULL : "undetermined";
    bool is_covered = answer->class != ENTITY_OUT;
    if (is_pending) return is_covered ? "enters" : "not_covered";
    if (!is_covered) return "leaves";
    return span_is(class, entity_class_name(answer->class)) ? NULL : "class";
}

static void write_reasons(struct rescoping *r, const struct scope_answer *answer) {
    json_out_name(r->out, "reasons");
    json_out_array(r->out);
    for (size_t i = 0; i < answer->rule_count; i++) {
        const struct scope_rule *rule = &answer->rules[i];
        if (!rule->is_certain) continue;
        json_out_object(r->out);
        json_out_member_string(r->out, "rule", rule->id);
        json_out_member_string(r->out, "article", rule->article);
        if (rule->type.len > 0) json_out_member_string(r->out, "type", rule->type);
        if (rule->effect.len > 0) json_out_member_string(r->out, "effect", rule->effect);
        if (rule->detail.len > 0) json_out_member_string(r->out, "detail", rule->detail);
        if (rule->certainty.len > 0) json_out_member_string(r->out, "certainty", rule->certainty);
        json_out_object_end(r->out);
    }
    json_out_array_end(r->out);
    json_out_name(r->out, "missing");
    json_out_array(r->out);
    for (size_t i = 0; i < answer->missing_count; i++) json_out_string(r->out, answer->missing[i].name);
    json_out_array_end(r->out);
}

static struct err look_at(struct rescoping *r, const struct rows *rows, size_t row, struct arena *arena) {
    struct json profile, facts;
    struct scope_answer answer = {0};
    if (is_err(json_parse(arena, rows_span(rows, row, ROW_PROFILE), &profile, NULL))) return err_none();
    TRY(entity_scope_facts(r->services, &profile, arena, &facts));
    bool is_known = !is_err(scope_answer_make(r->services->law, &facts, r->services->state, r->at, arena, &answer, NULL)), is_listed = true;
    const char *change = change_of(rows_span(rows, row, ROW_STATUS), rows_span(rows, row, ROW_CLASS), &answer, is_known);
    if (change == NULL) return err_none();
    TRY(gate_entity_is_listed(r->services, r->conn, r->principal, r->now_ms, rows_span(rows, row, ROW_ID), arena, &is_listed, r->why));
    if (!is_listed) return err_none();
    struct span class = !is_known ? SPAN("undetermined") : span_of(entity_class_name(answer.class));
    json_out_object(r->out);
    json_out_member_string(r->out, "entity", rows_span(rows, row, ROW_ID));
    json_out_member_string(r->out, "name", rows_span(rows, row, ROW_NAME));
    json_out_member_string(r->out, "case", rows_span(rows, row, ROW_CASE));
    json_out_member_string(r->out, "status", rows_span(rows, row, ROW_STATUS));
    json_out_member_string(r->out, "class", rows_span(rows, row, ROW_CLASS));
    json_out_member_string(r->out, "class_found", class);
    json_out_member_string(r->out, "change", span_of(change));
    write_reasons(r, &answer);
    json_out_object_end(r->out);
    buf_printf(&r->versions, "%.*s %lld %.*s\n", SPAN_FMT(rows_span(rows, row, ROW_ID)), (long long)rows_int(rows, row, ROW_VERSION), SPAN_FMT(class));
    return err_none();
}

struct err rescope_write(struct json_out *out, struct services *services, struct store_conn *conn, const struct principal *principal, struct civil at,
                         struct span after, size_t window, int64_t now_ms, struct arena *arena, struct why *why) {
    struct rescoping r = {.out = out, .services = services, .conn = conn, .principal = principal, .at = at, .now_ms = now_ms, .why = why};
    struct value params[] = {value_text(after.at == NULL ? SPAN("") : after), value_int((int64_t)window), value_text(procedure_of_register(services->law, services->state, at))};
    struct rows rows;
    struct arena one;
    struct err e = err_none();
    TRY(store_read(conn, STMT_REGISTRY_RESCOPE_PAGE, params, 3, arena, &rows, why));
    buf_init(&r.versions, arena, (window + 1) * 96);
    json_out_object(out);
    json_out_member_string(out, "at", civil_text(arena, at));
    json_out_name(out, "entities");
    json_out_array(out);
    arena_init(&one, 4 * 1024 * 1024);
    for (size_t i = 0; i < rows.count && !is_err(e); i++) {
        arena_reset(&one);
        e = look_at(&r, &rows, i, &one);
    }
    arena_fini(&one);
    TRY(e);
    struct hash hash = hash_sha256(buf_span(&r.versions));
    struct buf hex;
    buf_init(&hex, arena, 64);
    buf_add_hex(&hex, span_part(hash_span(&hash), 0, 16));
    json_out_array_end(out);
    json_out_member_string(out, "version", buf_span(&hex));
    json_out_member_int(out, "looked_at", (int64_t)rows.count);
    json_out_member_string(out, "next", rows.count == window ? rows_span(&rows, rows.count - 1, ROW_ID) : span_make(NULL, 0));
    json_out_object_end(out);
    return err_none();
}
