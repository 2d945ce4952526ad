// SPDX-License-Identifier: EUPL-1.2
/* Reading one document of a procedure: its form, rules, moves, facts, flags and effects. */
#include "base/limits.h"
#include "law/office.h"
#include "law/operation.h"
#include "law/procedure_load.h"

// Rows of a list; absent: none. *ret has COUNT + 1 zeroed elements of SIZE.
struct err rows_begin(struct arena *arena, const struct yaml *rows, size_t size, void **ret, size_t *ret_count,
                             struct why *why) {
    if (rows != NULL && rows->type != YAML_SEQUENCE) return yaml_refuse(rows, why, "pack.rows", "a list of rows is expected");
    *ret_count = rows == NULL ? 0 : rows->count;
    *ret = arena_take_array(arena, *ret_count + 1, size);
    return *ret == NULL ? err_make(ERR_MEMORY) : err_none();
}

// HOME: of the set that the row stands in; empty: it stands in the document.
static struct err rule_load(const struct load *l, const struct yaml *row, struct span home, struct cross_rule *rule) {
    *rule = (struct cross_rule){.node = row};
    TRY(yaml_only(row, "rule article words fields refuse_when warn_when overridable from to certainty", l->why));
    TRY(yaml_need(row, "rule", &rule->id, l->why));
    TRY(yaml_need(row, "article", &rule->article, l->why));
    TRY(yaml_need(row, "words", &rule->words, l->why));
    TRY(yaml_names(l->arena, yaml_get(row, "fields"), &rule->fields, l->why));
    TRY(yaml_flag(row, "overridable", false, &rule->is_overridable, l->why));
    TRY(yaml_validity(row, &rule->validity, l->why));
    const struct yaml *refuse = yaml_get(row, "refuse_when"), *warn = yaml_get(row, "warn_when");
    rule->is_warning = warn != NULL;
    TRY(condition_load(l->arena, warn != NULL ? warn : refuse, l->lists, &rule->when, l->why));
    if (rule->when == NULL || (warn != NULL && refuse != NULL)) return yaml_refuse(row, l->why, "pack.missing", "refuse_when or warn_when is missing");
    if (rule->is_warning && rule->is_overridable) return yaml_refuse(row, l->why, "pack.rules", "a warning refuses nothing that could be overridden");
    if (home.len == 0) return err_none();
    rule->set_key = arena_printf(l->arena, "%.*s.rule.%.*s", SPAN_FMT(home), SPAN_FMT(rule->id));
    return rule->set_key.at == NULL ? err_make(ERR_MEMORY) : err_none();
}

// A row {use: NAME} stands for all rules of that set.
static struct err rules_load(const struct load *l, const struct yaml *rows, struct document *d) {
    struct span home = SPAN("");
    size_t room = 1;
    if (rows != NULL && rows->type != YAML_SEQUENCE) return yaml_refuse(rows, l->why, "pack.rows", "a list of rows is expected");
    for (size_t i = 0; rows != NULL && i < rows->count; i++) {
        const struct yaml *set = field_set_find(&l->context, yaml_get_text(&rows->items[i], "use"), &home);
        room += set != NULL && set->type == YAML_SEQUENCE ? set->count : 1;
    }
    d->rules = arena_take_array(l->arena, room, sizeof *d->rules);
    if (d->rules == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; rows != NULL && i < rows->count; i++) {
        const struct yaml *row = &rows->items[i];
        struct span use = yaml_get_text(row, "use");
        if (use.len == 0) {
            TRY(rule_load(l, row, SPAN(""), &d->rules[d->rule_count++]));
            continue;
        }
        TRY(yaml_only(row, "use", l->why));
        const struct yaml *set = field_set_find(&l->context, use, &home);
        if (set == NULL || set->type != YAML_SEQUENCE) return yaml_refuse(row, l->why, "field.set", "there is no set \"%.*s\" in this procedure", SPAN_FMT(use));
        struct span own = arena_printf(l->arena, "%.*s.set.%.*s", SPAN_FMT(home), SPAN_FMT(use));
        if (own.at == NULL) return err_make(ERR_MEMORY);
        for (size_t k = 0; k < set->count; k++) TRY(rule_load(l, &set->items[k], own, &d->rules[d->rule_count++]));
    }
    return err_none();
}

