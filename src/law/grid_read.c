// SPDX-License-Identifier: EUPL-1.2
/* The question as JSON: strictly read, each error names the member. */
#include "law/decimal.h"
#include "law/grid_private.h"

struct reader {
    struct grid_question *question;
    struct arena *arena;
    struct why *why;
};

static struct err refuse(const struct reader *reader, const char *field, const char *rule, const char *words) {
    return why_set(reader->why, ERR_INPUT, field, rule, "", "%s", words);
}

static const char *place(const struct reader *reader, const char *list, size_t i, struct span name) {
    struct span text = list == NULL ? arena_printf(reader->arena, "/%.*s", SPAN_FMT(name))
                                    : arena_printf(reader->arena, "/%s/%zu%s%.*s", list, i, name.len > 0 ? "/" : "", SPAN_FMT(name));
    return text.at == NULL ? "" : (const char *)text.at; // arena_printf ends it with NUL
}

static struct err instant_read(const struct reader *reader, const struct json *value, const char *field, int64_t *ret) {
    struct stamp stamp;
    if (value == NULL || value->type != JSON_STRING)
        return refuse(reader, field, "significance.instant", "a moment such as 2026-11-22T03:00:00+01:00 is expected");
    TRY(stamp_parse(value->string, reader->question->zone, field, &stamp, reader->why));
    *ret = stamp.ms;
    return err_none();
}

static struct err bool_read(const struct reader *reader, const struct json *value, const char *field, bool *ret) {
    if (value->type == JSON_BOOL) *ret = value->boolean;
    else if (value->type == JSON_STRING && (span_is(value->string, "yes") || span_is(value->string, "no"))) *ret = span_is(value->string, "yes");
    else return refuse(reader, field, "significance.bool", "yes or no is expected");
    return err_none();
}

static struct err value_read(const struct reader *reader, const struct grid_fact *fact, const struct json *value, const char *field,
                             struct grid_value *ret) {
    bool flag = false;
    struct grid_value read = {.is_known = true};
    if (json_is_null(value)) return err_none(); // not known
    switch (fact->kind) {
    case GRID_BOOL:
        TRY(bool_read(reader, value, field, &flag));
        read.number = flag ? 1 : 0;
        break;
    case GRID_MONEY: TRY(decimal_read(value, field, GRID_COUNT_MAX, &read.number, reader->why)); break;
    case GRID_COUNT:
        read.number = value->integer;
        if (value->type == JSON_STRING ? !span_to_int(value->string, &read.number) : value->type != JSON_INT)
            return refuse(reader, field, "significance.count", "a whole number is expected");
        if (read.number < 0 || read.number > GRID_COUNT_MAX) return refuse(reader, field, "significance.count", "the number is below zero or too large");
        break;
    case GRID_CHOICE:
        while ((size_t)read.number < fact->values.count && !(value->type == JSON_STRING && span_equals(value->string, fact->values.items[read.number]))) read.number++;
        if ((size_t)read.number == fact->values.count) return refuse(reader, field, "significance.choice", "this is none of the values");
        break;
    }
    *ret = read;
    return err_none();
}

// A member of the question, an episode or an earlier incident that is a declared fact; *ret_is_fact otherwise false.
static struct err fact_read(const struct reader *reader, const struct json_member *member, const char *field, struct grid_value *values,
                            bool *ret_is_fact) {
    size_t fact = grid_fact_at(reader->question->book, member->name);
    *ret_is_fact = fact != GRID_FACTS_MAX;
    return *ret_is_fact ? value_read(reader, &reader->question->book->facts[fact], &member->value, field, &values[fact]) : err_none();
}

static struct err types_read(struct reader *reader, const struct json *value) {
    struct grid_question *q = reader->question;
    const struct scope_book *scope = q->law->scope;
    if (json_is_null(value) || value->type != JSON_ARRAY || value->count == 0 || value->count > GRID_TYPES_MAX)
        return refuse(reader, "/types", "significance.types", "types names one to twelve types of entities (GET /api/v1/law/types)");
    for (size_t i = 0; i < value->count; i++) {
        size_t k = 0;
        while (k < scope->type_count && !(value->items[i].type == JSON_STRING && span_equals(scope->types[k].code, value->items[i].string))) k++;
        if (k == scope->type_count) return refuse(reader, place(reader, "types", i, SPAN("")), "significance.types", "there is no such type of entity");
        for (size_t n = 0; n < q->type_count; n++)
            if (q->types[n] == &scope->types[k]) return refuse(reader, place(reader, "types", i, SPAN("")), "significance.types", "the type stands twice");
        q->types[q->type_count++] = &scope->types[k];
    }
    return err_none();
}

