// SPDX-License-Identifier: EUPL-1.2
#include "law/retention.h"

enum { RULES_MAX = 512, PERIOD_MONTHS_MAX = 12 * 200, PERIOD_DAYS_MAX = 366 * 200 };

struct reading {
    struct arena *arena;
    struct retention_rule *rules;
    size_t count;
    struct why *why;
};

static struct err period_read(const struct yaml *keep, struct retention_rule *rule, struct why *why) {
    if (keep == NULL) return yaml_refuse(keep, why, "retention.keep", "keep is missing");
    if (keep->type == YAML_SCALAR && span_is(keep->text, "unknown")) return err_none();
    if (keep->type != YAML_MAPPING || keep->count != 1)
        return yaml_refuse(keep, why, "retention.keep", "keep is unknown, {years: N}, {months: N} or {days: N}");
    const struct yaml_pair *pair = &keep->pairs[0];
    int64_t number = 0;
    bool is_years = span_is(pair->name, "years"), is_months = span_is(pair->name, "months"),
         is_days = span_is(pair->name, "days");
    if (!(is_years || is_months || is_days) || pair->value.type != YAML_SCALAR ||
        !span_to_int(pair->value.text, &number) || number < 1 ||
        number > (is_days    ? PERIOD_DAYS_MAX
                  : is_years ? PERIOD_MONTHS_MAX / 12
                             : PERIOD_MONTHS_MAX))
        return yaml_refuse(&pair->value, why, "retention.keep",
                           "a number of years, months or days from 1 on is expected");
    rule->is_known = true;
    rule->months = is_days ? 0 : (int)number * (is_years ? 12 : 1);
    rule->days = is_days ? (int)number : 0;
    return err_none();
}

static struct err day_read(const struct yaml *row, const char *name, bool *has, struct civil *ret, struct why *why) {
    const struct yaml *day = yaml_get(row, name);
    *has = day != NULL;
    if (day == NULL || (day->type == YAML_SCALAR && civil_parse(day->text, ret))) return err_none();
    return yaml_refuse(day, why, "retention.date", "%s is a day such as 2026-11-22", name);
}

static bool name_is_known(struct span name) {
    static const char *const NAMES[] = {"procedure", "document",  "keep", "counted_from", "article",
                                        "source",    "certainty", "from", "to",           "checked_on"};
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++)
        if (span_is(name, NAMES[i])) return true;
    return false;
}

static struct err rule_read(struct reading *reading, const struct pack *pack, const struct yaml *row) {
    struct why *why = reading->why;
    struct retention_rule rule = {.pack = pack->id};
    if (row->type != YAML_MAPPING) return yaml_refuse(row, why, "retention.rule", "a rule is a mapping");
    for (size_t i = 0; i < row->count; i++)
        if (!name_is_known(row->pairs[i].name))
            return yaml_refuse(&row->pairs[i].value, why, "retention.name", "%.*s is not known here",
                               SPAN_FMT(row->pairs[i].name));
    rule.procedure = yaml_get_text(row, "procedure");
    rule.document = yaml_get_text(row, "document");
    rule.article = yaml_get_text(row, "article");
    rule.certainty = yaml_get_text(row, "certainty");
    struct span start = yaml_get_text(row, "counted_from");
    if (rule.procedure.len == 0 || rule.document.len == 0)
        return yaml_refuse(row, why, "retention.rule", "a rule names procedure and document, or \"*\"");
    if (rule.article.len == 0) return yaml_refuse(row, why, "retention.source", "a rule has an article");
    if (!span_is(start, "filed") && !span_is(start, "last_filing"))
        return yaml_refuse(row, why, "retention.counted_from", "counted_from is filed or last_filing");
    rule.counted_from = span_is(start, "filed") ? RETENTION_FROM_FILED : RETENTION_FROM_LAST_FILING;
    TRY(period_read(yaml_get(row, "keep"), &rule, why));
    TRY(day_read(row, "from", &rule.has_from, &rule.from, why));
    TRY(day_read(row, "to", &rule.has_to, &rule.to, why));
    if (reading->count == RULES_MAX) return yaml_refuse(row, why, "retention.limit", "more than %d rules", RULES_MAX);
    reading->rules[reading->count++] = rule;
    return err_none();
}

static struct err pack_read(struct reading *reading, const struct pack *pack) {
    const struct yaml *root = pack_file_root(pack, "retention.yaml");
    if (root == NULL) return err_none();
    const struct yaml *rows = yaml_get(root, "rules");
    if (rows == NULL || rows->type != YAML_SEQUENCE)
        return yaml_refuse(root, reading->why, "retention.rules", "the list rules is missing");
    for (size_t i = 0; i < rows->count; i++) TRY(rule_read(reading, pack, &rows->items[i]));
    return err_none();
}

static unsigned particular(const struct retention_rule *rule) { // how much it names
    bool is_national = span_starts_with(rule->pack, SPAN("national/"));
    return (is_national ? 4u : 0u) + (span_is(rule->procedure, "*") ? 0u : 2u) +
           (span_is(rule->document, "*") ? 0u : 1u);
}

// Stable, so that among equals the order of packs and files stays.
static void rules_sort(struct retention_rule *rules, size_t count) {
    for (size_t i = 1; i < count; i++) {
        struct retention_rule rule = rules[i];
        size_t at = i;
        for (; at > 0 && particular(&rules[at - 1]) < particular(&rule); at--) rules[at] = rules[at - 1];
        rules[at] = rule;
    }
}

struct err retention_rules_read(const struct law *law, struct span state, struct arena *arena,
                                struct retention_rules *ret, struct why *why) {
    struct reading reading = {.arena = arena, .why = why};
    reading.rules = arena_take_array(arena, RULES_MAX, sizeof *reading.rules);
    if (reading.rules == NULL) return why_set(why, ERR_MEMORY, NULL, "retention.memory", NULL, "no memory left");
    for (size_t i = 0; i < law_pack_count(law); i++) {
        const struct pack *pack = law_pack_at(law, i);
        // a pack of the Union without a date is a proposal, no law
        if (span_starts_with(pack->id, SPAN("eu/")) && pack->has_from) TRY(pack_read(&reading, pack));
    }
    const struct pack *national = state.len == 0 ? NULL : law_pack_of_state(law, state);
    if (national != NULL) TRY(pack_read(&reading, national));
    rules_sort(reading.rules, reading.count);
    *ret = (struct retention_rules){.count = reading.count, .rules = reading.rules};
    return err_none();
}

const struct retention_rule *retention_rule_for(const struct retention_rules *rules, struct span procedure,
                                                struct span document, struct civil at) {
    for (size_t i = 0; i < rules->count; i++) {
        const struct retention_rule *rule = &rules->rules[i];
        bool is_named = (span_is(rule->procedure, "*") || span_equals(rule->procedure, procedure)) &&
                        (span_is(rule->document, "*") || span_equals(rule->document, document));
        bool is_now = (!rule->has_from || civil_compare(rule->from, at) <= 0) &&
                      (!rule->has_to || civil_compare(at, rule->to) <= 0);
        if (is_named && is_now) return rule;
    }
    return NULL;
}

int64_t retention_over_ms(const struct retention_rule *rule, const struct zone *zone, int64_t start_ms) {
    if (!rule->is_known) return INSTANT_NONE;
    struct civil last = civil_add_months(zone_date(zone, start_ms), rule->months);
    return zone_day_start(zone, civil_from_days(civil_to_days(last) + rule->days + 1));
}
