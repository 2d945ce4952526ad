// SPDX-License-Identifier: EUPL-1.2
#include "law/structure.h"

#include "law/law_private.h"

enum { ACTS_MAX = 512, PROPOSED_MAX = 256 };

static bool is_digit(uint8_t c) { return c >= '0' && c <= '9'; }

static size_t count_of(const struct yaml *list) { return list != NULL && list->type == YAML_SEQUENCE ? list->count : 0; }

static bool list_has(const struct yaml *list, struct span text) {
    for (size_t i = 0; i < count_of(list); i++)
        if (span_equals(list->items[i].text, text)) return true;
    return false;
}

size_t structure_act(const struct structure *s, struct span name) {
    for (size_t i = 0; i < s->acts.count; i++)
        if (span_equals(s->acts.names[i], name)) return i;
    return s->acts.count;
}

const struct yaml *structure_row(const struct structure *s, const struct place *place) {
    size_t act = structure_act(s, place->act);
    if (act == s->acts.count || place->count == 0) return NULL;
    const struct yaml *rows = yaml_get(s->roots[act], place->kind == PLACE_ANNEX ? "annexes" : "articles");
    for (size_t i = 0; i < count_of(rows); i++)
        if (span_equals(yaml_get_text(&rows->items[i], "place"), place->parts[0])) return &rows->items[i];
    return NULL;
}

// --- whether a place exists ---

static int64_t roman_value(struct span text) {
    static const char *const ROMANS[] = {"i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"};
    for (size_t i = 0; i < sizeof ROMANS / sizeof ROMANS[0]; i++)
        if (span_is(text, ROMANS[i])) return (int64_t)i + 1;
    return 0;
}

// Whether LABEL is among those up to LAST ("11": numbers, "e": letters, below a letter "iv": Roman numbers), or in the list.
static bool reaches(const struct yaml *last, struct span label, bool is_below_letter) {
    int64_t bound, number;
    if (last == NULL || label.len == 0) return false;
    if (last->type == YAML_SEQUENCE) return list_has(last, label);
    if (last->type != YAML_SCALAR || last->text.len == 0) return false;
    if (span_to_int(last->text, &bound)) return span_to_int(label, &number) && number >= 1 && number <= bound;
    if (is_below_letter) return roman_value(label) >= 1 && roman_value(label) <= roman_value(last->text);
    return label.len == 1 && last->text.len == 1 && label.at[0] >= 'a' && label.at[0] <= last->text.at[0];
}

// "4(d)" and "1.1" as the parts of PLACE from the second on.
static bool is_path(struct span key, const struct place *place, size_t count) {
    size_t at = 0;
    for (size_t i = 1; i < count; i++) {
        while (at < key.len && (key.at[at] == '(' || key.at[at] == ')' || key.at[at] == '.')) at++;
        struct span part = span_part(key, at, at + place->parts[i].len);
        if (!span_equals(part, place->parts[i])) return false;
        at += part.len;
        if (at < key.len && (is_digit(key.at[at]) || (key.at[at] >= 'a' && key.at[at] <= 'z'))) return false;
    }
    return at == key.len || (at + 1 == key.len && key.at[at] == ')');
}

// What stands below the first COUNT parts of the place.
static const struct yaml *labels_below(const struct yaml *row, const struct place *place, size_t count) {
    const struct yaml *points = yaml_get(row, "points");
    if (count == 1) {
        const struct yaml *paragraphs = yaml_get(row, "paragraphs");
        return paragraphs != NULL || points == NULL || points->type == YAML_MAPPING ? paragraphs : points;
    }
    for (size_t i = 0; points != NULL && points->type == YAML_MAPPING && i < points->count; i++)
        if (is_path(points->pairs[i].name, place, count)) return &points->pairs[i].value;
    return NULL;
}

// "17(4)" as the parts of the place.
static bool is_place(struct span text, const struct place *place) {
    struct place below = {.count = place->count + 1};
    if (place->count >= PLACE_PARTS_MAX) return false;
    memcpy(&below.parts[1], place->parts, place->count * sizeof place->parts[0]);
    return is_path(text, &below, below.count);
}

static bool is_article(const struct yaml *root, struct span number) {
    int64_t last, value;
    return span_to_int(yaml_get_text(root, "last"), &last) && span_to_int(number, &value) && value >= 1 && value <= last;
}

static const char *article_refuses(const struct yaml *root, const struct yaml *row, const struct place *place) {
    const struct yaml *known = yaml_get(root, "places");
    for (size_t i = 0; i < count_of(known); i++)
        if (is_place(known->items[i].text, place)) return NULL;
    if (known != NULL) return "is not among the places of the act that its index knows";
    if (row == NULL && !is_article(root, place->parts[0])) return "is not in the act: it has no such article or annex";
    if (span_is(yaml_get_text(root, "depth"), "articles")) return NULL;
    if (row == NULL && place->count > 1) return "lies in an article whose parts the index does not know";
    for (size_t i = 1; i < place->count; i++) {
        bool is_below_letter = i > 1 && !is_digit(place->parts[i - 1].at[0]);
        if (!reaches(labels_below(row, place, i), place->parts[i], is_below_letter)) return "is not in the act: the article has no such paragraph or point";
    }
    return NULL;
}

