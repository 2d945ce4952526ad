// SPDX-License-Identifier: EUPL-1.2
#include "exchange/gate.h"

enum { FIELDS_PASS = 1, HEAD_RESOLVES = 2, IN_NODE = 4, NEEDS_BASIS = 8, IS_PUBLIC = 16, IS_AGGREGATE = 32 };

static const struct {
    const char *name;
    unsigned traits;
} EXITS[GATE_EXITS] = {
    [GATE_CASE] = {"case", FIELDS_PASS | IN_NODE | HEAD_RESOLVES},
    [GATE_FILING] = {"filing", FIELDS_PASS | IN_NODE | HEAD_RESOLVES},
    [GATE_ATTACHMENT] = {"attachment", FIELDS_PASS | IN_NODE | HEAD_RESOLVES},
    [GATE_RECEIPT] = {"receipt", FIELDS_PASS | IN_NODE},
    [GATE_LIST] = {"list", FIELDS_PASS | IN_NODE},
    [GATE_SEARCH] = {"search", FIELDS_PASS | IN_NODE},
    [GATE_EXPORT] = {"export", FIELDS_PASS | IN_NODE},
    [GATE_DOCUMENT] = {"document", FIELDS_PASS | IN_NODE},
    [GATE_RELEASE] = {"release", FIELDS_PASS | NEEDS_BASIS},
    [GATE_PUBLIC] = {"public", FIELDS_PASS | IS_PUBLIC},
    [GATE_STATISTICS] = {"statistics", FIELDS_PASS | IS_AGGREGATE},
    [GATE_EVENTS] = {"events", 0},
    [GATE_MAIL] = {"mail", 0},
    [GATE_LOG] = {"log", 0},
};

const char *gate_exit_name(enum gate_exit exit) { return EXITS[exit].name; }

static struct gate_verdict stays(const char *rule, const char *words, struct span article) {
    return (struct gate_verdict){.rule = rule, .words = span_of(words), .article = article};
}
static const struct span NO_ARTICLE = {NULL, 0};

static bool is_one_of(const struct span *names, size_t count, const struct gate_to *to) {
    for (size_t i = 0; i < to->name_count; i++)
        if (audience_has(names, count, to->names[i])) return true;
    return false;
}

// --- blocks ---

// A block of one field or attachment leaves the item as such in sight, so that one can see that there is something.
static bool block_hits(const struct gate_block *block, const struct gate_item *item, const struct gate_field *field) {
    if (block->filing.len == 0) return true;
    if (!span_equals(block->filing, item->filing)) return false;
    if (block->attachment.len > 0) return span_equals(block->attachment, item->attachment);
    if (block->field_count == 0) return true;
    if (item->attachment.len > 0) return false;
    return field != NULL && audience_has(block->fields, block->field_count, field->name);
}

const struct gate_block *gate_blocked(const struct gate_question *question, const struct gate_field *field) {
    const struct gate_item *item = question->item;
    unsigned traits = EXITS[question->exit].traits;
    const struct gate_block *hold = NULL;
    for (size_t i = 0; i < item->block_count; i++) {
        const struct gate_block *block = &item->blocks[i];
        if (question->now_ms >= block->until_ms || !block_hits(block, item, field)) continue;
        if (block->kind == GATE_HOLD) {
            bool is_spared = question->to->is_in_node && (traits & IN_NODE) != 0 && is_one_of(block->spared, block->spared_count, question->to);
            if (!is_spared && hold == NULL) hold = block;
        } else if (!question->to->is_head || !question->to->is_in_node || (traits & HEAD_RESOLVES) == 0) {
            return block;
        }
    }
    return hold;
}

// --- label and audience ---

static bool is_in_audience(const struct gate_to *to, const struct span *names, size_t count, enum tlp label) {
    if (count == 0) return false; // an empty group is nobody, not everybody
    if (is_one_of(names, count, to)) return true;
    if (label <= TLP_AMBER && audience_has(names, count, to->client_of)) return true;
    return false;
}

