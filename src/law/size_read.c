// SPDX-License-Identifier: EUPL-1.2
/* Reading what the arithmetic of size needs: its rules from size.yaml, and the figures and relations among the facts. */
#include <stdio.h>

#include "law/decimal.h"
#include "law/size_private.h"

static const int64_t STAFF_MAX = INT64_C(100000000) * 100;      // a hundred million people
static const int64_t MONEY_MAX = INT64_C(1000000000000) * 100; // a million million euro
static const int64_t SHARE_MAX = SHARE_WHOLE;

// ---- rules ----

static struct err read_amount(const struct yaml *row, const char *name, bool is_needed, int64_t *ret, struct why *why) {
    *ret = SIZE_UNKNOWN;
    struct span text = yaml_get_text(row, name);
    if (text.at == NULL && !is_needed) return err_none();
    if (!decimal_parse(text, MONEY_MAX, ret)) return yaml_refuse(row, why, "size.amount", "%s: a figure is expected", name);
    return err_none();
}

static struct err step_words(struct arena *arena, struct size_step *step) {
    step->words_key = arena_printf(arena, "size.%.*s", SPAN_FMT(step->id));
    return step->words_key.at == NULL ? err_make(ERR_MEMORY) : err_none();
}

static struct err read_step(struct arena *arena, const struct yaml *rules, const char *name, struct size_step *ret, struct why *why) {
    const struct yaml *row = yaml_get(rules, name);
    *ret = (struct size_step){.id = yaml_get_text(row, "id"), .article = yaml_get_text(row, "article")};
    TRY(step_words(arena, ret));
    if (ret->id.len == 0 || ret->article.len == 0)
        return yaml_refuse(row != NULL ? row : rules, why, "size.rule", "rule %s needs id and article", name);
    return err_none();
}

static struct err read_ceilings(const struct yaml *list, struct size_rules *ret, struct why *why) {
    if (list == NULL || list->type != YAML_SEQUENCE || list->count == 0 || list->count > SIZE_CEILINGS_MAX)
        return yaml_refuse(list, why, "size.ceilings", "1 to %d ceilings are expected", (int)SIZE_CEILINGS_MAX);
    for (size_t i = 0; i < list->count; i++) {
        const struct yaml *row = &list->items[i];
        struct size_ceiling *c = &ret->ceilings[i];
        c->name = yaml_get_text(row, "size");
        c->article = yaml_get_text(row, "article");
        if (c->name.len == 0 || c->article.len == 0)
            return yaml_refuse(row, why, "size.ceilings", "a ceiling needs size and article");
        TRY(read_amount(row, "staff", true, &c->below_staff, why));
        TRY(read_amount(row, "turnover", true, &c->to_turnover, why));
        TRY(read_amount(row, "balance", true, &c->to_balance, why));
        const struct size_ceiling *before = i > 0 ? &ret->ceilings[i - 1] : NULL;
        if (before != NULL && (c->below_staff < before->below_staff || c->to_turnover < before->to_turnover ||
                               c->to_balance < before->to_balance))
            return yaml_refuse(row, why, "size.ceilings", "ceilings must ascend");
    }
    ret->ceiling_count = list->count;
    return err_none();
}

static struct err read_investors(struct arena *arena, const struct yaml *list, struct size_rules *ret, struct why *why) {
    if (list == NULL || list->type != YAML_SEQUENCE || list->count > SIZE_INVESTORS_MAX)
        return yaml_refuse(list, why, "size.investors", "at most %d investors are expected", (int)SIZE_INVESTORS_MAX);
    for (size_t i = 0; i < list->count; i++) {
        const struct yaml *row = &list->items[i];
        struct size_investor *v = &ret->investors[i];
        v->name = yaml_get_text(row, "kind");
        v->article = yaml_get_text(row, "article");
        if (v->name.len == 0 || v->article.len == 0)
            return yaml_refuse(row, why, "size.investors", "an investor needs kind and article");
        v->is_never_counted = span_is(yaml_get_text(row, "never_counted"), "yes");
        v->step = (struct size_step){.id = yaml_get_text(row, "id"), .article = v->article};
        TRY(step_words(arena, &v->step));
        TRY(read_amount(row, "investment_below", false, &v->investment_below, why));
        TRY(read_amount(row, "budget_below", false, &v->budget_below, why));
        TRY(read_amount(row, "inhabitants_below", false, &v->inhabitants_below, why));
    }
    ret->investor_count = list->count;
    return err_none();
}