static struct err moves_load(const struct load *l, const struct yaml *rows, struct document *d) {
    void *at = NULL;
    TRY(rows_begin(l->arena, rows, sizeof *d->moves, &at, &d->move_count, l->why));
    d->moves = at;
    for (size_t i = 0; i < d->move_count; i++) {
        const struct yaml *row = &rows->items[i];
        d->moves[i].node = row;
        TRY(yaml_only(row, "to in when", l->why));
        TRY(yaml_need(row, "to", &d->moves[i].to, l->why));
        TRY(yaml_names(l->arena, yaml_get(row, "in"), &d->moves[i].from, l->why));
        TRY(condition_load(l->arena, yaml_get(row, "when"), l->lists, &d->moves[i].when, l->why));
    }
    return err_none();
}

// {fact: x, field: y} | {fact: x, case: y} | {fact: x, received: yes} | {fact: x, value: z} | {fact: x, clock: c}, with as: first, when: ..
static struct err facts_load(const struct load *l, const struct yaml *rows, struct document *d) {
    void *at = NULL;
    TRY(rows_begin(l->arena, rows, sizeof *d->facts, &at, &d->fact_count, l->why));
    d->facts = at;
    for (size_t i = 0; i < d->fact_count; i++) {
        const struct yaml *row = &rows->items[i];
        struct fact_row *fact = &d->facts[i];
        fact->node = row;
        TRY(yaml_only(row, "fact field case received value clock as for_all when", l->why));
        TRY(yaml_need(row, "fact", &fact->fact, l->why));
        TRY(yaml_flag(row, "for_all", false, &fact->is_for_all, l->why));
        TRY(condition_load(l->arena, yaml_get(row, "when"), l->lists, &fact->when, l->why));
        struct span as = yaml_get_text(row, "as");
        fact->is_first = span_is(as, "first");
        fact->is_added = span_is(as, "add");
        fact->is_removed = span_is(as, "remove");
        if (as.len > 0 && !fact->is_first && !fact->is_added && !fact->is_removed) return yaml_refuse(row, l->why, "pack.fact", "as: first, add or remove is expected");
        const struct yaml *value = yaml_get(row, "value");
        if (yaml_get(row, "field") != NULL) {
            fact->source = FACT_FIELD;
            fact->name = yaml_get_text(row, "field");
        } else if (yaml_get(row, "case") != NULL) {
            fact->source = FACT_CASE;
            fact->name = yaml_get_text(row, "case");
        } else if (yaml_get(row, "received") != NULL) {
            fact->source = FACT_RECEIVED;
        } else if (yaml_get(row, "clock") != NULL) {
            fact->source = FACT_CLOCK;
            fact->name = yaml_get_text(row, "clock");
        } else if (value != NULL && value->type == YAML_SCALAR) {
            fact->source = FACT_CONSTANT;
            bool is_yes = !value->is_quoted && span_is(value->text, "yes"), is_no = !value->is_quoted && span_is(value->text, "no");
            fact->constant = is_yes || is_no ? json_from_bool(is_yes) : json_from_string(value->text);
        } else {
            return yaml_refuse(row, l->why, "pack.fact", "one of field, case, received, clock or value is expected");
        }
    }
    return err_none();
}

static struct err flags_load(const struct load *l, const struct yaml *rows, struct document *d) {
    void *at = NULL;
    TRY(rows_begin(l->arena, rows, sizeof *d->flags, &at, &d->flag_count, l->why));
    d->flags = at;
    for (size_t i = 0; i < d->flag_count; i++) {
        const struct yaml *row = &rows->items[i];
        struct flag_row *flag = &d->flags[i];
        flag->node = row;
        TRY(yaml_only(row, "set clear for_all when", l->why));
        TRY(yaml_flag(row, "for_all", false, &flag->is_for_all, l->why));
        struct span set = yaml_get_text(row, "set"), clear = yaml_get_text(row, "clear");
        if ((set.len == 0) == (clear.len == 0)) return yaml_refuse(row, l->why, "pack.flag", "set or clear is expected");
        flag->is_set = set.len > 0;
        flag->flag = flag->is_set ? set : clear;
        TRY(condition_load(l->arena, yaml_get(row, "when"), l->lists, &flag->when, l->why));
    }
    return err_none();
}

