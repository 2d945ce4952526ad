// SPDX-License-Identifier: EUPL-1.2
/* Reading clocks.yaml of the Union's packs and of the states, and the calendars. */
#include "law/clock.h"
#include "law/law_private.h"

struct clock_book {
    size_t calendar_count;
    struct calendar *calendars;
    struct clock_profile base;
    size_t state_count;
    struct state_profiles {
        struct clock_profile own, before; // before its law applies
    } *states;
};

enum { CLOCKS_MAX = 256 };

static struct err unit_load(const struct yaml *row, struct deadline_rule *ret, struct why *why) {
    static const char *const UNITS[] = {[DEADLINE_AT] = "at",    [DEADLINE_HOURS] = "h",       [DEADLINE_DAYS] = "d",
                                        [DEADLINE_WORKING_DAYS] = "wd", [DEADLINE_WEEKS] = "w", [DEADLINE_MONTHS] = "month",
                                        [DEADLINE_DATE] = "date"};
    struct span unit, roll = yaml_get_text(row, "roll");
    TRY(yaml_need(row, "unit", &unit, why));
    size_t found = 0;
    while (found < sizeof UNITS / sizeof UNITS[0] && !span_is(unit, UNITS[found])) found++;
    if (found == sizeof UNITS / sizeof UNITS[0])
        return yaml_refuse(row, why, "clock.unit", "unit: h, d, wd, w, month, date or at is expected");
    int64_t amount = 0;
    TRY(yaml_number(row, "amount", -1, &amount, why));
    if (amount < 0 && (found == DEADLINE_AT || found == DEADLINE_DATE)) amount = 0;
    if (amount < 0 || amount > 10000) return yaml_refuse(row, why, "clock.amount", "amount: 0 to 10000 is expected");
    *ret = (struct deadline_rule){.unit = (enum deadline_unit)found, .amount = (int32_t)amount, .is_noon_rolled = span_is(roll, "noon")};
    if (roll.len > 0 && !ret->is_noon_rolled) return yaml_refuse(row, why, "clock.roll", "roll: noon is all that is known");
    if (found != DEADLINE_DATE) return err_none();
    struct span date = yaml_get_text(row, "date");
    uint8_t whole[10] = "2000-";
    if (date.len == 5) memcpy(whole + 5, date.at, 5);
    if (date.len != 5 || !civil_parse(span_make(whole, sizeof whole), &ret->date))
        return yaml_refuse(row, why, "clock.date", "date: a day of the year like \"02-28\" is expected");
    return err_none();
}

static struct err row_load(struct arena *arena, const struct yaml *row, const struct clock *clock, struct clock_row *ret,
                           struct why *why) {
    TRY(yaml_only(row, "anchor amount unit date as article words when roll from to certainty", why));
    *ret = (struct clock_row){.node = row, .as = yaml_get_text(row, "as"), .words = yaml_get_text(row, "words")};
    TRY(yaml_need(row, "anchor", &ret->anchor, why));
    TRY(unit_load(row, &ret->rule, why));
    ret->article = yaml_get_text(row, "article");
    if (ret->article.len == 0) ret->article = clock->article;
    TRY(yaml_validity(row, &ret->validity, why));
    return condition_load(arena, yaml_get(row, "when"), NULL, &ret->when, why);
}

static struct err clock_load(struct arena *arena, const struct yaml *node, struct clock *ret, struct why *why) {
    TRY(yaml_only(node, "clock article take rows absent words from to certainty", why));
    struct clock out = {.node = node};
    TRY(yaml_need(node, "clock", &out.id, why));
    TRY(yaml_need(node, "article", &out.article, why));
    TRY(yaml_validity(node, &out.validity, why));
    TRY(yaml_flag(node, "absent", false, &out.is_absent, why));
    struct span take = yaml_get_text(node, "take");
    if (span_is(take, "earliest")) out.take = CLOCK_EARLIEST;
    else if (span_is(take, "readings")) out.take = CLOCK_READINGS;
    else if (take.len > 0 && !span_is(take, "first"))
        return yaml_refuse(node, why, "clock.take", "take: first, earliest or readings is expected");
    const struct yaml *rows = yaml_get(node, "rows");
    if ((rows == NULL) != out.is_absent || (rows != NULL && (rows->type != YAML_SEQUENCE || rows->count == 0)))
        return yaml_refuse(node, why, "clock.rows", "either rows or absent: yes is expected");
    size_t count = rows == NULL ? 0 : rows->count;
    if (count > CLOCK_READINGS_MAX / 2) return yaml_refuse(node, why, "clock.rows", "at most %d rows", CLOCK_READINGS_MAX / 2);
    struct clock_row *loaded = arena_take_array(arena, count + 1, sizeof *loaded);
    if (loaded == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < count; i++) TRY(row_load(arena, &rows->items[i], &out, &loaded[i], why));
    out.rows = loaded;
    out.row_count = count;
    *ret = out;
    return err_none();
}

