// SPDX-License-Identifier: EUPL-1.2
/* Whether a procedure has the text that a key of the words names: its English stands in the procedure itself. */
#include "law/law_private.h"
#include "law/procedure_private.h"

// Takes the first part of a dotted key off; empty where there is none.
static struct span part_next(struct span *key) {
    size_t dot = span_find(*key, '.', 0);
    struct span part = span_part(*key, 0, dot);
    *key = span_part(*key, dot < key->len ? dot + 1 : key->len, key->len);
    return part;
}

// HELP: the English one; a translation of nothing says nothing.
static bool is_label(struct span rest, struct span help) { return span_is(rest, "label") || (span_is(rest, "help") && help.len > 0); }

static bool field_has(const struct field *fields, size_t count, struct span name, struct span rest) {
    for (size_t i = 0; i < count; i++) {
        if (!span_equals(fields[i].name, name)) continue;
        if (is_label(rest, fields[i].help)) return true;
        struct span choice = rest, inner = rest;
        if (span_is(part_next(&choice), "choice")) {
            for (size_t k = 0; k < fields[i].choice_count; k++)
                if (span_equals(fields[i].choices[k].value, choice)) return true;
        }
        struct span sub = part_next(&inner);
        if (field_has(fields[i].fields, fields[i].count, sub, inner)) return true;
    }
    return false;
}

static bool document_has(const struct document *d, struct span rest) {
    if (is_label(rest, d->help)) return true;
    struct span name = part_next(&rest);
    if (field_has(d->fields, d->field_count, name, rest)) return true;
    for (size_t i = 0; span_is(name, "rule") && i < d->rule_count; i++)
        if (span_equals(d->rules[i].id, rest)) return true;
    return false;
}

static bool state_has(const struct procedure *p, struct span rest) {
    struct span id = part_next(&rest);
    for (size_t i = 0; span_is(rest, "label") && i < p->state_count; i++)
        if (span_equals(p->states[i].id, id)) return true;
    return false;
}

static bool procedure_has(const struct procedure *p, struct span key) {
    struct span first = part_next(&key), rest = key, second = part_next(&rest);
    if (span_equals(first, p->id) && (is_label(key, SPAN("")) || (span_is(second, "state") && state_has(p, rest)))) return true;
    for (size_t i = 0; i < p->document_count; i++)
        if (span_equals(p->documents[i].home, first) && span_equals(p->documents[i].id, second) && document_has(&p->documents[i], rest)) return true;
    return false;
}

bool procedure_has_word(const struct law *law, struct span key) {
    const struct procedure_book *book = law->procedures;
    for (size_t i = 0; i < book->base_count; i++)
        if (procedure_has(&book->base[i], key)) return true;
    for (size_t s = 0; s < book->state_count; s++)
        for (size_t i = 0; i < book->states[s].count; i++)
            if (procedure_has(&book->states[s].procedures[i], key)) return true;
    return false;
}
