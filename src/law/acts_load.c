// SPDX-License-Identifier: EUPL-1.2
/* Reading acts.yaml of the Union's packs in force. */
#include "law/acts_private.h"

struct loader {
    struct law *law;
    const struct pack *pack;
    struct act_book *book;
    struct why *why;
};

const struct act_fact *act_fact_find(const struct act_book *book, struct span name) {
    for (size_t i = 0; i < book->fact_count; i++)
        if (span_equals(book->facts[i].name, name)) return &book->facts[i];
    return NULL;
}

const struct act_receiver *act_receiver_find(const struct act_book *book, struct span name) {
    for (size_t i = 0; i < book->receiver_count; i++)
        if (span_equals(book->receivers[i].name, name)) return &book->receivers[i];
    return NULL;
}

struct span act_text_in(const struct law *law, const struct act_text *text, struct span lang) {
    struct span words = pack_word(law, text->pack, text->key, lang);
    if (words.at == NULL && law_amended_by(law) != NULL) words = pack_word(law, law_pack(law, law_amended_by(law)->id), text->key, lang); // its own rows
    return words.at != NULL ? words : text->english;
}

// acts.NAME.MEMBER, or acts.PARENT.NAME.MEMBER.
static struct err text_read(const struct loader *l, const struct yaml *row, struct span parent, const char *what, struct act_text *ret) {
    struct span english = yaml_get_text(row, what);
    if (english.len == 0) return yaml_refuse(row, l->why, "acts.text", "%s is needed", what);
    struct span own = row->pairs[0].value.text;
    struct span key = parent.len > 0 ? arena_printf(l->law->arena, "acts.%.*s.%.*s.%s", SPAN_FMT(parent), SPAN_FMT(own), what)
                                     : arena_printf(l->law->arena, "acts.%.*s.%s", SPAN_FMT(own), what);
    if (key.at == NULL) return err_make(ERR_MEMORY);
    *ret = (struct act_text){.pack = l->pack, .key = key, .english = english};
    return err_none();
}

static struct err fact_read(const struct loader *l, const struct yaml *row) {
    static const char *const TYPES[] = {"bool", "enum", "number", "instant", "types"};
    struct act_book *book = l->book;
    TRY(yaml_only(row, "fact type values label article filing certainty", l->why));
    if (book->fact_count == ACT_FACTS_MAX) return yaml_refuse(row, l->why, "acts.count", "more than %d facts", (int)ACT_FACTS_MAX);
    struct act_fact *fact = &book->facts[book->fact_count];
    struct span type = yaml_get_text(row, "type");
    *fact = (struct act_fact){.filing = yaml_get_text(row, "filing"), .node = row};
    TRY(yaml_need(row, "fact", &fact->name, l->why));
    TRY(yaml_need(row, "article", &fact->article, l->why));
    TRY(yaml_names(l->law->arena, yaml_get(row, "values"), &fact->values, l->why));
    TRY(text_read(l, row, SPAN(""), "label", &fact->label));
    if (act_fact_find(book, fact->name) != NULL) return yaml_refuse(row, l->why, "acts.twice", "%.*s is declared twice", SPAN_FMT(fact->name));
    size_t t = 0;
    while (t < sizeof TYPES / sizeof TYPES[0] && !span_is(type, TYPES[t])) t++;
    bool is_good = t < sizeof TYPES / sizeof TYPES[0] && (t == ACT_ENUM) == (fact->values.count > 0) && (fact->filing.len == 0 || t == ACT_INSTANT);
    if (!is_good) return yaml_refuse(row, l->why, "acts.type", "type: bool, enum (with values), number, instant or types is expected");
    fact->type = (enum act_fact_type)t;
    book->fact_count++;
    return err_none();
}

static struct err derived_read(const struct loader *l, const struct yaml *row) {
    struct act_book *book = l->book;
    TRY(yaml_only(row, "fact when count article certainty", l->why));
    const struct yaml *when = yaml_get(row, "when"), *count = yaml_get(row, "count");
    if (book->derived_count == ACT_DERIVED_MAX || (when == NULL) == (count == NULL) || (count != NULL && (count->type != YAML_SEQUENCE || count->count > ACT_PARTS_MAX)))
        return yaml_refuse(row, l->why, "acts.derived", "either when or count, with at most %d conditions, is expected", (int)ACT_PARTS_MAX);
    struct act_derived *derived = &book->derived[book->derived_count++];
    *derived = (struct act_derived){.is_count = count != NULL, .count = count != NULL ? count->count : 1};
    TRY(yaml_need(row, "fact", &derived->name, l->why));
    for (size_t i = 0; i < derived->count; i++) TRY(condition_load(l->law->arena, count != NULL ? &count->items[i] : when, NULL, &derived->parts[i], l->why));
    return err_none();
}