static struct err correction_load(const struct yaml *node, struct clock_correction *ret, struct why *why) {
    TRY(yaml_only(node, "of fact effect as article certainty", why));
    *ret = (struct clock_correction){.node = node};
    TRY(yaml_need(node, "of", &ret->of, why));
    TRY(yaml_need(node, "fact", &ret->fact, why));
    TRY(yaml_need(node, "as", &ret->as, why));
    TRY(yaml_need(node, "article", &ret->article, why));
    struct span effect = yaml_get_text(node, "effect");
    ret->effect = span_is(effect, "extends") ? CLOCK_EXTENDS : CLOCK_SHOWN;
    if (ret->effect == CLOCK_SHOWN && !span_is(effect, "shown"))
        return yaml_refuse(node, why, "clock.effect", "effect: extends or shown is expected");
    return err_none();
}

// Settings of NODE over those in TARGET; only the Union's packs may bring new names.
static struct err settings_add(struct arena *arena, const struct yaml *node, bool may_declare, struct json *target, struct why *why) {
    struct json_tree tree = {.arena = arena};
    if (node != NULL && node->type != YAML_MAPPING) return yaml_refuse(node, why, "clock.setting", "names with values are expected");
    for (size_t i = 0; node != NULL && i < node->count; i++) {
        const struct yaml *value = &node->pairs[i].value;
        if (value->type != YAML_SCALAR) return yaml_refuse(value, why, "clock.setting", "one value is expected");
        if (!may_declare && json_find(target, node->pairs[i].name) == NULL)
            return yaml_refuse(value, why, "clock.setting", "there is no setting \"%.*s\"", SPAN_FMT(node->pairs[i].name));
        bool is_yes = !value->is_quoted && (span_is(value->text, "yes") || span_is(value->text, "true"));
        bool is_no = !value->is_quoted && (span_is(value->text, "no") || span_is(value->text, "false"));
        (void)json_tree_set(&tree, target, node->pairs[i].name, is_yes || is_no ? json_from_bool(is_yes) : json_from_string(value->text));
    }
    return tree.is_failed ? err_make(ERR_MEMORY) : err_none();
}

static struct err list_expect(const struct yaml *node, struct why *why) {
    return node == NULL || node->type == YAML_SEQUENCE ? err_none() : yaml_refuse(node, why, "clock.rows", "a list of rows is expected");
}

// A file of clocks beside clocks.yaml belongs to procedures of the state's own: it brings names that nobody has, and changes none.
static struct err only_adds(const struct yaml *root, const struct clock_profile *profile, struct why *why) {
    static const char *const NEVER[] = {"profile", "settings", "corrections"};
    const struct yaml *clocks = yaml_get(root, "clocks");
    for (size_t i = 0; i < sizeof NEVER / sizeof NEVER[0]; i++)
        if (yaml_get(root, NEVER[i]) != NULL) return yaml_refuse(root, why, "clock.adds", "%s: stands in the state's clocks.yaml alone; a file under clocks/ only adds clocks", NEVER[i]);
    TRY(list_expect(clocks, why));
    for (size_t i = 0; clocks != NULL && i < clocks->count; i++)
        for (size_t k = 0; k < profile->clock_count; k++)
            if (span_equals(profile->clocks[k].id, yaml_get_text(&clocks->items[i], "clock")))
                return yaml_refuse(&clocks->items[i], why, "clock.adds", "there is a clock \"%.*s\" already; a file under clocks/ replaces none", SPAN_FMT(profile->clocks[k].id));
    return err_none();
}