struct err size_rules_load(struct arena *arena, const struct yaml *root, struct size_rules *ret, struct why *why) {
    *ret = (struct size_rules){0};
    TRY(read_ceilings(yaml_get(root, "ceilings"), ret, why));
    const struct yaml *largest = yaml_get(root, "largest"), *rules = yaml_get(root, "rules");
    ret->largest = yaml_get_text(largest, "size");
    ret->largest_step = (struct size_step){.id = SPAN("size"), .article = yaml_get_text(largest, "article"), .words_key = SPAN("size.size")};
    if (ret->largest.len == 0 || ret->largest_step.article.len == 0)
        return yaml_refuse(root, why, "size.largest", "largest: size and article are needed");
    TRY(read_amount(root, "partner_from_percent", true, &ret->partner_from, why));
    TRY(read_amount(root, "linked_above_percent", true, &ret->linked_above, why));
    TRY(read_step(arena, rules, "accounts", &ret->accounts, why));
    TRY(read_step(arena, rules, "two_years", &ret->two_years, why));
    TRY(read_step(arena, rules, "estimate", &ret->estimate, why));
    TRY(read_step(arena, rules, "autonomous", &ret->autonomous, why));
    TRY(read_step(arena, rules, "partner", &ret->partner, why));
    TRY(read_step(arena, rules, "linked", &ret->linked, why));
    TRY(read_step(arena, rules, "investor", &ret->investor, why));
    TRY(read_step(arena, rules, "independence", &ret->independence, why));
    TRY(read_investors(arena, yaml_get(root, "investors"), ret, why));
    const struct yaml *independence = yaml_get(root, "independence");
    ret->independence_fact = yaml_get_text(independence, "fact");
    ret->independence_switch = yaml_get_text(independence, "switch");
    return err_none();
}

// ---- facts ----

struct place { // where we are, for the reader of an error
    char pointer[112];
};

static struct place place_in(const struct place *at, const char *name) {
    struct place ret;
    (void)snprintf(ret.pointer, sizeof ret.pointer, "%.80s/%s", at->pointer, name);
    return ret;
}
static struct place place_item(const struct place *at, const char *name, size_t i) {
    struct place ret;
    (void)snprintf(ret.pointer, sizeof ret.pointer, "%.80s/%s/%zu", at->pointer, name, i);
    return ret;
}

static struct err read_figure(const struct json *object, const char *name, int64_t max, const struct place *at, int64_t *ret,
                              struct why *why) {
    *ret = SIZE_UNKNOWN;
    const struct json *value = json_get(object, name);
    if (json_is_null(value)) return err_none();
    struct place here = place_in(at, name);
    return decimal_read(value, here.pointer, max, ret, why);
}

static struct err read_figures(const struct json *object, const struct place *at, struct size_figures *ret, struct why *why) {
    TRY(read_figure(object, "staff", STAFF_MAX, at, &ret->value[SIZE_STAFF], why));
    TRY(read_figure(object, "turnover", MONEY_MAX, at, &ret->value[SIZE_TURNOVER], why));
    return read_figure(object, "balance", MONEY_MAX, at, &ret->value[SIZE_BALANCE], why);
}

static bool has_figures(const struct size_figures *f) {
    return f->value[SIZE_STAFF] != SIZE_UNKNOWN || f->value[SIZE_TURNOVER] != SIZE_UNKNOWN ||
           f->value[SIZE_BALANCE] != SIZE_UNKNOWN;
}