static struct err receiver_read(const struct loader *l, const struct yaml *row) {
    TRY(yaml_only(row, "receiver label", l->why));
    if (l->book->receiver_count == ACT_PARTS_MAX) return yaml_refuse(row, l->why, "acts.count", "more than %d receivers", (int)ACT_PARTS_MAX);
    struct act_receiver *receiver = &l->book->receivers[l->book->receiver_count++];
    TRY(yaml_need(row, "receiver", &receiver->name, l->why));
    return text_read(l, row, SPAN(""), "label", &receiver->label);
}

static struct err stage_read(const struct loader *l, const struct yaml *row, const struct act_report *report, struct act_stage *ret) {
    TRY(yaml_only(row, "stage clock label article", l->why));
    *ret = (struct act_stage){.clock = yaml_get_text(row, "clock"), .article = yaml_get_text(row, "article")};
    TRY(yaml_need(row, "stage", &ret->name, l->why));
    if (ret->article.len == 0) ret->article = report->article;
    return text_read(l, row, report->name, "label", &ret->label);
}

static struct err field_read(const struct loader *l, const struct yaml *row, const struct act_report *report, struct act_field *ret) {
    TRY(yaml_only(row, "field label article takes certainty", l->why));
    *ret = (struct act_field){.article = yaml_get_text(row, "article"), .certainty = yaml_get_text(row, "certainty")};
    TRY(yaml_need(row, "field", &ret->name, l->why));
    TRY(yaml_names(l->law->arena, yaml_get(row, "takes"), &ret->takes, l->why));
    if (ret->article.len == 0) ret->article = report->article;
    return text_read(l, row, report->name, "label", &ret->label);
}

static struct err report_read(const struct loader *l, const struct yaml *row) {
    static const char *const RELATIONS[] = {"parallel", "replaces", "counts", "absorbed", "open", "itself"};
    TRY(yaml_only(row, "report label words article certainty from to when receiver relation stages fields", l->why));
    struct act_report *report = l->book->report_count < ACT_REPORTS_MAX ? ARENA_NEW(l->law->arena, struct act_report) : NULL;
    if (report == NULL) return yaml_refuse(row, l->why, "acts.count", "more than %d reports, or no memory", (int)ACT_REPORTS_MAX);
    *report = (struct act_report){.pack = l->pack, .certainty = yaml_get_text(row, "certainty"), .node = row};
    TRY(yaml_need(row, "report", &report->name, l->why));
    TRY(yaml_need(row, "article", &report->article, l->why));
    TRY(yaml_need(row, "receiver", &report->receiver, l->why));
    TRY(yaml_need(row, "relation", &report->relation, l->why));
    bool is_relation = false;
    for (size_t i = 0; i < sizeof RELATIONS / sizeof RELATIONS[0]; i++) is_relation |= span_is(report->relation, RELATIONS[i]);
    if (!is_relation) return yaml_refuse(row, l->why, "acts.relation", "relation: parallel, replaces, counts, absorbed, open or itself is expected");
    TRY(yaml_validity(row, &report->validity, l->why));
    TRY(condition_load(l->law->arena, yaml_get(row, "when"), NULL, &report->when, l->why));
    TRY(text_read(l, row, SPAN(""), "label", &report->label));
    TRY(text_read(l, row, SPAN(""), "words", &report->words));
    const struct yaml *stages = yaml_get(row, "stages"), *fields = yaml_get(row, "fields");
    if ((stages != NULL && stages->count > ACT_PARTS_MAX) || (fields != NULL && fields->count > ACT_PARTS_MAX))
        return yaml_refuse(row, l->why, "acts.count", "more than %d stages or fields", (int)ACT_PARTS_MAX);
    for (size_t i = 0; stages != NULL && i < stages->count; i++) TRY(stage_read(l, &stages->items[i], report, &report->stages[report->stage_count++]));
    for (size_t i = 0; fields != NULL && i < fields->count; i++) TRY(field_read(l, &fields->items[i], report, &report->fields[report->field_count++]));
    l->book->reports[l->book->report_count++] = report;
    return err_none();
}

