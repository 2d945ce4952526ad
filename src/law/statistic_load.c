// SPDX-License-Identifier: EUPL-1.2
/* Loading statistics/NAME.yaml of all packs. */
#include "law/law_private.h"
#include "law/scope_private.h"
#include "law/statistic_private.h"

enum { BOOK_MAX = 64, LABEL_VALUES_MAX = 64 };

struct load_statistics {
    struct law *law;
    struct statistic_book *book;
    struct why *why;
};

static struct err value_load(struct load_statistics *l, const struct yaml *row, enum dimension_source source, struct dimension_value *ret) {
    TRY(yaml_only(row, "value label of when", l->why));
    TRY(yaml_need(row, "value", &ret->value, l->why));
    ret->label = yaml_get_text(row, "label");
    TRY(yaml_names(l->law->arena, yaml_get(row, "of"), &ret->of, l->why));
    if ((source == FROM_CONDITIONS) != (yaml_get(row, "when") != NULL))
        return yaml_refuse(row, l->why, "statistic.value", "when: belongs to the values of a dimension without from:, and to each");
    return condition_load(l->law->arena, yaml_get(row, "when"), &(struct name_lists){0}, &ret->when, l->why);
}

static struct err source_load(struct load_statistics *l, const struct yaml *from, struct dimension *d) {
    static const char *const SOURCES[] = {[FROM_CASE] = "case", [FROM_SUBJECT] = "subject", [FROM_DUTY] = "duty", [FROM_DUTY_STATUS] = "duty_status"};
    if (from == NULL) return err_none();
    if (from->type != YAML_MAPPING || from->count != 1) return yaml_refuse(from, l->why, "statistic.from", "from: one of case, subject, duty, duty_status is expected");
    for (size_t i = FROM_CASE; i <= FROM_DUTY_STATUS; i++)
        if (span_is(from->pairs[0].name, SOURCES[i])) d->source = (enum dimension_source)i;
    if (d->source == FROM_CONDITIONS) return yaml_refuse(from, l->why, "statistic.from", "from: one of case, subject, duty, duty_status is expected");
    d->from = from->pairs[0].value.text;
    return d->from.len > 0 ? err_none() : yaml_refuse(from, l->why, "statistic.from", "a name is expected");
}

static struct err dimension_load(struct load_statistics *l, const struct population *p, const struct yaml *row, struct dimension *d) {
    *d = (struct dimension){.under = -1, .node = row};
    TRY(yaml_only(row, "dimension label article certainty from values else under overlapping", l->why));
    TRY(yaml_need(row, "dimension", &d->name, l->why));
    TRY(yaml_need(row, "label", &d->label, l->why));
    TRY(yaml_need(row, "article", &d->article, l->why));
    d->certainty = yaml_get_text(row, "certainty");
    TRY(source_load(l, yaml_get(row, "from"), d));
    TRY(yaml_flag(row, "overlapping", false, &d->is_overlapping, l->why));
    const struct yaml *values = yaml_get(row, "values"), *other = yaml_get(row, "else");
    size_t count = values != NULL && values->type == YAML_SEQUENCE ? values->count : 0;
    if (d->source == FROM_CONDITIONS && count == 0) return yaml_refuse(row, l->why, "statistic.values", "values: with conditions, or from: is expected");
    d->values = arena_take_array(l->law->arena, count + 1, sizeof *d->values);
    if (d->values == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < count; i++) TRY(value_load(l, &values->items[i], d->source, &d->values[d->value_count++]));
    d->other = (struct dimension_value){.value = SPAN("unknown"), .label = SPAN("Not known")};
    if (other != NULL) {
        TRY(yaml_only(other, "value label", l->why));
        TRY(yaml_need(other, "value", &d->other.value, l->why));
        TRY(yaml_need(other, "label", &d->other.label, l->why));
    }
    struct span under = yaml_get_text(row, "under");
    for (size_t i = 0; under.len > 0 && i < p->dimension_count; i++)
        if (span_equals(p->dimensions[i].name, under)) d->under = (int)i;
    if (under.len > 0 && d->under < 0) return yaml_refuse(row, l->why, "statistic.under", "under: names a dimension before this one");
    return err_none();
}