static struct err only_members(const struct json *object, const char *const *names, const struct place *at, struct why *why) {
    if (object->type != JSON_OBJECT)
        return why_set(why, ERR_INPUT, at->pointer, "fact.type", NULL, "an object is expected, not %s",
                       json_type_name(object->type));
    for (size_t i = 0; i < object->count; i++) {
        size_t n = 0;
        while (names[n] != NULL && !span_is(object->members[i].name, names[n])) n++;
        if (names[n] == NULL)
            return why_set(why, ERR_INPUT, at->pointer, "fact.unknown", NULL, "\"%.*s\" is not known here",
                           (int)(object->members[i].name.len < 64 ? object->members[i].name.len : 64),
                           (const char *)object->members[i].name.at);
    }
    return err_none();
}

// The periods of the list NAME, with room for one more.
static struct err read_accounts(const struct json *list, const char *name, const struct place *at, struct arena *arena, size_t *ret_count,
                                struct size_period **ret, struct why *why) {
    static const char *const NAMES[] = {"year", "staff", "turnover", "balance", NULL};
    struct place here = place_in(at, name);
    if (list->type != JSON_ARRAY || list->count == 0 || list->count >= SIZE_PERIODS_MAX)
        return why_set(why, ERR_INPUT, here.pointer, "fact.accounts", "SME 4", "a list of 1 to %d accounting periods is expected",
                       (int)SIZE_PERIODS_MAX - 1);
    struct size_period *periods = arena_take_array(arena, list->count + 1, sizeof *periods);
    if (periods == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < list->count; i++) {
        const struct json *row = &list->items[i];
        struct place item = place_item(at, name, i);
        TRY(only_members(row, NAMES, &item, why));
        const struct json *year = json_get(row, "year");
        if (year != NULL && year->type == JSON_INT) periods[i].year = year->integer;
        else if (year == NULL || year->type != JSON_STRING || !span_to_int(year->string, &periods[i].year)) periods[i].year = 0;
        if (periods[i].year < 1900 || periods[i].year > 2199)
            return why_set(why, ERR_INPUT, item.pointer, "fact.accounts", "SME 4", "each period needs its year");
        if (i > 0 && periods[i].year != periods[i - 1].year + 1)
            return why_set(why, ERR_INPUT, item.pointer, "fact.accounts", "SME 4(2)", "the years must follow each other, oldest first");
        TRY(read_figures(row, &item, &periods[i].own, why));
    }
    *ret = periods;
    *ret_count = list->count;
    return err_none();
}

// The periods that an object states: accounts, or those before (EARLIER) the one whose figures OWN it states; none where it states neither.
static struct err read_periods(const struct json *object, const struct size_figures *own, const struct place *at, struct arena *arena,
                               size_t *ret_count, struct size_period **ret, struct why *why) {
    const struct json *accounts = json_get(object, "accounts"), *earlier = json_get(object, "earlier");
    bool has_earlier = !json_is_null(earlier) && !(earlier->type == JSON_ARRAY && earlier->count == 0);
    struct place here = place_in(at, "earlier");
    *ret_count = 0;
    if (!json_is_null(accounts) && has_earlier)
        return why_set(why, ERR_INPUT, here.pointer, "fact.accounts", "SME 4", "give either accounts or earlier periods, not both");
    if (!json_is_null(accounts)) return read_accounts(accounts, "accounts", at, arena, ret_count, ret, why);
    if (!has_earlier) return err_none();
    TRY(read_accounts(earlier, "earlier", at, arena, ret_count, ret, why));
    (*ret)[*ret_count] = (struct size_period){.year = (*ret)[*ret_count - 1].year + 1, .own = *own};
    *ret_count += 1;
    return err_none();
}

