// SPDX-License-Identifier: EUPL-1.2
#include "law/ceiling.h"

#include <inttypes.h>

#include "law/ceiling_private.h"
#include "law/condition.h"
#include "law/decimal.h"
#include "law/law_private.h"

static bool applies(const struct ceiling_row *row, const struct ceiling_question *question, const struct json *settings) {
    struct facts facts = {.subject = question->subject, .settings = settings, .received_ms = INSTANT_NONE};
    if (row->state.len > 0 && !span_equals(row->state, question->state)) return false;
    return is_valid_at(&row->validity, question->at) && condition_holds(row->when, &facts);
}

static void amounts_set(const struct ceiling_row *row, int64_t figure_cents, struct ceiling_answer *ret) {
    bool has_figure = figure_cents >= 0 && figure_cents <= CEILING_MAX_CENTS;
    bool counts = row->per_mille > 0 && has_figure && figure_cents > row->share_above_cents;
    if (row->per_mille > 0 && has_figure) ret->share_cents = figure_cents / 1000 * row->per_mille + figure_cents % 1000 * row->per_mille / 1000;
    ret->has_maximum = has_figure || row->per_mille == 0;
    ret->is_by_share = counts && ret->share_cents > row->amount_cents;
    ret->maximum_cents = ret->is_by_share ? ret->share_cents : row->amount_cents;
    if (row->minimum_part > 0) ret->minimum_cents = (ret->maximum_cents + row->minimum_part - 1) / row->minimum_part; // not below it by a cent
}

bool ceiling_find(const struct ceiling_question *question, struct span name, int64_t figure_cents, struct ceiling_answer *ret) {
    const struct ceiling_book *book = question->law->ceilings;
    const struct json *settings = clock_profile_of(question->law, question->state, question->at)->settings;
    for (size_t i = 0; book != NULL && i < book->count; i++) {
        const struct ceiling *ceiling = &book->ceilings[i];
        if (!span_equals(ceiling->id, name)) continue;
        for (size_t k = 0; k < ceiling->row_count; k++) {
            const struct ceiling_row *row = &ceiling->rows[k];
            if (!applies(row, question, settings)) continue;
            *ret = (struct ceiling_answer){.ceiling = ceiling->id, .row = row->id, .label = ceiling->label, .article = row->article,
                                           .certainty = row->certainty, .source = row->source, .figure = ceiling->figure, .state = row->state,
                                           .is_at_least = row->is_at_least, .amount_cents = row->amount_cents, .per_mille = row->per_mille,
                                           .share_cents = -1, .share_above_cents = row->share_above_cents, .minimum_cents = -1,
                                           .minimum_part = row->minimum_part, .has_none_before = row->has_none_before,
                                           .none_before = row->none_before,
                                           .is_barred = row->has_none_before && civil_compare(question->at, row->none_before) < 0};
            amounts_set(row, figure_cents, ret);
            return true;
        }
    }
    return false;
}

// --- in conditions ---

static int64_t cents_of(const struct json *value) {
    int64_t cents;
    if (json_is_null(value) || is_err(decimal_read(value, "", CEILING_MAX_CENTS, &cents, NULL))) return -1;
    return cents;
}

static bool found(const struct facts *facts, struct span name, struct ceiling_answer *ret) {
    struct ceiling_question question = {.law = facts->law, .state = facts->law_state, .at = facts->at, .subject = facts->subject};
    if (facts->law == NULL || !ceiling_find(&question, name, -1, ret)) return false;
    return ceiling_find(&question, name, cents_of(json_find(facts->fields, ret->figure)), ret);
}

bool ceiling_is_barred(const struct facts *facts, struct span name) {
    struct ceiling_answer answer;
    return found(facts, name, &answer) && answer.is_barred;
}

bool ceiling_is_passed(const struct facts *facts, struct span name, const struct json *amount, bool is_minimum) {
    struct ceiling_answer answer;
    int64_t cents = cents_of(amount);
    if (cents < 0 || !found(facts, name, &answer)) return false;
    return is_minimum ? answer.minimum_cents >= 0 && answer.has_maximum && cents < answer.minimum_cents : answer.has_maximum && cents > answer.maximum_cents;
}

bool ceiling_is_known(const struct law *law, struct span name) {
    for (size_t i = 0; law->ceilings != NULL && i < law->ceilings->count; i++)
        if (span_equals(law->ceilings->ceilings[i].id, name)) return true;
    return false;
}

// --- for those who ask ---