static struct err measures_load(struct load_statistics *l, const struct yaml *rows, struct population *p) {
    size_t count = rows != NULL && rows->type == YAML_SEQUENCE ? rows->count : 0;
    if (count == 0 || count > STATISTIC_MEASURES) return yaml_refuse(p->node, l->why, "statistic.measures", "one to %d measures are expected", (int)STATISTIC_MEASURES);
    p->measures = arena_take_array(l->law->arena, count, sizeof *p->measures);
    if (p->measures == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < count; i++) {
        struct measure *m = &p->measures[p->measure_count++];
        TRY(yaml_only(&rows->items[i], "measure label article sum", l->why));
        TRY(yaml_need(&rows->items[i], "measure", &m->name, l->why));
        TRY(yaml_need(&rows->items[i], "label", &m->label, l->why));
        TRY(yaml_need(&rows->items[i], "article", &m->article, l->why));
        m->sum = yaml_get_text(yaml_get(&rows->items[i], "sum"), "case");
        if ((i == 0) != (m->sum.len == 0)) return yaml_refuse(&rows->items[i], l->why, "statistic.measures", "the first measure counts; the others have sum: {case: FACT}");
    }
    return err_none();
}

static struct err rule_load(const struct yaml *row, struct suppress_rule *ret, struct why *why) {
    TRY(yaml_only(row, "below width percent article certainty source checked_on", why));
    TRY(yaml_need(row, "article", &ret->article, why));
    ret->certainty = yaml_get_text(row, "certainty");
    TRY(yaml_number(row, "below", 0, &ret->below, why));
    TRY(yaml_number(row, "width", ret->below, &ret->width, why));
    TRY(yaml_number(row, "percent", 80, &ret->percent, why));
    if (ret->below < 0 || ret->below > 1000 || ret->width < 0 || ret->width > 1000 || ret->percent < 1 || ret->percent > 100)
        return yaml_refuse(row, why, "statistic.suppress", "below and width are 0 to 1000, percent is 1 to 100");
    return err_none();
}

static struct err population_load(struct load_statistics *l, const struct pack *pack, const struct yaml *root, struct population *p) {
    *p = (struct population){.pack = pack, .node = root};
    TRY(yaml_only(root, "population label article certainty of procedure counted select once_per opt_in suppress dimensions measures statistics source checked_on", l->why));
    TRY(yaml_need(root, "population", &p->name, l->why));
    TRY(yaml_need(root, "label", &p->label, l->why));
    TRY(yaml_need(root, "article", &p->article, l->why));
    struct span of = yaml_get_text(root, "of");
    p->unit = span_is(of, "duties") ? UNIT_DUTY : span_is(of, "entities") ? UNIT_ENTITY : UNIT_CASE;
    if (p->unit == UNIT_CASE && !span_is(of, "cases")) return yaml_refuse(root, l->why, "statistic.of", "of: cases, duties or entities is expected");
    p->procedure = yaml_get_text(root, "procedure");
    if ((p->unit == UNIT_ENTITY) != (p->procedure.len == 0)) return yaml_refuse(root, l->why, "statistic.of", "cases and duties are of a procedure, entities of none");
    const struct yaml *counted = yaml_get(root, "counted"), *once = yaml_get(root, "once_per"), *rows = yaml_get(root, "dimensions");
    if (counted != NULL) {
        TRY(yaml_only(counted, "by of", l->why));
        TRY(yaml_names(l->law->arena, yaml_get(counted, "of"), &p->documents, l->why));
        p->is_last = span_is(yaml_get_text(counted, "by"), "last");
    }
    if (p->unit != UNIT_ENTITY && p->documents.count == 0) return yaml_refuse(root, l->why, "statistic.counted", "counted: {by: first, of: [documents]} is expected");
    TRY(condition_load(l->law->arena, yaml_get(root, "select"), &(struct name_lists){0}, &p->select, l->why));
    if (once != NULL) {
        TRY(yaml_only(once, "above is article", l->why));
        TRY(yaml_need(once, "above", &p->once_per, l->why));
        TRY(yaml_need(once, "is", &p->once_is, l->why));
        if (yaml_get_text(once, "article").len == 0) return yaml_refuse(once, l->why, "statistic.once", "article is missing");
    }
    if (yaml_get(root, "suppress") == NULL) return yaml_refuse(root, l->why, "statistic.suppress", "suppress: is missing");
    TRY(rule_load(yaml_get(root, "suppress"), &p->rule, l->why));
    TRY(yaml_flag(root, "opt_in", false, &p->is_opt_in, l->why));
    if (p->is_opt_in && (p->rule.below < OPT_IN_LEAST || p->unit != UNIT_CASE))
        return yaml_refuse(root, l->why, "statistic.opt_in", "opt_in: cases are counted, and cells below %d are withheld at least", (int)OPT_IN_LEAST);
    size_t count = rows != NULL && rows->type == YAML_SEQUENCE ? rows->count : 0;
    if (count == 0 || count > STATISTIC_DIMENSIONS) return yaml_refuse(root, l->why, "statistic.dimensions", "one to %d dimensions are expected", (int)STATISTIC_DIMENSIONS);
    p->dimensions = arena_take_array(l->law->arena, count, sizeof *p->dimensions);
    if (p->dimensions == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < count; i++) {
        TRY(dimension_load(l, p, &rows->items[i], &p->dimensions[i]));
        p->dimension_count++;
    }
    return measures_load(l, yaml_get(root, "measures"), p);
}

