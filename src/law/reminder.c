// SPDX-License-Identifier: EUPL-1.2
#include "law/reminder.h"

#include "law/json_tree.h"
#include "law/law_private.h"
#include "law/procedure_private.h"

struct reminder_rule {
    struct span id, article;
    struct names procedures, duties, owed_by; // none: any
    int64_t offset_ms;                        // before: negative, of due; after: of due_latest
    bool is_after;
    struct span of; // "mandate", "recall"; at == NULL: a duty
    struct validity validity;
    const struct yaml *node;
};
struct reminder_list {
    struct span state; // "be"; empty for the Union's
    size_t count;
    struct reminder_rule rules[REMINDERS_MAX];
};
struct reminder_book {
    size_t count;
    struct reminder_list *lists; // the first is the Union's
};

static struct err reminder_offset(const struct yaml *row, struct reminder_rule *ret, struct why *why) {
    const struct yaml *before = yaml_get(row, "before"), *after = yaml_get(row, "after");
    if ((before == NULL) == (after == NULL))
        return yaml_refuse(row, why, "reminder.offset", "either before or after is expected, as \"24 h\"");
    ret->is_after = after != NULL;
    TRY(yaml_duration(before, -1, &ret->offset_ms, why));
    return yaml_duration(after, 1, &ret->offset_ms, why);
}

static struct err rule_load(struct arena *arena, const struct yaml *row, struct reminder_rule *ret, struct why *why) {
    TRY(yaml_only(row, "reminder of before after owed_by duties procedures article from to certainty", why));
    *ret = (struct reminder_rule){.node = row};
    TRY(yaml_need(row, "reminder", &ret->id, why));
    TRY(yaml_need(row, "article", &ret->article, why));
    TRY(yaml_names(arena, yaml_get(row, "owed_by"), &ret->owed_by, why));
    TRY(yaml_names(arena, yaml_get(row, "duties"), &ret->duties, why));
    TRY(yaml_names(arena, yaml_get(row, "procedures"), &ret->procedures, why));
    TRY(yaml_validity(row, &ret->validity, why));
    const struct yaml *of = yaml_get(row, "of");
    if (of == NULL) return reminder_offset(row, ret, why);
    bool is_known = of->type == YAML_SCALAR && (span_is(of->text, "mandate") || span_is(of->text, "recall"));
    if (!is_known || ret->procedures.count + ret->duties.count + ret->owed_by.count > 0)
        return yaml_refuse(row, why, "reminder.of", "of is mandate or recall, and then no duties, procedures or owed_by stand beside it");
    ret->of = of->text;
    return reminder_offset(row, ret, why);
}

static struct err rule_put(struct reminder_list *list, const struct reminder_rule *rule, struct why *why) {
    size_t i = 0;
    while (i < list->count && !span_equals(list->rules[i].id, rule->id)) i++;
    if (i == REMINDERS_MAX) return yaml_refuse(rule->node, why, "reminder.count", "at most %d reminders", REMINDERS_MAX);
    list->rules[i] = *rule;
    if (i == list->count) list->count++;
    return err_none();
}

static struct err off_read(const struct yaml *root, struct arena *arena, struct reminder_list *list, struct why *why) {
    struct names off;
    TRY(yaml_names(arena, yaml_get(root, "off"), &off, why));
    for (size_t i = 0; i < off.count; i++) {
        size_t k = 0;
        while (k < list->count && !span_equals(list->rules[k].id, off.items[i])) k++;
        if (k == list->count) return yaml_refuse(root, why, "reminder.off", "there is no reminder \"%.*s\"", SPAN_FMT(off.items[i]));
        memmove(&list->rules[k], &list->rules[k + 1], (--list->count - k) * sizeof list->rules[0]);
    }
    return err_none();
}

static struct err file_load(struct law *law, const struct yaml *root, struct reminder_list *list, struct why *why) {
    TRY(yaml_only(root, "title source checked_on off reminders certainty", why));
    TRY(off_read(root, law->arena, list, why));
    const struct yaml *rows = yaml_get(root, "reminders");
    if (rows != NULL && rows->type != YAML_SEQUENCE) return yaml_refuse(rows, why, "reminder.form", "a list of reminders is expected");
    for (size_t i = 0; rows != NULL && i < rows->count; i++) {
        struct reminder_rule rule;
        TRY(rule_load(law->arena, &rows->items[i], &rule, why));
        TRY(rule_put(list, &rule, why));
    }
    return err_none();
}

