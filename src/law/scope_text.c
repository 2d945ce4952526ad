// SPDX-License-Identifier: EUPL-1.2
/* The answer as plain text for a terminal: the same content as the JSON, in the order in which people ask. */
#include "law/scope_private.h"

struct teller {
    struct buf *out;
    const struct scope_answer *answer;
    struct span lang;
};

static struct span word(const struct teller *t, const char *prefix, struct span name) {
    uint8_t key[160];
    size_t len = strlen(prefix);
    if (len + name.len > sizeof key) return name;
    memcpy(key, prefix, len);
    if (name.len > 0) memcpy(key + len, name.at, name.len);
    struct span text = law_word(t->answer->law, t->answer->state, span_make(key, len + name.len), t->lang);
    return text.at != NULL ? text : name;
}

static void heading(const struct teller *t, const char *name) {
    struct span text = word(t, "heading.", span_of(name));
    buf_printf(t->out, "\n%.*s\n", SPAN_FMT(text));
}

static void certainty(const struct teller *t, struct span mark) {
    const char *name = span_is(mark, "mem") ? "memory" : span_is(mark, "int") ? "interpretation" : NULL;
    if (name == NULL) return;
    struct span text = word(t, "heading.", span_of(name));
    buf_printf(t->out, " (%.*s)", SPAN_FMT(text));
}

static void tell_rules(const struct teller *t, bool is_certain) {
    bool is_told = false;
    for (size_t i = 0; i < t->answer->rule_count; i++) {
        const struct scope_rule *r = &t->answer->rules[i];
        if (r->is_certain != is_certain) continue;
        if (!is_told) heading(t, is_certain ? "rules" : "possible_rules");
        is_told = true;
        struct span words = word(t, "", r->words_key);
        buf_printf(t->out, "  %.*s", SPAN_FMT(r->id));
        if (r->type.len > 0) buf_printf(t->out, " [%.*s]", SPAN_FMT(r->type));
        buf_printf(t->out, ": %.*s", SPAN_FMT(words));
        if (r->detail.len > 0) buf_printf(t->out, ": %.*s", SPAN_FMT(r->detail));
        buf_printf(t->out, " [%.*s]", SPAN_FMT(r->article));
        certainty(t, r->certainty);
        buf_add_text(t->out, "\n");
    }
}

static void tell_facts(const struct teller *t, const char *name, const struct scope_fact *facts, size_t count, bool is_missing) {
    if (count > 0) heading(t, name);
    for (size_t i = 0; i < count; i++) {
        struct span label = word(t, is_missing ? "ask." : "fact.", facts[i].name);
        if (is_missing) buf_printf(t->out, "  %.*s: %.*s", SPAN_FMT(facts[i].name), SPAN_FMT(label));
        else buf_printf(t->out, "  %.*s: %.*s (%.*s)", SPAN_FMT(label), SPAN_FMT(facts[i].value), SPAN_FMT(facts[i].name));
        buf_printf(t->out, " [%.*s]\n", SPAN_FMT(facts[i].article));
    }
}

static void tell_changes(const struct teller *t, bool is_near) {
    bool is_told = false;
    for (size_t i = 0; i < t->answer->change_count; i++) {
        const struct scope_change *c = &t->answer->changes[i];
        if (c->is_near_miss != is_near) continue;
        if (!is_told) heading(t, is_near ? "near_misses" : "changes");
        is_told = true;
        struct span class = word(t, "class.", span_of(entity_class_name(c->class)));
        struct span label = c->words_key.at != NULL ? word(t, "", c->words_key) : word(t, "fact.", c->fact);
        buf_printf(t->out, "  %.*s", SPAN_FMT(label));
        if (c->delta.len > 0) buf_printf(t->out, " %.*s, to %.*s", SPAN_FMT(c->delta), SPAN_FMT(c->value));
        else buf_printf(t->out, " (%.*s: %.*s)", SPAN_FMT(c->fact), SPAN_FMT(c->value));
        buf_printf(t->out, ": %.*s\n", SPAN_FMT(class));
    }
}