static struct err statistic_table_load(struct load_statistics *l, const struct population *p, const struct yaml *row, struct statistic_table *t) {
    struct names by;
    TRY(yaml_only(row, "table label by", l->why));
    TRY(yaml_need(row, "table", &t->name, l->why));
    TRY(yaml_need(row, "label", &t->label, l->why));
    TRY(yaml_names(l->law->arena, yaml_get(row, "by"), &by, l->why));
    for (size_t i = 0; i < by.count; i++) {
        size_t d = 0;
        while (d < p->dimension_count && !span_equals(p->dimensions[d].name, by.items[i])) d++;
        if (d == p->dimension_count) return yaml_refuse(row, l->why, "statistic.table", "there is no dimension \"%.*s\"", SPAN_FMT(by.items[i]));
        if (t->by_count == STATISTIC_TABLE_DIMENSIONS) return yaml_refuse(row, l->why, "statistic.table", "at most %d dimensions", (int)STATISTIC_TABLE_DIMENSIONS);
        if (p->dimensions[d].is_overlapping && by.count > 1) return yaml_refuse(row, l->why, "statistic.table", "a dimension that overlaps stands alone");
        t->by[t->by_count++] = d;
    }
    return t->by_count > 0 ? err_none() : yaml_refuse(row, l->why, "statistic.table", "by: dimensions are expected");
}

static struct err statistic_load(struct load_statistics *l, const struct population *p, const struct yaml *row, struct statistic *s) {
    static const char *const KINDS[] = {[PERIOD_QUARTER] = "quarter", [PERIOD_HALF] = "half", [PERIOD_YEAR] = "year", [PERIOD_DAY] = "day"};
    *s = (struct statistic){.population = p, .node = row, .period = PERIOD_DAY};
    TRY(yaml_only(row, "statistic label article certainty period public tables", l->why));
    TRY(yaml_need(row, "statistic", &s->name, l->why));
    TRY(yaml_need(row, "label", &s->label, l->why));
    TRY(yaml_need(row, "article", &s->article, l->why));
    s->certainty = yaml_get_text(row, "certainty");
    struct span period = yaml_get_text(row, "period");
    bool is_known = false;
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++)
        if (span_is(period, KINDS[i])) s->period = (enum period_kind)i, is_known = true;
    if (!is_known || (p->unit == UNIT_ENTITY) != (s->period == PERIOD_DAY))
        return yaml_refuse(row, l->why, "statistic.period", "period: quarter, half or year is expected; for entities: day");
    TRY(yaml_flag(row, "public", false, &s->is_public, l->why));
    const struct yaml *rows = yaml_get(row, "tables");
    size_t count = rows != NULL && rows->type == YAML_SEQUENCE ? rows->count : 0;
    if (count == 0 || count > STATISTIC_TABLES) return yaml_refuse(row, l->why, "statistic.tables", "one to %d tables are expected", (int)STATISTIC_TABLES);
    s->tables = arena_take_array(l->law->arena, count, sizeof *s->tables);
    if (s->tables == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < count; i++) TRY(statistic_table_load(l, p, &rows->items[i], &s->tables[s->table_count++]));
    return err_none();
}