static void money_write(struct json_out *out, const char *name, int64_t cents, struct arena *arena) {
    if (cents < 0) {
        json_out_name(out, name);
        json_out_null(out);
    } else {
        json_out_member_string(out, name, decimal_text(arena, cents));
    }
}

static void answer_write(struct json_out *out, const struct ceiling_answer *answer, struct arena *arena) {
    json_out_object(out);
    json_out_member_string(out, "ceiling", answer->ceiling);
    json_out_member_string(out, "label", answer->label);
    json_out_member_string(out, "row", answer->row);
    json_out_member_string(out, "state", answer->state);
    json_out_member_string(out, "article", answer->article);
    json_out_member_string(out, "certainty", answer->certainty);
    json_out_member_string(out, "source", answer->source);
    json_out_member_string(out, "figure", answer->figure);
    money_write(out, "maximum", answer->has_maximum ? answer->maximum_cents : -1, arena);
    json_out_member_bool(out, "is_at_least", answer->is_at_least);
    json_out_member_text(out, "by", !answer->has_maximum ? "unknown" : answer->is_by_share ? "share" : "amount");
    money_write(out, "amount", answer->amount_cents, arena);
    json_out_member_int(out, "per_mille", answer->per_mille);
    money_write(out, "share", answer->share_cents, arena);
    money_write(out, "share_above", answer->share_above_cents, arena);
    money_write(out, "minimum", answer->has_maximum ? answer->minimum_cents : -1, arena);
    json_out_name(out, "none_before");
    if (answer->has_none_before) json_out_string(out, civil_text(arena, answer->none_before));
    else json_out_null(out);
    json_out_member_bool(out, "is_barred", answer->is_barred);
    json_out_object_end(out);
}

static struct err figure_read(const struct json *figures, const struct ceiling *ceiling, struct arena *arena, int64_t *ret, struct why *why) {
    const struct json *figure = json_find(figures, ceiling->figure);
    *ret = -1;
    if (json_is_null(figure)) return err_none();
    return decimal_read(figure, arena_text(arena, arena_printf(arena, "/figures/%.*s", SPAN_FMT(ceiling->figure))), CEILING_MAX_CENTS, ret, why);
}

struct err ceiling_answer_json(const struct ceiling_question *question, const struct json *asked, struct arena *arena, struct json_out *out,
                               struct why *why) {
    static const char *const MEMBERS[] = {"subject", "figures"};
    const struct ceiling_book *book = question->law->ceilings;
    struct ceiling_question own = *question;
    if (asked->type != JSON_OBJECT) return why_set(why, ERR_INPUT, "", "ceiling.form", "", "an object with subject and figures is expected");
    for (size_t i = 0; i < asked->count; i++) {
        bool is_known = span_is(asked->members[i].name, MEMBERS[0]) || span_is(asked->members[i].name, MEMBERS[1]);
        if (!is_known || asked->members[i].value.type != JSON_OBJECT)
            return why_set(why, ERR_INPUT, "", "ceiling.form", "", "subject and figures, each an object, are expected; not \"%.*s\"", SPAN_FMT(asked->members[i].name));
    }
    own.subject = json_get(asked, "subject");
    if (own.subject == NULL)
        return why_set(why, ERR_INPUT, "/subject", "ceiling.form", "", "facts on the entity, such as its class, are needed: a ceiling goes by them");
    for (size_t i = 0; i < own.subject->count; i++) {
        const struct json_member *fact = &own.subject->members[i];
        if (fact->value.type == JSON_STRING || fact->value.type == JSON_BOOL) continue;
        return why_set(why, ERR_INPUT, arena_text(arena, arena_printf(arena, "/subject/%.*s", SPAN_FMT(fact->name))), "ceiling.form", "",
                       "a fact on the entity is a text, or yes or no");
    }
    json_out_object(out);
    json_out_name(out, "ceilings");
    json_out_array(out);
    for (size_t i = 0; book != NULL && i < book->count; i++) {
        struct ceiling_answer answer;
        int64_t figure;
        TRY(figure_read(json_get(asked, "figures"), &book->ceilings[i], arena, &figure, why));
        if (!ceiling_find(&own, book->ceilings[i].id, figure, &answer)) continue;
        struct span key = arena_printf(arena, "ceilings.%.*s.label", SPAN_FMT(answer.ceiling));
        struct span label = own.lang.len > 0 && !span_is(own.lang, "en") ? law_word(own.law, own.state, key, own.lang) : span_make(NULL, 0);
        if (label.len > 0) answer.label = label;
        answer_write(out, &answer, arena);
    }
    json_out_array_end(out);
    json_out_object_end(out);
    return err_none();
}