static struct err list_open(const struct reader *reader, const struct json *value, const char *name, size_t max, bool *ret_is_there) {
    *ret_is_there = !json_is_null(value);
    if (!*ret_is_there) return err_none();
    struct span field = arena_printf(reader->arena, "/%s", name);
    if (value->type != JSON_ARRAY || value->count > max)
        return why_set(reader->why, ERR_INPUT, (const char *)field.at, "significance.list", "", "%s is a list of at most %zu", name, max);
    for (size_t i = 0; i < value->count; i++)
        if (value->items[i].type != JSON_OBJECT) return refuse(reader, place(reader, name, i, SPAN("")), "significance.list", "an object is expected");
    return err_none();
}

static struct err episode_read(struct reader *reader, const struct json *object, size_t i, struct grid_episode *ret) {
    const struct grid_question *q = reader->question;
    struct grid_episode episode = {.effect = GRID_EFFECTS_MAX, .type = GRID_TYPES_MAX, .period = {INSTANT_NONE, INSTANT_NONE}};
    for (size_t m = 0; m < object->count; m++) {
        const struct json_member *member = &object->members[m];
        const char *field = place(reader, "episodes", i, member->name);
        bool is_fact = false;
        if (span_is(member->name, "effect")) {
            if (member->value.type == JSON_STRING) episode.effect = grid_effect_at(q->book, member->value.string);
            if (episode.effect == GRID_EFFECTS_MAX) return refuse(reader, field, "significance.effect", "there is no such effect");
        } else if (span_is(member->name, "from")) {
            TRY(instant_read(reader, &member->value, field, &episode.period.from_ms));
        } else if (span_is(member->name, "to")) {
            if (!json_is_null(&member->value)) TRY(instant_read(reader, &member->value, field, &episode.period.to_ms));
        } else if (span_is(member->name, "is_planned")) {
            TRY(bool_read(reader, &member->value, field, &episode.is_planned));
        } else if (span_is(member->name, "type")) {
            for (size_t t = 0; t < q->type_count; t++)
                if (member->value.type == JSON_STRING && span_equals(q->types[t]->code, member->value.string)) episode.type = t;
            if (episode.type == GRID_TYPES_MAX) return refuse(reader, field, "significance.types", "the type is none of those in types");
        } else {
            TRY(fact_read(reader, member, field, episode.values, &is_fact));
            size_t fact = grid_fact_at(q->book, member->name);
            if (!is_fact || !q->book->facts[fact].is_of_episode) return refuse(reader, field, "significance.unknown", "an episode has no such member");
        }
    }
    if (episode.effect == GRID_EFFECTS_MAX || episode.period.from_ms == INSTANT_NONE)
        return refuse(reader, place(reader, "episodes", i, SPAN("")), "significance.episode", "an episode has an effect, and the moment from which it lasted");
    episode.is_going_on = episode.period.to_ms == INSTANT_NONE;
    if (episode.is_going_on) episode.period.to_ms = q->now_ms > episode.period.from_ms ? q->now_ms : episode.period.from_ms;
    if (episode.period.to_ms < episode.period.from_ms)
        return refuse(reader, place(reader, "episodes", i, SPAN("to")), "significance.period", "it can't have ended before it began");
    // What was said once for all episodes.
    for (size_t f = 0; f < q->book->fact_count; f++)
        if (!episode.values[f].is_known) episode.values[f] = q->values[f];
    *ret = episode;
    return err_none();
}

static struct err planned_read(struct reader *reader, const struct json *object, size_t i) {
    struct grid_question *q = reader->question;
    struct grid_period *period = &q->planned[q->planned_count];
    for (size_t m = 0; m < object->count; m++)
        if (!span_is(object->members[m].name, "from") && !span_is(object->members[m].name, "to"))
            return refuse(reader, place(reader, "planned", i, object->members[m].name), "significance.unknown", "a planned interruption has from and to");
    TRY(instant_read(reader, json_get(object, "from"), place(reader, "planned", i, SPAN("from")), &period->from_ms));
    TRY(instant_read(reader, json_get(object, "to"), place(reader, "planned", i, SPAN("to")), &period->to_ms));
    if (period->to_ms < period->from_ms) return refuse(reader, place(reader, "planned", i, SPAN("to")), "significance.period", "it can't end before it begins");
    q->planned_count++;
    return err_none();
}

static struct err earlier_read(struct reader *reader, const struct json *object, size_t i, struct grid_earlier *ret) {
    struct grid_earlier earlier = {.began_ms = INSTANT_NONE};
    for (size_t m = 0; m < object->count; m++) {
        const struct json_member *member = &object->members[m];
        const char *field = place(reader, "earlier", i, member->name);
        bool is_fact = true;
        if (span_is(member->name, "began_at")) TRY(instant_read(reader, &member->value, field, &earlier.began_ms));
        else if (span_is(member->name, "has_same_cause")) TRY(bool_read(reader, &member->value, field, &earlier.has_same_cause));
        else TRY(fact_read(reader, member, field, earlier.values, &is_fact));
        if (!is_fact) return refuse(reader, field, "significance.unknown", "an earlier incident has no such member");
    }
    if (earlier.began_ms == INSTANT_NONE)
        return refuse(reader, place(reader, "earlier", i, SPAN("began_at")), "significance.earlier", "an earlier incident says when it began");
    *ret = earlier;
    return err_none();
}