const char *structure_refuses(const struct structure *s, const struct place *place) {
    size_t act = structure_act(s, place->act);
    for (size_t i = 0; place->is_proposed && i < s->proposed_count; i++)
        if (place_covers(&s->proposed[i], place)) return NULL;
    if (act == s->acts.count) return "is of an act that no index names";
    if (place->kind == PLACE_ACT) return NULL;
    if (place->kind == PLACE_RECITAL)
        return reaches(yaml_get(s->roots[act], "recitals"), place->parts[0], false) ? NULL : "is not in the act: it has no such recital";
    if (place->count == 0) return yaml_get(s->roots[act], "annexes") != NULL ? NULL : "is not in the act: it has no annex";
    return article_refuses(s->roots[act], structure_row(s, place), place);
}

// --- reading ---

struct opener {
    struct structure *s;
    struct span *names;
    const struct yaml **roots;
    const struct pack **packs;
    struct buf *report;
    size_t *findings;
};

static void finding(struct opener *o, const struct yaml *node, const char *words, struct span name) {
    (*o->findings)++;
    if (o->report != NULL) buf_printf(o->report, "%s:%u: %s %.*s\n", node->file, node->line, words, SPAN_FMT(name));
}

static void rows_check(struct opener *o, const struct yaml *rows) {
    for (size_t i = 0; i < count_of(rows); i++) {
        struct span place = yaml_get_text(&rows->items[i], "place");
        if (place.len == 0) finding(o, &rows->items[i], "the row names no", SPAN("place"));
        if (yaml_get_text(&rows->items[i], "label").len == 0) finding(o, &rows->items[i], "an article or annex has a label, its subject:", place);
        for (size_t k = 0; k < i; k++)
            if (span_equals(yaml_get_text(&rows->items[k], "place"), place)) finding(o, &rows->items[i], "stands twice in the index:", place);
    }
}

static bool is_member(struct span name) {
    static const char *const NAMES[] = {"act", "label", "title", "source", "checked_on", "certainty", "recitals", "last", "depth", "places", "articles", "annexes", "proposes"};
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++)
        if (span_is(name, NAMES[i])) return true;
    return false;
}

static void act_put(struct opener *o, const struct pack *pack, const struct yaml *root) {
    struct span name = yaml_get_text(root, "act");
    bool is_new = structure_act(o->s, name) == o->s->acts.count;
    if (name.len == 0) finding(o, root, "an index names its", SPAN("act"));
    else if (!is_new) finding(o, root, "another index has this act:", name);
    else if (o->s->acts.count == ACTS_MAX) finding(o, root, "too many acts:", name);
    if (name.len == 0 || !is_new || o->s->acts.count == ACTS_MAX) return;
    if (yaml_get_text(root, "source").len == 0 || yaml_get_text(root, "checked_on").len == 0) finding(o, root, "source and checked_on are needed:", name);
    for (size_t i = 0; i < root->count; i++)
        if (!is_member(root->pairs[i].name)) finding(o, &root->pairs[i].value, "an index has no", root->pairs[i].name);
    rows_check(o, yaml_get(root, "articles"));
    rows_check(o, yaml_get(root, "annexes"));
    o->names[o->s->acts.count] = name;
    o->roots[o->s->acts.count] = root;
    o->packs[o->s->acts.count++] = pack;
    o->s->acts.names = o->names;
}

// One act; or several in a list, acts: [{act: ..}, ..]; and beside them, or alone, what files cite (citation_check.c).
static void file_read(struct opener *o, const struct pack *pack, const struct yaml *root) {
    const struct yaml *acts = yaml_get(root, "acts");
    if (root->type != YAML_MAPPING) finding(o, root, "an index is a", SPAN("mapping"));
    else if (acts == NULL && yaml_get(root, "cites") == NULL) act_put(o, pack, root);
    for (size_t i = 0; i < count_of(acts); i++) act_put(o, pack, &acts->items[i]);
}

static struct err proposals_read(struct opener *o) {
    struct place *places = arena_take_array(o->s->arena, PROPOSED_MAX, sizeof *places);
    struct citation *citation = ARENA_NEW(o->s->arena, struct citation);
    struct span rest;
    if (places == NULL || citation == NULL) return err_make(ERR_MEMORY);
    for (size_t a = 0; a < o->s->acts.count; a++) {
        const struct yaml *proposes = yaml_get(o->roots[a], "proposes");
        if (proposes == NULL) continue;
        bool is_read = citation_parse(proposes->text, &o->s->acts, o->s->arena, citation, &rest);
        if (!is_read || o->s->proposed_count + citation->count > PROPOSED_MAX) finding(o, proposes, "what it proposes is no citation:", proposes->text);
        for (size_t i = 0; is_read && i < citation->count && o->s->proposed_count < PROPOSED_MAX; i++) places[o->s->proposed_count++] = citation->places[i];
    }
    o->s->proposed = places;
    return err_none();
}

struct err structure_open(const struct law *law, struct arena *arena, struct buf *report, size_t *findings, struct structure *ret) {
    struct opener o = {.s = ret, .report = report, .findings = findings};
    *ret = (struct structure){.law = law, .arena = arena};
    o.names = arena_take_array(arena, ACTS_MAX, sizeof *o.names);
    o.roots = arena_take_array(arena, ACTS_MAX, sizeof(const struct yaml *));
    o.packs = arena_take_array(arena, ACTS_MAX, sizeof(const struct pack *));
    if (o.names == NULL || o.roots == NULL || o.packs == NULL) return err_make(ERR_MEMORY);
    ret->roots = o.roots;
    ret->packs = o.packs;
    for (size_t i = 0; i < law->pack_count; i++)
        for (size_t f = 0; f < law->packs[i].file_count; f++)
            if (pack_file_is_under(&law->packs[i].files[f], "index/")) file_read(&o, &law->packs[i], law->packs[i].files[f].root);
    return proposals_read(&o);
}