static struct err effect_load(const struct load *l, const struct yaml *row, struct effect_row *effect) {
    *effect = (struct effect_row){.node = row};
    if (yaml_get(row, "do") != NULL) return operation_load(l, row, effect);
    TRY(yaml_only(row, "status class class_from message to words page link kind_from erase assign backup admit dismiss override rules case_entity downtime until add_parties remove_parties select_parties add_offices states others of preview party_state joined field case reversed article when certainty", l->why));
    TRY(yaml_need(row, "article", &effect->article, l->why));
    TRY(condition_load(l->arena, yaml_get(row, "when"), l->lists, &effect->when, l->why));
    TRY(yaml_flag(row, "reversed", false, &effect->is_reversed, l->why));
    effect->words = yaml_get_text(row, "words");
    TRY(yaml_names(l->arena, yaml_get(row, "party_state"), &effect->party_states, l->why));
    TRY(yaml_flag(row, "joined", false, &effect->is_to_joined, l->why));
    struct span to = yaml_get_text(row, "to"), text;
    if ((text = yaml_get_text(row, "status")).len > 0) {
        effect->kind = EFFECT_STATUS;
    } else if ((text = yaml_get_text(row, "class")).len > 0 || yaml_get(row, "class_from") != NULL) {
        effect->kind = EFFECT_CLASS;
        effect->field = yaml_get_text(row, "class_from");
    } else if ((text = yaml_get_text(row, "message")).len > 0) {
        effect->kind = EFFECT_MESSAGE;
        bool is_known = span_is(to, "entity") || span_is(to, "parties") || span_is(to, "opener") || office_kind_find(l->law, to) != NULL;
        if (!is_known) return yaml_refuse(row, l->why, "pack.effect", "to: a kind of office, opener, parties, or entity is expected");
        effect->office_kind = span_is(to, "entity") ? SPAN("") : to;
        if (effect->words.len == 0) return yaml_refuse(row, l->why, "pack.effect", "words are missing");
        TRY(yaml_flag(row, "page", false, &effect->is_page, l->why));
        if (effect->is_page && effect->office_kind.len == 0)
            return yaml_refuse(row, l->why, "pack.effect", "page: only an office has someone on duty");
    } else if ((text = yaml_get_text(row, "link")).len > 0) {
        effect->kind = EFFECT_LINK;
        effect->field = yaml_get_text(row, "field");
        TRY(yaml_flag(row, "case", false, &effect->is_from_case, l->why));
        effect->kind_field = yaml_get_text(row, "kind_from");
        if (effect->field.len == 0) return yaml_refuse(row, l->why, "pack.effect", "field: which names the other end is expected");
    } else if ((text = yaml_get_text(row, "assign")).len > 0) {
        effect->kind = EFFECT_ASSIGN;
        effect->field = yaml_get_text(row, "backup");
        if (effect->field.len == 0) return yaml_refuse(row, l->why, "pack.effect", "backup: the field that names her is expected");
    } else if ((text = yaml_get_text(row, "override")).len > 0) {
        bool is_asked = span_is(text, "asked");
        effect->kind = EFFECT_OVERRIDE;
        effect->field = yaml_get_text(row, "field");
        effect->kind_field = yaml_get_text(row, "rules");
        if (!is_asked && !span_is(text, "confirmed")) return yaml_refuse(row, l->why, "pack.effect", "override: asked or confirmed is expected");
        if (effect->field.len == 0 || is_asked != (effect->kind_field.len > 0))
            return yaml_refuse(row, l->why, "pack.effect", "field: which names the document (and rules:) or the request is expected");
    } else if ((text = yaml_get_text(row, "admit")).len > 0 || (text = yaml_get_text(row, "dismiss")).len > 0) {
        effect->kind = yaml_get(row, "admit") != NULL ? EFFECT_ADMIT : EFFECT_DISMISS;
        effect->field = text;
    } else if ((text = yaml_get_text(row, "erase")).len > 0) {
        effect->kind = EFFECT_ERASE;
        effect->field = yaml_get_text(row, "field");
        if (effect->field.len == 0) return yaml_refuse(row, l->why, "pack.effect", "field: the list of names is expected");
    } else if ((text = yaml_get_text(row, "case_entity")).len > 0) {
        effect->kind = EFFECT_CASE_ENTITY;
        if (!span_is(text, "none")) effect->field = text;
    } else if ((text = yaml_get_text(row, "downtime")).len > 0) {
        effect->kind = EFFECT_DOWNTIME;
        effect->field = yaml_get_text(row, "field");
        effect->until = yaml_get_text(row, "until");
        bool is_declared = span_is(text, "declared");
        if (!is_declared && !span_is(text, "withdrawn")) return yaml_refuse(row, l->why, "pack.effect", "downtime: declared or withdrawn is expected");
        if (is_declared != (effect->field.len > 0)) return yaml_refuse(row, l->why, "pack.effect", "field: of the beginning is expected where one is declared");
    } else if ((text = yaml_get_text(row, "add_parties")).len > 0 || (text = yaml_get_text(row, "remove_parties")).len > 0) {
        effect->kind = yaml_get(row, "add_parties") != NULL ? EFFECT_PARTY_ADD : EFFECT_PARTY_REMOVE;
        effect->field = text;
    } else if ((text = yaml_get_text(row, "select_parties")).len > 0) {
        effect->kind = EFFECT_PARTY_SELECT;
        effect->of = yaml_get_text(row, "of");
        effect->preview = yaml_get_text(row, "preview");
        effect->field = text;
    } else if ((text = yaml_get_text(row, "add_offices")).len > 0) {
        const struct office_kind *kind = office_kind_find(l->law, text);
        effect->kind = EFFECT_PARTY_OFFICES;
        effect->field = yaml_get_text(row, "states");
        TRY(yaml_flag(row, "others", false, &effect->is_of_others, l->why));
        if (kind == NULL && !span_is(text, "filer")) return yaml_refuse(row, l->why, "pack.effect", "add_offices: a kind of office, or filer, is expected");
    } else {
        return yaml_refuse(row, l->why, "pack.effect",
                           "one of status, class, class_from, message, link, erase, assign, admit, dismiss, case_entity, downtime, add_parties, remove_parties, select_parties, add_offices is expected");
    }
    effect->value = text;
    return err_none();
}