static struct gate_verdict ask_marking(const struct gate_question *question, const struct marking *marking) {
    static const char *const NOT_NAMED[] = {
        [TLP_CLEAR] = "it is not meant for this recipient",
        [TLP_GREEN] = "TLP:GREEN is for the community, and this recipient is not of it",
        [TLP_AMBER] = "TLP:AMBER is for the organisations named and their clients who need to know",
        [TLP_AMBER_STRICT] = "TLP:AMBER+STRICT stays within the organisations named; not their clients",
        [TLP_RED] = "TLP:RED is for those alone whom it names",
    };
    const struct gate_item *item = question->item;
    const struct gate_to *to = question->to;
    enum tlp label = marking->label;
    bool is_circle = !marking->has_audience;
    const struct span *names = is_circle ? item->circle : marking->audience;
    size_t count = is_circle ? item->circle_count : marking->audience_count;
    struct gate_verdict verdict = {.is_allowed = true};
    if (is_circle && label == TLP_RED) return stays("gate.red", "TLP:RED is for those alone whom it names, and it names nobody", NO_ARTICLE);
    if (count == 0) return stays("gate.audience", "it names nobody for whom it is", NO_ARTICLE);
    if (is_in_audience(to, names, count, label)) return verdict;
    // Beyond the names a label lets on only where no audience was set: who names recipients means these.
    if (is_circle && label <= TLP_GREEN && to->is_community) return verdict;
    if (is_circle && label == TLP_CLEAR) return verdict;
    return stays(is_circle ? "gate.label" : "gate.audience", NOT_NAMED[label], marking->basis);
}

static struct gate_verdict ask_form(const struct gate_question *question, const struct gate_field *field) {
    struct gate_verdict verdict = {.is_allowed = true};
    struct span role = question->to->role;
    bool is_hidden = audience_has(field->hidden_from, field->hidden_count, role);
    bool is_unseen = field->visible_count > 0 && !audience_has(field->visible_to, field->visible_count, role);
    return is_hidden || is_unseen ? stays("gate.form", "the form keeps this field from this recipient", field->article) : verdict;
}

// What exits ask beyond the marking.
static struct gate_verdict ask_exit(const struct gate_question *question, enum tlp label) {
    unsigned traits = EXITS[question->exit].traits;
    struct gate_verdict verdict = {.is_allowed = true};
    if ((traits & IN_NODE) != 0 && !question->to->is_in_node)
        return stays("gate.stranger", "only persons of this node who may know of the case see it", NO_ARTICLE);
    if ((traits & NEEDS_BASIS) != 0 && question->basis.len == 0)
        return stays("gate.basis", "nothing is disclosed without a legal basis", NO_ARTICLE);
    if ((traits & IS_PUBLIC) != 0 && label != TLP_CLEAR)
        return stays("gate.public", "only TLP:CLEAR is for the public", NO_ARTICLE);
    if ((traits & IS_AGGREGATE) != 0 && question->declassified_by.len == 0)
        return stays("gate.aggregate", "numbers go out under a named rule of aggregation only", NO_ARTICLE);
    return verdict;
}

struct gate_verdict gate_ask(const struct gate_question *question, const struct gate_field *field) {
    const struct gate_item *item = question->item;
    const struct gate_to *to = question->to;
    unsigned traits = EXITS[question->exit].traits;
    const struct gate_block *block = gate_blocked(question, field);
    if (block != NULL && block->kind == GATE_FREEZE) return stays("gate.freeze", "withdrawn", block->article);
    if (block != NULL) return stays("gate.hold", "held back", block->article);
    if ((traits & FIELDS_PASS) == 0 && field != NULL)
        return stays("gate.exit", "this way out carries identifiers only, never what was filed", NO_ARTICLE);
    if ((traits & FIELDS_PASS) == 0) return (struct gate_verdict){.is_allowed = true};
    const struct marking *marking = field != NULL && field->marking != NULL ? field->marking : &item->marking;
    // A field may be marked apart, but never less strictly than what it stands in.
    enum tlp label = marking->label > item->marking.label ? marking->label : item->marking.label;
    struct gate_verdict verdict = ask_exit(question, label);
    if (!verdict.is_allowed || (traits & IS_AGGREGATE) != 0) return verdict;
    if (to->is_filer && (traits & IN_NODE) != 0) return verdict;
    if (item->seen_count > 0 && !audience_has(item->seen_by, item->seen_count, to->role))
        return stays("gate.seen_by", "this document is not for this recipient", NO_ARTICLE);
    if (field != NULL) verdict = ask_form(question, field);
    if (verdict.is_allowed) verdict = ask_marking(question, &item->marking);
    if (verdict.is_allowed && marking != &item->marking) verdict = ask_marking(question, marking);
    return verdict;
}