static struct err read_control(const struct json *object, const struct place *at, enum size_control *ret, struct why *why) {
    static const char *const NAMES[] = {"none", "majority_votes", "appoints_management", "dominant_influence",
                                        "shareholder_agreement", "natural_person"};
    *ret = CONTROL_NONE;
    const struct json *value = json_get(object, "control");
    if (json_is_null(value)) return err_none();
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++)
        if (value->type == JSON_STRING && span_is(value->string, NAMES[i])) {
            *ret = (enum size_control)i;
            return err_none();
        }
    struct place here = place_in(at, "control");
    return why_set(why, ERR_INPUT, here.pointer, "fact.value", "SME 3(3)",
                   "one of none, majority_votes, appoints_management, dominant_influence, shareholder_agreement, "
                   "natural_person is expected");
}

// A condition of the exception that nobody stated can't be relied upon.
static struct err need_condition(int64_t limit, int64_t value, const char *name, const struct size_relation *r,
                                 const struct place *at, struct why *why) {
    if (limit == SIZE_UNKNOWN || value != SIZE_UNKNOWN) return err_none();
    struct place here = place_in(at, name);
    char article[96];
    (void)snprintf(article, sizeof article, "%.*s", SPAN_FMT(r->investor->article));
    return why_set(why, ERR_INPUT, here.pointer, "fact.needed", article, "the exception for this investor depends on it");
}

static struct err read_investor(const struct size_rules *rules, const struct json *object, const struct place *at,
                                struct size_relation *r, struct why *why) {
    TRY(read_figure(object, "investment", MONEY_MAX, at, &r->investment, why));
    TRY(read_figure(object, "budget", MONEY_MAX, at, &r->budget, why));
    TRY(read_figure(object, "inhabitants", STAFF_MAX * 100, at, &r->inhabitants, why));
    const struct json *value = json_get(object, "investor");
    if (json_is_null(value) || (value->type == JSON_STRING && span_is(value->string, "none"))) return err_none();
    for (size_t i = 0; i < rules->investor_count && value->type == JSON_STRING; i++)
        if (span_equals(value->string, rules->investors[i].name)) r->investor = &rules->investors[i];
    struct place here = place_in(at, "investor");
    if (r->investor == NULL)
        return why_set(why, ERR_INPUT, here.pointer, "fact.value", "SME 3(2)", "this kind of investor is not known");
    TRY(need_condition(r->investor->investment_below, r->investment, "investment", r, at, why));
    TRY(need_condition(r->investor->budget_below, r->budget, "budget", r, at, why));
    return need_condition(r->investor->inhabitants_below, r->inhabitants, "inhabitants", r, at, why);
}

struct reader {
    const struct size_rules *rules;
    struct arena *arena;
    size_t count; // relations read so far
    struct why *why;
};

static struct err read_relations(struct reader *reader, const struct json *list, const struct place *at, size_t depth,
                                 size_t *ret_count, struct size_relation **ret);

static bool is_yes(const struct json *object, const char *name) {
    return json_get_bool(object, name, false) || span_is(json_get_string(object, name), "yes");
}

static struct err read_ownership(const struct json *object, const struct place *at, struct size_relation *r, struct why *why) {
    struct span direction = json_get_string(object, "direction");
    struct place here = place_in(at, "direction");
    r->is_up = span_is(direction, "up");
    if (!r->is_up && !span_is(direction, "down"))
        return why_set(why, ERR_INPUT, here.pointer, "fact.value", "SME 3",
                       "\"up\" (holds a share in you) or \"down\" (you hold a share in it) is expected");
    TRY(read_figure(object, "capital", SHARE_MAX, at, &r->capital, why));
    TRY(read_figure(object, "votes", SHARE_MAX, at, &r->votes, why));
    TRY(read_control(object, at, &r->control, why));
    r->is_same_market = is_yes(object, "same_market");
    if (r->capital == SIZE_UNKNOWN && r->votes == SIZE_UNKNOWN && r->control == CONTROL_NONE)
        return why_set(why, ERR_INPUT, at->pointer, "fact.needed", "SME 3", "capital, votes or control must be stated");
    return err_none();
}