static struct err from_read(const struct loader *l, const struct yaml *row) {
    TRY(yaml_only(row, "fact procedure case subject when", l->why));
    if (l->book->from_count == ACT_FACTS_MAX) return yaml_refuse(row, l->why, "acts.count", "more than %d rows", (int)ACT_FACTS_MAX);
    struct act_from *from = &l->book->from[l->book->from_count++];
    *from = (struct act_from){.from_case = yaml_get_text(row, "case"), .from_subject = yaml_get_text(row, "subject")};
    TRY(yaml_need(row, "fact", &from->fact, l->why));
    TRY(yaml_need(row, "procedure", &from->procedure, l->why));
    return condition_load(l->law->arena, yaml_get(row, "when"), NULL, &from->when, l->why);
}

static struct err rows_read(const struct loader *l, const struct yaml *root, const char *list, struct err (*one)(const struct loader *, const struct yaml *)) {
    const struct yaml *rows = yaml_get(root, list);
    if (rows != NULL && rows->type != YAML_SEQUENCE) return yaml_refuse(rows, l->why, "acts.rows", "a list is expected");
    for (size_t i = 0; rows != NULL && i < rows->count; i++) {
        if (rows->items[i].type != YAML_MAPPING || rows->items[i].count == 0) return yaml_refuse(&rows->items[i], l->why, "acts.rows", "a mapping is expected");
        TRY(one(l, &rows->items[i]));
    }
    return err_none();
}

struct naming {
    const struct act_book *book;
    struct span unknown;
};

static void name_visit(void *context, const char *kind, struct span name, const struct yaml *node) {
    struct naming *n = context;
    (void)node;
    bool is_known = strcmp(kind, "case") == 0 && act_fact_find(n->book, name) != NULL;
    for (size_t i = 0; i < n->book->derived_count; i++) is_known |= span_equals(n->book->derived[i].name, name);
    if (!is_known && n->unknown.at == NULL) n->unknown = name;
}

// Every name that is used is declared.
static struct err names_check(const struct loader *l) {
    struct act_book *book = l->book;
    for (size_t i = 0; i < book->report_count; i++) {
        const struct act_report *report = book->reports[i];
        struct naming naming = {.book = book};
        condition_visit(report->when, name_visit, &naming);
        if (naming.unknown.at != NULL) return yaml_refuse(report->node, l->why, "acts.fact", "%.*s is no fact", SPAN_FMT(naming.unknown));
        if (act_receiver_find(book, report->receiver) == NULL) return yaml_refuse(report->node, l->why, "acts.receiver", "no such receiver is declared");
        for (size_t k = 0; k < report->stage_count; k++) {
            struct span clock = report->stages[k].clock;
            bool is_known = clock.len == 0;
            const struct clock_profile *profile = clock_profile_of(l->law, SPAN(""), (struct civil){1900, 1, 1});
            for (size_t c = 0; c < profile->clock_count; c++) is_known |= span_equals(profile->clocks[c].id, clock);
            if (!is_known) return yaml_refuse(report->node, l->why, "acts.clock", "there is no clock %.*s", SPAN_FMT(clock));
        }
    }
    for (size_t i = 0; i < book->from_count; i++)
        if (act_fact_find(book, book->from[i].fact) == NULL) return yaml_refuse(NULL, l->why, "acts.fact", "%.*s is no fact", SPAN_FMT(book->from[i].fact));
    return err_none();
}

struct err acts_load(struct law *law, struct why *why) {
    struct act_book *book = ARENA_NEW(law->arena, struct act_book);
    if (book == NULL) return err_make(ERR_MEMORY);
    law->acts = book;
    struct loader loader = {.law = law, .book = book, .why = why};
    for (size_t i = 0; i < law->pack_count; i++) {
        loader.pack = &law->packs[i];
        const struct yaml *root = pack_file_root(loader.pack, "acts.yaml");
        if (root == NULL || !loader.pack->has_from || !span_starts_with(loader.pack->id, SPAN("eu/"))) continue;
        TRY(yaml_only(root, "act title article source checked_on certainty facts derived receivers reports from_case", why));
        TRY(rows_read(&loader, root, "facts", fact_read));
        TRY(rows_read(&loader, root, "derived", derived_read));
        TRY(rows_read(&loader, root, "receivers", receiver_read));
        TRY(rows_read(&loader, root, "reports", report_read));
        TRY(rows_read(&loader, root, "from_case", from_read));
    }
    return names_check(&loader);
}