static void tell_options(const struct teller *t) {
    if (t->answer->option_count > 0) heading(t, "options");
    for (size_t i = 0; i < t->answer->option_count; i++) {
        const struct scope_option *o = &t->answer->options[i];
        struct span label = word(t, "switch.", o->name);
        buf_printf(t->out, "  %.*s [%.*s]:", SPAN_FMT(label), SPAN_FMT(o->article));
        for (size_t k = 0; k < o->count; k++) {
            struct span class = word(t, "class.", span_of(entity_class_name(o->classes[k])));
            buf_printf(t->out, "%s %.*s: %.*s", k > 0 ? ";" : "", SPAN_FMT(o->values[k]), SPAN_FMT(class));
        }
        buf_add_text(t->out, "\n");
    }
}

static void tell_place(const struct teller *t, const struct scope_type *type) {
    if (type->jurisdiction_rule.len == 0) return;
    struct span words = word(t, "", type->jurisdiction_words_key), any = word(t, "heading.", SPAN("any_state"));
    buf_printf(t->out, "    %.*s [%.*s]", SPAN_FMT(words), SPAN_FMT(type->jurisdiction_article));
    for (size_t i = 0; i < type->state_count; i++) buf_printf(t->out, "%s%.*s", i > 0 ? ", " : " ", SPAN_FMT(type->states[i]));
    if (type->is_any_state && type->state_count == 0) buf_printf(t->out, " %.*s", SPAN_FMT(any));
    buf_add_text(t->out, "\n");
    if (type->asking.len > 0) {
        struct span others = word(t, "others.", type->asking);
        buf_printf(t->out, "    %.*s\n", SPAN_FMT(others));
    }
    for (size_t i = 0; i < type->need_count; i++) {
        struct span ask = word(t, "ask.", type->needs[i]);
        buf_printf(t->out, "    ? %.*s (%.*s)\n", SPAN_FMT(ask), SPAN_FMT(type->needs[i]));
    }
}

static void tell_types(const struct teller *t) {
    if (t->answer->type_count > 0) heading(t, "types");
    for (size_t i = 0; i < t->answer->type_count; i++) {
        const struct scope_type *type = &t->answer->types[i];
        struct span label = word(t, "type.", type->code), class = word(t, "class.", span_of(entity_class_name(type->class)));
        buf_printf(t->out, "  %.*s: %.*s: %.*s", SPAN_FMT(type->code), SPAN_FMT(label), SPAN_FMT(class));
        if (type->ir_article.len > 0) buf_printf(t->out, " (Regulation 2024/2690 Article %.*s)", SPAN_FMT(type->ir_article));
        buf_add_text(t->out, "\n");
        tell_place(t, type);
    }
}

static void tell_regimes(const struct teller *t) {
    if (t->answer->regime_count > 0) heading(t, "regimes");
    struct span unknown = word(t, "heading.", SPAN("unknown"));
    for (size_t i = 0; i < t->answer->regime_count; i++) {
        const struct scope_regime *r = &t->answer->regimes[i];
        struct span words = word(t, "", r->words_key);
        buf_printf(t->out, "  %.*s: %.*s [%.*s]", SPAN_FMT(r->regime), SPAN_FMT(words), SPAN_FMT(r->article));
        if (r->displaces.len > 0) buf_printf(t->out, " -- %.*s", SPAN_FMT(r->displaces));
        struct span contact = r->contact.len > 0 ? r->contact : unknown;
        buf_printf(t->out, " -> %.*s\n", SPAN_FMT(contact));
    }
}

static void tell_pack(const struct teller *t, const struct pack *pack) {
    if (pack == NULL) return;
    buf_printf(t->out, "  %.*s %.*s sha256:", SPAN_FMT(pack->id), SPAN_FMT(pack->version));
    buf_add_hex(t->out, hash_span(&pack->hash));
    buf_add_text(t->out, "\n");
}