static struct err read_relation(struct reader *reader, const struct json *object, const struct place *at, size_t depth,
                                struct size_relation *r) {
    static const char *const NAMES[] = {"name",     "direction", "capital",    "votes",  "control",     "same_market",
                                        "investor", "investment", "budget",    "inhabitants", "staff",  "turnover",
                                        "balance",  "accounts",  "earlier",    "relations", NULL};
    struct why *why = reader->why;
    TRY(only_members(object, NAMES, at, why));
    if (++reader->count > SIZE_RELATIONS_MAX)
        return why_set(why, ERR_LIMIT, at->pointer, "fact.relations", NULL, "at most %d related enterprises are read",
                       (int)SIZE_RELATIONS_MAX);
    r->name = json_get_string(object, "name");
    if (r->name.len == 0) r->name = SPAN("a related enterprise");
    TRY(read_ownership(object, at, r, why));
    TRY(read_investor(reader->rules, object, at, r, why));
    TRY(read_figures(object, at, &r->figures, why));
    TRY(read_periods(object, &r->figures, at, reader->arena, &r->period_count, &r->periods, why));
    const struct json *relations = json_get(object, "relations");
    if (json_is_null(relations)) return err_none();
    return read_relations(reader, relations, at, depth + 1, &r->relation_count, &r->relations);
}

static struct err read_relations(struct reader *reader, const struct json *list, const struct place *at, size_t depth,
                                 size_t *ret_count, struct size_relation **ret) {
    struct place here = place_in(at, "relations");
    if (list->type != JSON_ARRAY)
        return why_set(reader->why, ERR_INPUT, here.pointer, "fact.type", "SME 6", "a list is expected, not %s",
                       json_type_name(list->type));
    if (depth > SIZE_DEPTH_MAX || list->count > SIZE_RELATIONS_MAX)
        return why_set(reader->why, ERR_LIMIT, here.pointer, "fact.relations", NULL,
                       "at most %d enterprises, %d levels deep, are read", (int)SIZE_RELATIONS_MAX, (int)SIZE_DEPTH_MAX);
    struct size_relation *relations = arena_take_array(reader->arena, list->count + 1, sizeof *relations);
    if (relations == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < list->count; i++) {
        struct place item = place_item(at, "relations", i);
        TRY(read_relation(reader, &list->items[i], &item, depth, &relations[i]));
    }
    *ret = relations;
    *ret_count = list->count;
    return err_none();
}

struct err size_read(const struct size_rules *rules, const struct json *facts, struct arena *arena, struct size_facts *ret,
                     struct why *why) {
    struct place top = {""};
    struct size_facts read = {.is_estimate = is_yes(facts, "estimate")};
    struct size_figures own;
    TRY(read_figures(facts, &top, &own, why));
    const struct json *relations = json_get(facts, "relations");
    if (!json_is_null(json_get(facts, "accounts")) && has_figures(&own))
        return why_set(why, ERR_INPUT, "/accounts", "fact.accounts", "SME 4",
                       "give either accounts or staff, turnover and balance, not both");
    TRY(read_periods(facts, &own, &top, arena, &read.period_count, &read.periods, why));
    if (read.period_count == 0) {
        read.periods = ARENA_NEW(arena, struct size_period);
        if (read.periods == NULL) return err_make(ERR_MEMORY);
        read.periods->own = own;
        read.period_count = 1;
    }
    struct reader reader = {.rules = rules, .arena = arena, .why = why};
    if (!json_is_null(relations))
        TRY(read_relations(&reader, relations, &top, 1, &read.relation_count, &read.relations));
    read.relation_total = reader.count;
    size_total(rules, &read);
    *ret = read;
    return err_none();
}