static struct err settings_read(struct reader *reader, const struct json *value) {
    struct grid_question *q = reader->question;
    for (size_t i = 0; i < q->book->setting_count; i++) q->settings[i] = q->book->settings[i].value;
    if (json_is_null(value)) return err_none();
    if (value->type != JSON_OBJECT) return refuse(reader, "/settings", "significance.setting", "an object of settings and values is expected");
    for (size_t m = 0; m < value->count; m++) {
        const char *field = place(reader, "settings", 0, value->members[m].name);
        size_t s = 0, v = 0;
        while (s < q->book->setting_count && !span_equals(q->book->settings[s].name, value->members[m].name)) s++;
        if (s == q->book->setting_count) return refuse(reader, field, "significance.setting", "there is no such setting");
        const struct names *values = &q->book->settings[s].values;
        while (v < values->count && !(value->members[m].value.type == JSON_STRING && span_equals(values->items[v], value->members[m].value.string))) v++;
        if (v == values->count) return refuse(reader, field, "significance.setting", "this is none of the setting's values");
        q->settings[s] = v;
    }
    return err_none();
}

static struct err members_read(struct reader *reader, const struct json *facts) {
    static const char *const OWN[] = {"types", "episodes", "planned", "earlier", "began_at", "settings"};
    struct grid_question *q = reader->question;
    for (size_t m = 0; m < facts->count; m++) {
        bool is_known = false;
        for (size_t i = 0; i < sizeof OWN / sizeof OWN[0]; i++) is_known = is_known || span_is(facts->members[m].name, OWN[i]);
        const char *field = place(reader, NULL, 0, facts->members[m].name);
        if (!is_known) TRY(fact_read(reader, &facts->members[m], field, q->values, &is_known));
        if (!is_known) return refuse(reader, field, "significance.unknown", "no grid asks for this (GET /api/v1/significance/facts)");
    }
    return err_none();
}

struct err grid_question_read(const struct law *law, const struct json *facts, struct span state, const struct zone *zone, struct civil at,
                              int64_t now_ms, struct arena *arena, struct grid_question *ret, struct why *why) {
    *ret = (struct grid_question){.law = law, .book = law->grids, .state = state, .zone = zone, .at = at, .now_ms = now_ms, .began_ms = INSTANT_NONE};
    struct reader reader = {.question = ret, .arena = arena, .why = why};
    if (facts->type != JSON_OBJECT) return refuse(&reader, "", "significance.facts", "one object with the facts is expected");
    const struct json *episodes = json_get(facts, "episodes"), *planned = json_get(facts, "planned"), *earlier = json_get(facts, "earlier");
    bool has_planned = false;
    TRY(types_read(&reader, json_get(facts, "types")));
    TRY(members_read(&reader, facts));
    TRY(settings_read(&reader, json_get(facts, "settings")));
    if (!json_is_null(json_get(facts, "began_at"))) TRY(instant_read(&reader, json_get(facts, "began_at"), "/began_at", &ret->began_ms));
    TRY(list_open(&reader, planned, "planned", GRID_PLANNED_MAX, &has_planned));
    for (size_t i = 0; has_planned && i < planned->count; i++) TRY(planned_read(&reader, &planned->items[i], i));
    TRY(list_open(&reader, episodes, "episodes", GRID_EPISODES_MAX, &ret->has_episodes));
    TRY(list_open(&reader, earlier, "earlier", GRID_EARLIER_MAX, &ret->has_earlier));
    ret->episodes = arena_take_array(arena, GRID_EPISODES_MAX, sizeof *ret->episodes);
    ret->earlier = arena_take_array(arena, GRID_EARLIER_MAX, sizeof *ret->earlier);
    if (ret->episodes == NULL || ret->earlier == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; ret->has_episodes && i < episodes->count; i++) TRY(episode_read(&reader, &episodes->items[i], i, &ret->episodes[ret->episode_count++]));
    for (size_t i = 0; ret->has_earlier && i < earlier->count; i++) TRY(earlier_read(&reader, &earlier->items[i], i, &ret->earlier[ret->earlier_count++]));
    for (size_t i = 0; i < ret->episode_count; i++)
        if (json_is_null(json_get(facts, "began_at")) && (ret->began_ms == INSTANT_NONE || ret->episodes[i].period.from_ms < ret->began_ms))
            ret->began_ms = ret->episodes[i].period.from_ms;
    return err_none();
}