struct err reminders_load(struct law *law, struct why *why) {
    struct reminder_book *book = ARENA_NEW(law->arena, struct reminder_book);
    if (book == NULL) return err_make(ERR_MEMORY);
    law->reminders = book;
    book->lists = arena_take_array(law->arena, law_pack_count(law) + 1, sizeof *book->lists);
    if (book->lists == NULL) return err_make(ERR_MEMORY);
    struct reminder_list *base = &book->lists[book->count++];
    for (size_t i = 0; i < law_pack_count(law); i++) {
        const struct pack *pack = law_pack_at(law, i);
        const struct yaml *root = pack_file_root(pack, "reminders.yaml");
        if (root != NULL && pack->has_from && span_starts_with(pack->id, SPAN("eu/"))) TRY(file_load(law, root, base, why));
    }
    for (size_t i = 0; i < law_pack_count(law); i++) {
        const struct pack *pack = law_pack_at(law, i);
        const struct yaml *root = pack_file_root(pack, "reminders.yaml");
        if (root == NULL || !span_starts_with(pack->id, SPAN("national/"))) continue;
        struct reminder_list *own = &book->lists[book->count++];
        *own = *base;
        own->state = span_part(pack->id, 9, pack->id.len);
        TRY(file_load(law, root, own, why));
    }
    return err_none();
}

static const struct reminder_list *list_of(const struct law *law, struct span state) {
    const struct pack *pack = law_pack_of_state(law, state);
    for (size_t i = 1; pack != NULL && i < law->reminders->count; i++)
        if (span_equals(law->reminders->lists[i].state, span_part(pack->id, 9, pack->id.len))) return &law->reminders->lists[i];
    return &law->reminders->lists[0];
}

static bool names_fit(const struct names *names, struct span name) { return names->count == 0 || names_have(names, name); }

size_t reminder_moments(const struct law *law, struct span state, struct civil at, const struct reminder_duty *duty,
                        struct reminder_moment ret[REMINDERS_MAX]) {
    const struct reminder_list *list = list_of(law, state);
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++) {
        const struct reminder_rule *rule = &list->rules[i];
        int64_t from_ms = rule->is_after ? duty->due_latest_ms : duty->due_ms;
        if (!span_equals(rule->of, duty->of) || !is_valid_at(&rule->validity, at) || from_ms == INSTANT_NONE || !names_fit(&rule->procedures, duty->procedure) ||
            !names_fit(&rule->duties, duty->duty) || !names_fit(&rule->owed_by, duty->owed_by))
            continue;
        struct reminder_moment moment = {.reminder = rule->id, .when_ms = from_ms + rule->offset_ms, .is_after = rule->is_after};
        if (moment.when_ms <= duty->opened_ms) continue;
        size_t k = count++;
        for (; k > 0 && ret[k - 1].when_ms > moment.when_ms; k--) ret[k] = ret[k - 1];
        ret[k] = moment;
    }
    return count;
}

// --- check ---

static bool some_procedure_has(const struct law *law, struct span duty) {
    for (size_t i = 0; i < law->procedures->base_count; i++)
        for (size_t k = 0; k < law->procedures->base[i].duty_count; k++)
            if (span_equals(law->procedures->base[i].duties[k].id, duty)) return true;
    for (size_t s = 0; s < law->procedures->state_count; s++)
        for (size_t i = 0; i < law->procedures->states[s].count; i++)
            for (size_t k = 0; k < law->procedures->states[s].procedures[i].duty_count; k++)
                if (span_equals(law->procedures->states[s].procedures[i].duties[k].id, duty)) return true;
    return false;
}

static bool is_procedure(const struct law *law, struct span id) {
    for (size_t i = 0; i < law->procedures->base_count; i++)
        if (span_equals(law->procedures->base[i].id, id)) return true;
    return false;
}

void reminders_check(const struct law *law, struct buf *report, size_t *findings) {
    for (size_t l = 0; l < law->reminders->count; l++)
        for (size_t i = 0; i < law->reminders->lists[l].count; i++) {
            const struct reminder_rule *rule = &law->reminders->lists[l].rules[i];
            struct span wrong = span_make(NULL, 0);
            for (size_t k = 0; k < rule->duties.count; k++)
                if (!some_procedure_has(law, rule->duties.items[k])) wrong = rule->duties.items[k];
            for (size_t k = 0; k < rule->procedures.count; k++)
                if (!is_procedure(law, rule->procedures.items[k])) wrong = rule->procedures.items[k];
            if (wrong.at == NULL) continue;
            buf_printf(report, "%s:%u: no procedure has a duty or name \"%.*s\"\n", rule->node->file, rule->node->line, SPAN_FMT(wrong));
            (*findings)++;
        }
}