static struct err effects_load(const struct load *l, const struct yaml *rows, struct document *d) {
    void *at = NULL;
    TRY(rows_begin(l->arena, rows, sizeof *d->effects, &at, &d->effect_count, l->why));
    d->effects = at;
    for (size_t i = 0; i < d->effect_count; i++) TRY(effect_load(l, &rows->items[i], &d->effects[i]));
    return err_none();
}

// A list of roles; `offices` stands for all kinds of office of the node, `union` for them where it is the Union's. Kinds of the other node are
// left out, so that what is for both nodes can name those of both.
static struct err roles_load(const struct load *l, const struct yaml *node, struct names *ret) {
    struct names said;
    const struct office_kind *kinds;
    size_t count = office_kinds(l->law, &kinds);
    TRY(yaml_names(l->arena, node, &said, l->why));
    *ret = (struct names){.items = arena_take_array(l->arena, said.count + count + 1, sizeof *ret->items)};
    if (ret->items == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < said.count; i++) {
        bool is_union = span_is(said.items[i], "union"), is_all = is_union || span_is(said.items[i], "offices");
        const struct office_kind *kind = office_kind_find(l->law, said.items[i]);
        for (size_t k = 0; is_all && k < count; k++)
            if (kinds[k].is_of_union == l->is_of_union && (!is_union || l->is_of_union) && !names_have(ret, kinds[k].id)) ret->items[ret->count++] = kinds[k].id;
        if (is_all || (kind != NULL && kind->is_of_union != l->is_of_union) || names_have(ret, said.items[i])) continue;
        ret->items[ret->count++] = said.items[i];
    }
    return err_none();
}

