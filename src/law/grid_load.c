// SPDX-License-Identifier: EUPL-1.2
/* Reading the grids: facts, effects and settings of all packs first, then the rows that name them. */
#include "law/decimal.h"
#include "law/grid_private.h"

size_t grid_fact_at(const struct grid_book *book, struct span name) {
    for (size_t i = 0; i < book->fact_count; i++)
        if (span_equals(book->facts[i].name, name)) return i;
    return GRID_FACTS_MAX;
}

size_t grid_effect_at(const struct grid_book *book, struct span name) {
    for (size_t i = 0; i < book->effect_count; i++)
        if (span_equals(book->effects[i].name, name)) return i;
    return GRID_EFFECTS_MAX;
}

static struct err list_of(const struct yaml *root, const char *name, const struct yaml **ret, struct why *why) {
    *ret = yaml_get(root, name);
    if (*ret != NULL && (*ret)->type != YAML_SEQUENCE) return yaml_refuse(*ret, why, "grid.form", "%s is a list", name);
    return err_none();
}

static struct err fact_load(struct law *law, const struct pack *pack, const struct yaml *row, struct why *why) {
    static const char *const KINDS[] = {"bool", "count", "money", "choice"};
    static const char *const TAKEN[] = {"types", "episodes", "planned", "earlier", "began_at", "settings", "effect", "from", "to", "type", "is_planned", "has_same_cause"};
    struct grid_book *book = law->grids;
    struct grid_fact fact = {.pack = pack, .words = yaml_get_text(row, "words")};
    struct span type, of = yaml_get_text(row, "of");
    size_t kind = 0;
    TRY(yaml_only(row, "fact type values of article certainty words", why));
    TRY(yaml_need(row, "fact", &fact.name, why));
    TRY(yaml_need(row, "type", &type, why));
    TRY(yaml_need(row, "article", &fact.article, why));
    TRY(yaml_names(law->arena, yaml_get(row, "values"), &fact.values, why));
    while (kind < 4 && !span_is(type, KINDS[kind])) kind++;
    if (kind == 4) return yaml_refuse(row, why, "grid.fact", "the type is bool, count, money or choice");
    fact.kind = (enum grid_kind)kind;
    if ((fact.kind == GRID_CHOICE) != (fact.values.count > 0)) return yaml_refuse(row, why, "grid.fact", "a choice, and nothing else, has values");
    if (of.at != NULL && !span_is(of, "episode")) return yaml_refuse(row, why, "grid.fact", "a fact is of an episode or of the incident");
    fact.is_of_episode = of.at != NULL;
    for (size_t i = 0; i < sizeof TAKEN / sizeof TAKEN[0]; i++)
        if (span_is(fact.name, TAKEN[i])) return yaml_refuse(row, why, "grid.fact", "%s has a meaning of its own", TAKEN[i]);
    if (grid_fact_at(book, fact.name) != GRID_FACTS_MAX || book->fact_count == GRID_FACTS_MAX)
        return yaml_refuse(row, why, "grid.fact", "%.*s is declared twice, or there are more than %d facts", SPAN_FMT(fact.name), GRID_FACTS_MAX);
    book->facts[book->fact_count++] = fact;
    return err_none();
}

static struct err effect_load(struct grid_book *book, const struct yaml *row, struct why *why) {
    struct grid_effect effect = {.words = yaml_get_text(row, "words")};
    TRY(yaml_only(row, "effect interrupts words", why));
    TRY(yaml_need(row, "effect", &effect.name, why));
    TRY(yaml_flag(row, "interrupts", false, &effect.interrupts, why));
    if (grid_effect_at(book, effect.name) != GRID_EFFECTS_MAX || book->effect_count == GRID_EFFECTS_MAX)
        return yaml_refuse(row, why, "grid.effect", "declared twice, or more than %d effects", GRID_EFFECTS_MAX);
    book->effects[book->effect_count++] = effect;
    return err_none();
}

static struct err setting_load(struct law *law, const struct yaml *row, struct why *why) {
    struct grid_book *book = law->grids;
    struct grid_setting setting = {0};
    struct span value;
    TRY(yaml_only(row, "setting values value article certainty", why));
    TRY(yaml_need(row, "setting", &setting.name, why));
    TRY(yaml_need(row, "value", &value, why));
    TRY(yaml_need(row, "article", &setting.article, why));
    TRY(yaml_names(law->arena, yaml_get(row, "values"), &setting.values, why));
    while (setting.value < setting.values.count && !span_equals(setting.values.items[setting.value], value)) setting.value++;
    if (setting.value == setting.values.count || book->setting_count == GRID_SETTINGS_MAX)
        return yaml_refuse(row, why, "grid.setting", "the value is none of values, or there are more than %d settings", GRID_SETTINGS_MAX);
    book->settings[book->setting_count++] = setting;
    return err_none();
}