static struct err file_load(struct load_statistics *l, const struct pack *pack, const struct yaml *root) {
    struct statistic_book *book = l->book;
    if (book->population_count == BOOK_MAX) return yaml_refuse(root, l->why, "statistic.limit", "more than %d populations", (int)BOOK_MAX);
    struct population *p = &book->populations[book->population_count++];
    TRY(population_load(l, pack, root, p));
    const struct yaml *rows = yaml_get(root, "statistics");
    for (size_t i = 0; rows != NULL && rows->type == YAML_SEQUENCE && i < rows->count; i++) {
        if (book->statistic_count == BOOK_MAX) return yaml_refuse(root, l->why, "statistic.limit", "more than %d statistics", (int)BOOK_MAX);
        struct statistic *s = &book->statistics[book->statistic_count];
        TRY(statistic_load(l, p, &rows->items[i], s));
        if (law_statistic(l->law, s->name) != NULL) return yaml_refuse(s->node, l->why, "statistic.twice", "\"%.*s\" stands twice", SPAN_FMT(s->name));
        book->statistic_count++;
    }
    return err_none();
}

struct err statistics_load(struct law *law, struct why *why) {
    struct load_statistics l = {.law = law, .why = why};
    l.book = law->statistics = ARENA_NEW(law->arena, struct statistic_book);
    if (l.book == NULL) return err_make(ERR_MEMORY);
    l.book->populations = arena_take_array(law->arena, BOOK_MAX, sizeof *l.book->populations);
    l.book->statistics = arena_take_array(law->arena, BOOK_MAX, sizeof *l.book->statistics);
    if (l.book->populations == NULL || l.book->statistics == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < law->pack_count; i++) {
        const struct yaml *rule = yaml_get(pack_file_root(&law->packs[i], "statistics.yaml"), "suppress");
        struct suppress_rule own;
        if (rule != NULL) TRY(rule_load(rule, &own, why));
        for (size_t k = 0; k < law->packs[i].file_count; k++)
            if (pack_file_is_under(&law->packs[i].files[k], "statistics/")) TRY(file_load(&l, &law->packs[i], law->packs[i].files[k].root));
    }
    return err_none();
}

size_t law_statistic_count(const struct law *law) { return law->statistics->statistic_count; }
const struct statistic *law_statistic_at(const struct law *law, size_t index) { return &law->statistics->statistics[index]; }

const struct statistic *law_statistic(const struct law *law, struct span name) {
    for (size_t i = 0; i < law->statistics->statistic_count; i++)
        if (span_equals(law->statistics->statistics[i].name, name)) return &law->statistics->statistics[i];
    return NULL;
}

struct suppress_rule law_suppress_rule(const struct law *law, struct span state, const struct population *population) {
    const struct pack *pack = law_pack_of_state(law, state);
    const struct yaml *row = pack == NULL ? NULL : yaml_get(pack_file_root(pack, "statistics.yaml"), "suppress");
    struct suppress_rule rule;
    bool is_own = row != NULL && !is_err(rule_load(row, &rule, NULL));
    return is_own && !(population->is_opt_in && rule.below < population->rule.below) ? rule : population->rule;
}

bool law_type_place(const struct law *law, struct span code, struct span *ret_sector, struct span *ret_subsector) {
    size_t i = law->scope == NULL ? TYPES_MAX : book_type(law->scope, code);
    if (i == TYPES_MAX) return false;
    *ret_sector = law->scope->types[i].sector;
    *ret_subsector = law->scope->types[i].subsector;
    return true;
}