// seen_by: [csirt, ca], or `offices` for all kinds of them. None: whoever sees the case.
static struct err seen_by_load(const struct load *l, const struct yaml *node, struct names *ret) {
    TRY(roles_load(l, node, ret));
    for (size_t i = 0; i < ret->count; i++)
        if (role_is_office(ret->items[i]) && office_kind_find(l->law, ret->items[i]) == NULL)
            return yaml_refuse(node, l->why, "pack.seen_by", "seen_by: offices, or a list of roles is expected");
    if (node != NULL && ret->count == 0) return yaml_refuse(node, l->why, "pack.seen_by", "seen_by: nobody would see it");
    return err_none();
}

// claim: what the holder of a claim token does with it. compare: {register attribute: field}.
static struct err claim_load(const struct load *l, const struct yaml *row, struct document *d) {
    static const char *const USES[] = {[CLAIM_OPENS] = "opens", [CLAIM_FILES] = "files", [CLAIM_TAKES] = "takes", [CLAIM_READS] = "reads", [CLAIM_INVITES] = "invites"};
    struct span use = yaml_get_text(row, "claim");
    for (size_t i = CLAIM_OPENS; i < sizeof USES / sizeof USES[0]; i++)
        if (span_is(use, USES[i])) d->claim = (enum claim_use)i;
    if (use.len > 0 && d->claim == CLAIM_NONE) return yaml_refuse(row, l->why, "pack.claim", "claim: opens, files, takes, reads or invites is expected");
    TRY(yaml_flag(row, "emergency", false, &d->is_emergency, l->why));
    if (d->is_emergency && d->claim != CLAIM_OPENS) return yaml_refuse(row, l->why, "pack.emergency", "only a document that opens a case without account (claim: opens) is the emergency report");
    TRY(roles_load(l, yaml_get(row, "intake"), &d->intake));
    const struct yaml *compare = yaml_get(row, "compare");
    if (compare == NULL) return err_none();
    if (compare->type != YAML_MAPPING) return yaml_refuse(compare, l->why, "pack.compare", "attributes of the register with fields are expected");
    d->compare = arena_take_array(l->arena, compare->count + 1, sizeof *d->compare);
    if (d->compare == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < compare->count; i++, d->compare_count++)
        d->compare[i] = (struct compare_row){.attribute = compare->pairs[i].name, .field = compare->pairs[i].value.text};
    return err_none();
}

// other_than: {field: request, document: lift_request, same: [hold], office: same}
static struct err other_load(const struct load *l, const struct yaml *row, struct document *d) {
    if (row == NULL) return err_none();
    TRY(yaml_only(row, "field document same office", l->why));
    struct span office = yaml_get_text(row, "office");
    d->is_other_of_office = span_is(office, "same");
    if (office.len > 0 && !d->is_other_of_office) return yaml_refuse(row, l->why, "pack.other_than", "office: same is expected");
    TRY(yaml_need(row, "field", &d->other_than, l->why));
    TRY(yaml_need(row, "document", &d->other_document, l->why));
    return yaml_names(l->arena, yaml_get(row, "same"), &d->other_same, l->why);
}