static struct err declarations_load(struct law *law, const struct pack *pack, const struct yaml *root, struct why *why) {
    const struct yaml *facts, *effects, *settings;
    TRY(yaml_only(root, "grid article exhaustive types settings effects facts rows source checked_on", why));
    TRY(list_of(root, "facts", &facts, why));
    TRY(list_of(root, "effects", &effects, why));
    TRY(list_of(root, "settings", &settings, why));
    for (size_t i = 0; facts != NULL && i < facts->count; i++) TRY(fact_load(law, pack, &facts->items[i], why));
    for (size_t i = 0; effects != NULL && i < effects->count; i++) TRY(effect_load(law->grids, &effects->items[i], why));
    for (size_t i = 0; settings != NULL && i < settings->count; i++) TRY(setting_load(law, &settings->items[i], why));
    return err_none();
}

// --- rows ---

static struct err fact_named(const struct grid_book *book, const struct yaml *node, struct span name, size_t *ret, struct why *why) {
    *ret = grid_fact_at(book, name);
    return *ret == GRID_FACTS_MAX ? yaml_refuse(node, why, "grid.fact", "there is no fact \"%.*s\"", SPAN_FMT(name)) : err_none();
}

static struct err limit_load(const struct grid_book *book, const struct yaml *node, size_t fact, struct grid_limit *ret, struct why *why) {
    struct span amount = yaml_get_text(node, "amount"), percent = yaml_get_text(node, "percent"), of = yaml_get_text(node, "of");
    if ((amount.at != NULL) == (percent.at != NULL) || (percent.at != NULL) != (of.at != NULL))
        return yaml_refuse(node, why, "grid.limit", "a limit is an amount, or a percent of a fact");
    *ret = (struct grid_limit){.is_share = percent.at != NULL};
    bool is_money = book->facts[fact].kind == GRID_MONEY;
    if (ret->is_share) {
        TRY(fact_named(book, node, of, &ret->of, why));
        if (book->facts[ret->of].kind != book->facts[fact].kind || !decimal_parse(percent, 10000, &ret->percent_hundredths))
            return yaml_refuse(node, why, "grid.limit", "a percentage up to 100, of a fact of the same type, is expected");
        return err_none();
    }
    if (is_money ? !decimal_parse(amount, GRID_COUNT_MAX, &ret->amount) : !span_to_int(amount, &ret->amount) || ret->amount < 0 || ret->amount > GRID_COUNT_MAX)
        return yaml_refuse(node, why, "grid.limit", "\"%.*s\" is no amount", SPAN_FMT(amount));
    return err_none();
}

static struct err compare_load(const struct grid_book *book, const struct yaml *node, enum grid_order order, struct grid_compare *ret, struct why *why) {
    struct span name;
    TRY(yaml_only(node, "fact least_of amount percent of", why));
    TRY(yaml_need(node, "fact", &name, why));
    *ret = (struct grid_compare){.order = order};
    TRY(fact_named(book, node, name, &ret->fact, why));
    enum grid_kind kind = book->facts[ret->fact].kind;
    if (kind != GRID_COUNT && kind != GRID_MONEY) return yaml_refuse(node, why, "grid.compare", "%.*s is no figure", SPAN_FMT(name));
    const struct yaml *list = yaml_get(node, "least_of");
    ret->limit_count = list == NULL ? 1 : list->count;
    if (list != NULL && (list->type != YAML_SEQUENCE || list->count == 0 || list->count > GRID_LIMITS_MAX))
        return yaml_refuse(list, why, "grid.limit", "one to %d limits are expected", GRID_LIMITS_MAX);
    for (size_t i = 0; i < ret->limit_count; i++) TRY(limit_load(book, list == NULL ? node : &list->items[i], ret->fact, &ret->limits[i], why));
    return err_none();
}