static void tell_law(const struct teller *t) {
    const struct scope_answer *a = t->answer;
    heading(t, "law");
    if (a->transposing_act.len > 0)
        buf_printf(t->out, "  %.*s: %.*s\n", SPAN_FMT(a->state_title), SPAN_FMT(a->transposing_act));
    struct span note = word(t, "heading.", SPAN("not_transposed")), undated = word(t, "heading.", SPAN("transposition_undated"));
    if (!a->is_transposed) buf_printf(t->out, "  %.*s\n", SPAN_FMT(note));
    else if (!a->is_transposition_dated) buf_printf(t->out, "  %.*s\n", SPAN_FMT(undated));
    tell_pack(t, law_pack(a->law, SPAN("eu/nis2")));
    tell_pack(t, law_pack_of_state(a->law, a->state));
}

static void tell_contacts(const struct teller *t) {
    heading(t, "contacts");
    for (size_t i = 0; i < t->answer->contact_count; i++) {
        const struct scope_contact *c = &t->answer->contacts[i];
        struct span label = word(t, "contact.", c->role), unknown = word(t, "heading.", SPAN("unknown"));
        struct span name = c->name.len > 0 ? c->name : unknown;
        buf_printf(t->out, "  %.*s: %.*s", SPAN_FMT(label), SPAN_FMT(name));
        certainty(t, c->certainty);
        buf_add_text(t->out, "\n");
    }
}

static void tell_head(const struct teller *t) {
    const struct scope_answer *a = t->answer;
    struct span guidance = word(t, "heading.", SPAN("guidance"));
    struct span outcome = word(t, "outcome.", span_of(scope_outcome_name(a->outcome)));
    struct span class = word(t, "class.", span_of(entity_class_name(a->class)));
    buf_printf(t->out, "%.*s\n\n%.*s, %04d-%02u-%02u: %.*s: %.*s", SPAN_FMT(guidance), SPAN_FMT(a->state), a->at.year,
               a->at.month, a->at.day, SPAN_FMT(outcome), SPAN_FMT(class));
    if (a->class == ENTITY_UNDETERMINED) {
        const char *comma = " (";
        for (unsigned c = 0; c < ENTITY_UNDETERMINED; c++) {
            if ((a->possible >> c & 1) == 0) continue;
            struct span possible = word(t, "class.", span_of(entity_class_name((enum entity_class)c)));
            buf_printf(t->out, "%s%.*s", comma, SPAN_FMT(possible));
            comma = " | ";
        }
        buf_add_text(t->out, ")");
    }
    struct span dnrs = word(t, "class.", SPAN("domain_name_registration"));
    if (a->is_domain_name_registration && a->class != ENTITY_DOMAIN_NAME_REGISTRATION) buf_printf(t->out, " + %.*s", SPAN_FMT(dnrs));
    buf_add_text(t->out, "\n");
    struct span provisional = word(t, "heading.", SPAN("provisional")), record = word(t, "heading.", SPAN("decision_record"));
    if (a->is_provisional) buf_printf(t->out, "%.*s\n", SPAN_FMT(provisional));
    if (a->needs_decision_record) buf_printf(t->out, "%.*s\n", SPAN_FMT(record));
}

void scope_write_text(struct buf *out, const struct scope_answer *answer, struct span lang) {
    struct teller t = {out, answer, lang};
    tell_head(&t);
    tell_rules(&t, true);
    tell_rules(&t, false);
    tell_facts(&t, "missing", answer->missing, answer->missing_count, true);
    tell_options(&t);
    tell_changes(&t, false);
    tell_changes(&t, true);
    tell_facts(&t, "decisive", answer->decisive, answer->decisive_count, false);
    tell_facts(&t, "assumed", answer->assumed, answer->assumed_count, false);
    tell_types(&t);
    tell_regimes(&t);
    tell_law(&t);
    tell_contacts(&t);
}