static struct err document_head(const struct load *l, const struct yaml *row, struct document *d) {
    TRY(yaml_only(row,
                  "document label help article marking by seen_by in opens entity repeatable attachments claim emergency intake compare when when_words withdraws parties_see public calendar other_than head "
                  "fields rules moves sets flags effects from to certainty",
                  l->why));
    TRY(yaml_need(row, "document", &d->id, l->why));
    TRY(yaml_need(row, "label", &d->label, l->why));
    TRY(yaml_need(row, "article", &d->article, l->why));
    d->help = yaml_get_text(row, "help");
    d->marking = yaml_get_text(row, "marking");
    d->marking_field = yaml_get_text(yaml_get(row, "marking"), "field");
    if (d->marking.len == 0) d->marking = SPAN("TLP:AMBER");
    d->when_words = yaml_get_text(row, "when_words");
    d->withdraws = yaml_get_text(row, "withdraws");
    TRY(other_load(l, yaml_get(row, "other_than"), d));
    TRY(yaml_flag(row, "head", false, &d->needs_head, l->why));
    TRY(roles_load(l, yaml_get(row, "by"), &d->by));
    if (d->by.count == 0) return yaml_refuse(row, l->why, "pack.missing", "by: who may file is missing");
    TRY(seen_by_load(l, yaml_get(row, "seen_by"), &d->seen_by));
    d->is_by_party = names_have(&d->by, SPAN("party"));
    if (d->is_by_party && d->by.count > 1) return yaml_refuse(row, l->why, "pack.parties", "what a party files nobody else does: by: [party]");
    const struct yaml *see = yaml_get(row, "parties_see");
    if (see != NULL && see->type == YAML_MAPPING) TRY(condition_load(l->arena, see, l->lists, &d->parties_see_when, l->why));
    else TRY(yaml_flag(row, "parties_see", false, &d->parties_see, l->why));
    d->parties_see = d->parties_see || d->parties_see_when != NULL;
    TRY(yaml_names(l->arena, yaml_get(row, "in"), &d->in, l->why));
    TRY(yaml_flag(row, "opens", false, &d->may_open, l->why));
    TRY(yaml_flag(row, "repeatable", false, &d->is_repeatable, l->why));
    struct span entity = yaml_get_text(row, "entity");
    d->needs_entity = !span_is(entity, "optional");
    if (entity.len > 0 && d->needs_entity && !span_is(entity, "required"))
        return yaml_refuse(row, l->why, "pack.entity", "entity: required or optional is expected");
    int64_t attachments;
    TRY(yaml_number(row, "attachments", 0, &attachments, l->why));
    if (attachments < 0 || attachments > LIMIT_ATTACHMENTS_PER_FILING)
        return yaml_refuse(row, l->why, "pack.attachments", "attachments: 0 to %d is expected", (int)LIMIT_ATTACHMENTS_PER_FILING);
    d->max_attachments = (size_t)attachments;
    TRY(yaml_validity(row, &d->validity, l->why));
    TRY(claim_load(l, row, d));
    return condition_load(l->arena, yaml_get(row, "when"), l->lists, &d->when, l->why);
}

// marking: {field: NAME}: a choice of TLP labels.
static struct err marking_check(const struct load *l, const struct yaml *row, const struct document *d) {
    static const char *const LABELS[] = {"TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"};
    if (d->marking_field.len == 0) return err_none();
    size_t at = 0;
    while (at < d->field_count && !span_equals(d->fields[at].name, d->marking_field)) at++;
    bool is_good = at < d->field_count && d->fields[at].choice_count > 0 && d->fields[at].type == FIELD_CHOICE;
    for (size_t i = 0; is_good && i < d->fields[at].choice_count; i++) {
        bool is_label = false;
        for (size_t k = 0; k < sizeof LABELS / sizeof LABELS[0]; k++) is_label = is_label || span_is(d->fields[at].choices[i].value, LABELS[k]);
        is_good = is_label;
    }
    return is_good ? err_none() : yaml_refuse(row, l->why, "pack.marking", "marking: {field: ..} names a choice of TLP labels");
}

struct err document_load(const struct load *l, const struct yaml *row, struct document *ret) {
    struct document d = {.node = row, .home = l->procedure};
    TRY(document_head(l, row, &d));
    struct span prefix = arena_printf(l->arena, "%.*s.%.*s", SPAN_FMT(l->procedure), SPAN_FMT(d.id));
    if (prefix.at == NULL) return err_make(ERR_MEMORY);
    TRY(fields_load(&l->context, yaml_get(row, "fields"), prefix, &d.fields, &d.field_count, l->why));
    TRY(rules_load(l, yaml_get(row, "rules"), &d));
    TRY(moves_load(l, yaml_get(row, "moves"), &d));
    TRY(facts_load(l, yaml_get(row, "sets"), &d));
    TRY(flags_load(l, yaml_get(row, "flags"), &d));
    TRY(effects_load(l, yaml_get(row, "effects"), &d));
    TRY(operations_check(l, &d));
    TRY(marking_check(l, row, &d));
    TRY(publication_load(l, row, &d));
    *ret = d;
    return err_none();
}