static struct err test_load(const struct grid_book *book, const struct yaml_pair *pair, struct grid_condition *condition, struct why *why) {
    size_t fact = 0, value = 0;
    TRY(fact_named(book, &pair->value, pair->name, &fact, why));
    const struct grid_fact *known = &book->facts[fact];
    if (condition->test_count == GRID_TESTS_MAX || pair->value.type != YAML_SCALAR) return yaml_refuse(&pair->value, why, "grid.test", "at most %d values are expected", GRID_TESTS_MAX);
    bool is_yes = span_is(pair->value.text, "yes"), is_no = span_is(pair->value.text, "no");
    while (value < known->values.count && !span_equals(known->values.items[value], pair->value.text)) value++;
    if (known->kind == GRID_BOOL ? !is_yes && !is_no : known->kind != GRID_CHOICE || value == known->values.count)
        return yaml_refuse(&pair->value, why, "grid.test", "\"%.*s\" is no value of %.*s", SPAN_FMT(pair->value.text), SPAN_FMT(pair->name));
    condition->tests[condition->test_count].fact = fact;
    condition->tests[condition->test_count++].value = known->kind == GRID_BOOL ? (is_yes ? 1 : 0) : (int64_t)value;
    return err_none();
}

static struct err condition_load(const struct grid_book *book, const struct yaml *node, struct grid_condition *ret, struct why *why) {
    static const char *const ORDERS[] = {"over", "at_least", "below", "at_most"};
    const struct yaml *is = yaml_get(node, "is");
    if (is != NULL && is->type != YAML_MAPPING) return yaml_refuse(is, why, "grid.test", "is names facts and their values");
    for (size_t i = 0; is != NULL && i < is->count; i++) TRY(test_load(book, &is->pairs[i], ret, why));
    for (size_t i = 0; i < 4; i++) {
        const struct yaml *compare = yaml_get(node, ORDERS[i]);
        if (compare == NULL) continue;
        if (ret->compare_count == GRID_COMPARES_MAX) return yaml_refuse(compare, why, "grid.compare", "at most %d comparisons", GRID_COMPARES_MAX);
        TRY(compare_load(book, compare, (enum grid_order)i, &ret->compares[ret->compare_count++], why));
    }
    return err_none();
}

static struct err types_known(const struct law *law, const struct yaml *node, const struct names *types, struct why *why) {
    for (size_t i = 0; i < types->count; i++) {
        size_t k = 0;
        while (k < law->scope->type_count && !span_equals(law->scope->types[k].code, types->items[i])) k++;
        if (k == law->scope->type_count) return yaml_refuse(node, why, "grid.type", "there is no type \"%.*s\"", SPAN_FMT(types->items[i]));
    }
    return err_none();
}

static struct err duration_load(const struct yaml *node, struct grid_row *row, struct why *why) {
    const struct yaml *longer = yaml_get(node, "longer_than"), *lasting = yaml_get(node, "lasting");
    struct span summed = yaml_get_text(node, "summed_over");
    if (longer != NULL && lasting != NULL) return yaml_refuse(node, why, "grid.duration", "either longer_than or lasting");
    row->has_duration = longer != NULL || lasting != NULL;
    row->is_longer = longer != NULL;
    row->is_summed = summed.at != NULL;
    TRY(yaml_duration(longer != NULL ? longer : lasting, 1, &row->duration_ms, why));
    if ((row->is_summed && !span_is(summed, "week")) || ((row->has_duration || row->is_summed) && row->effects == 0) || (row->is_summed && !row->has_duration))
        return yaml_refuse(node, why, "grid.duration", "a duration is of effects; it is summed over a week or not at all");
    return err_none();
}

static struct err repeats_load(const struct yaml *node, struct grid_row *row, struct why *why) {
    if (node == NULL) return err_none();
    TRY(yaml_only(node, "at_least within_months", why));
    TRY(yaml_number(node, "at_least", 0, &row->repeats_at_least, why));
    TRY(yaml_number(node, "within_months", 0, &row->repeats_months, why));
    if (row->repeats_at_least < 2 || row->repeats_months < 1 || row->repeats_months > 120 || row->effects != 0)
        return yaml_refuse(node, why, "grid.repeats", "at least two incidents within some months, without effects, are expected");
    return err_none();
}