// Lays one file over PROFILE: clocks of the same name are replaced.
static struct err file_load(struct law *law, const struct yaml *root, bool is_base, struct clock_profile *profile, struct why *why) {
    TRY(yaml_only(root, "profile title source checked_on settings corrections clocks certainty", why));
    struct arena *arena = law->arena;
    struct json *settings = ARENA_NEW(arena, struct json);
    struct json_tree tree = {.arena = arena};
    if (settings == NULL) return err_make(ERR_MEMORY);
    *settings = profile->settings != NULL ? json_tree_copy(&tree, profile->settings) : json_object();
    TRY(settings_add(arena, yaml_get(root, "settings"), is_base, settings, why));
    profile->settings = settings;
    const struct yaml *clocks = yaml_get(root, "clocks"), *corrections = yaml_get(root, "corrections");
    TRY(list_expect(clocks, why));
    TRY(list_expect(corrections, why));
    size_t more = clocks == NULL ? 0 : clocks->count;
    struct clock *all = arena_take_array(arena, profile->clock_count + more + 1, sizeof *all);
    if (all == NULL) return err_make(ERR_MEMORY);
    size_t count = 0;
    for (size_t i = 0; i < more; i++, count++) {
        TRY(clock_load(arena, &clocks->items[i], &all[count], why));
        if (is_base && clock_find(profile, all[count].id, (struct civil){.year = 9999, .month = 1, .day = 1}) != NULL)
            return yaml_refuse(all[count].node, why, "clock.duplicate", "another pack has a clock of this name");
    }
    for (size_t i = 0; i < profile->clock_count; i++) {
        bool is_replaced = false;
        for (size_t k = 0; k < more; k++) is_replaced = is_replaced || span_equals(all[k].id, profile->clocks[i].id);
        if (!is_replaced) all[count++] = profile->clocks[i];
    }
    profile->clocks = all;
    profile->clock_count = count;
    if (corrections == NULL) return err_none();
    struct clock_correction *loaded = arena_take_array(arena, corrections->count + profile->correction_count + 1, sizeof *loaded);
    if (loaded == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < profile->correction_count; i++) loaded[i] = profile->corrections[i];
    for (size_t i = 0; i < corrections->count; i++)
        TRY(correction_load(&corrections->items[i], &loaded[profile->correction_count++], why));
    profile->corrections = loaded;
    return err_none();
}

static struct err calendars_load(struct law *law, struct clock_book *book, struct why *why) {
    const struct pack *pack = law_pack(law, SPAN("calendars"));
    size_t count = pack == NULL ? 0 : pack->file_count;
    book->calendars = arena_take_array(law->arena, count + 1, sizeof *book->calendars);
    if (book->calendars == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < count; i++) {
        if (yaml_get(pack->files[i].root, "calendar") == NULL) continue; // other tables of the same pack
        TRY(calendar_load(law->arena, pack->files[i].root, &book->calendars[book->calendar_count], why));
        book->calendar_count++;
    }
    return err_none();
}

struct err clocks_load(struct law *law, struct why *why) {
    struct clock_book *book = ARENA_NEW(law->arena, struct clock_book);
    if (book == NULL) return err_make(ERR_MEMORY);
    law->clocks = book;
    TRY(calendars_load(law, book, why));
    book->base.state = SPAN("");
    book->base.calendar = law_calendar(law, SPAN("eu"));
    book->states = arena_take_array(law->arena, law_pack_count(law) + 1, sizeof *book->states);
    if (book->states == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < law_pack_count(law); i++) {
        const struct pack *pack = law_pack_at(law, i);
        const struct yaml *root = pack_file_root(pack, "clocks.yaml");
        if (root != NULL && pack->has_from && span_starts_with(pack->id, SPAN("eu/"))) TRY(file_load(law, root, true, &book->base, why));
    }
    for (size_t i = 0; i < law_pack_count(law); i++) {
        const struct pack *pack = law_pack_at(law, i);
        if (!span_starts_with(pack->id, SPAN("national/"))) continue;
        struct state_profiles *profiles = &book->states[book->state_count++];
        profiles->before = book->base;
        profiles->before.state = span_part(pack->id, 9, pack->id.len);
        const struct calendar *own = law_calendar(law, profiles->before.state);
        if (own != NULL) profiles->before.calendar = own;
        profiles->own = profiles->before;
        const struct yaml *root = pack_file_root(pack, "clocks.yaml");
        if (root != NULL) TRY(file_load(law, root, false, &profiles->own, why));
        for (size_t k = 0; k < pack->file_count; k++) { // of procedures of its own
            if (!pack_file_is_under(&pack->files[k], "clocks/")) continue;
            TRY(only_adds(pack->files[k].root, &profiles->own, why));
            TRY(file_load(law, pack->files[k].root, false, &profiles->own, why));
        }
    }
    return err_none();
}

const struct calendar *law_calendar(const struct law *law, struct span id) {
    for (size_t i = 0; i < law->clocks->calendar_count; i++)
        if (span_equals(law->clocks->calendars[i].id, id)) return &law->clocks->calendars[i];
    return NULL;
}

const struct clock_profile *clock_profile_of(const struct law *law, struct span state, struct civil at) {
    const struct pack *pack = law_pack_of_state(law, state);
    for (size_t i = 0; pack != NULL && i < law->clocks->state_count; i++) {
        const struct state_profiles *profiles = &law->clocks->states[i];
        if (!span_equals(profiles->own.state, span_part(pack->id, 9, pack->id.len))) continue;
        return pack->has_from && civil_compare(at, pack->from) < 0 ? &profiles->before : &profiles->own;
    }
    return &law->clocks->base;
}