static struct err row_load(const struct law *law, const struct yaml *node, struct grid_row *row, struct why *why) {
    const struct grid_book *book = law->grids;
    struct names effects;
    TRY(yaml_only(node, "id types sectors article certainty words effects longer_than lasting summed_over repeats is over at_least below at_most unless from to", why));
    *row = (struct grid_row){.node = node, .certainty = yaml_get_text(node, "certainty")};
    TRY(yaml_need(node, "id", &row->id, why));
    TRY(yaml_need(node, "article", &row->article, why));
    TRY(yaml_need(node, "words", &row->words, why));
    TRY(yaml_names(law->arena, yaml_get(node, "types"), &row->types, why));
    TRY(yaml_names(law->arena, yaml_get(node, "sectors"), &row->sectors, why));
    TRY(yaml_names(law->arena, yaml_get(node, "effects"), &effects, why));
    TRY(types_known(law, node, &row->types, why));
    TRY(yaml_validity(node, &row->validity, why));
    for (size_t i = 0; i < effects.count; i++) {
        size_t effect = grid_effect_at(book, effects.items[i]);
        if (effect == GRID_EFFECTS_MAX) return yaml_refuse(node, why, "grid.effect", "there is no effect \"%.*s\"", SPAN_FMT(effects.items[i]));
        row->effects |= UINT32_C(1) << effect;
    }
    TRY(duration_load(node, row, why));
    TRY(repeats_load(yaml_get(node, "repeats"), row, why));
    TRY(condition_load(book, node, &row->when, why));
    const struct yaml *unless = yaml_get(node, "unless");
    row->has_unless = unless != NULL;
    if (unless != NULL) TRY(yaml_only(unless, "is over at_least below at_most", why));
    if (unless != NULL) TRY(condition_load(book, unless, &row->unless, why));
    if (row->effects == 0 && row->repeats_months == 0 && row->when.test_count + row->when.compare_count == 0)
        return yaml_refuse(node, why, "grid.row", "the row asks nothing");
    for (size_t i = 0; i < row->when.test_count; i++)
        if (row->effects == 0 && book->facts[row->when.tests[i].fact].is_of_episode)
            return yaml_refuse(node, why, "grid.row", "a fact of an episode is asked without effects");
    return err_none();
}

static struct err grid_load(struct law *law, const struct pack *pack, const struct yaml *root, struct why *why) {
    struct grid_book *book = law->grids;
    const struct yaml *rows;
    TRY(list_of(root, "rows", &rows, why));
    if (book->count == GRIDS_MAX || rows == NULL) return yaml_refuse(root, why, "grid.rows", "the list rows is missing");
    struct grid *grid = &book->grids[book->count++];
    *grid = (struct grid){.pack = pack, .is_national = span_starts_with(pack->id, SPAN("national/"))};
    TRY(yaml_need(root, "grid", &grid->title, why));
    TRY(yaml_need(root, "article", &grid->article, why));
    TRY(yaml_flag(root, "exhaustive", false, &grid->is_exhaustive, why));
    TRY(yaml_names(law->arena, yaml_get(root, "types"), &grid->types, why));
    TRY(types_known(law, root, &grid->types, why));
    if (grid->is_exhaustive != (grid->types.count > 0)) return yaml_refuse(root, why, "grid.types", "an exhaustive grid, and no other, names its types");
    grid->rows = arena_take_array(law->arena, rows->count, sizeof *grid->rows);
    if (grid->rows == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < rows->count; i++) {
        struct grid_row *row = &grid->rows[grid->row_count];
        TRY(row_load(law, &rows->items[i], row, why));
        for (size_t k = 0; k < grid->row_count; k++)
            if (span_equals(grid->rows[k].id, row->id)) return yaml_refuse(row->node, why, "grid.row", "%.*s stands twice", SPAN_FMT(row->id));
        grid->row_count++;
    }
    return err_none();
}

struct err grids_load(struct law *law, struct why *why) {
    law->grids = ARENA_NEW(law->arena, struct grid_book);
    if (law->grids == NULL) return err_make(ERR_MEMORY);
    for (int pass = 0; pass < 2; pass++) // declarations, rows
        for (size_t i = 0; i < law_pack_count(law); i++) {
            const struct pack *pack = law_pack_at(law, i);
            const struct yaml *root = pack_file_root(pack, "grid.yaml");
            bool is_law = pack->has_from || span_starts_with(pack->id, SPAN("national/")); // a pack of the Union without a date is a proposal
            if (root == NULL || !is_law) continue;
            TRY(pass == 0 ? declarations_load(law, pack, root, why) : grid_load(law, pack, root, why));
        }
    return err_none();
}
