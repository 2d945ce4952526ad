// SPDX-License-Identifier: EUPL-1.2
/* The answer as JSON. Every text comes from the packs' words; names of facts, rules and classes are stable. */
#include "law/scope_private.h"
#include "law/translate.h"

struct writer {
    struct json_out *out;
    const struct scope_answer *answer;
    struct span lang;
};

// The word for PREFIX.NAME, or null.
static void word(const struct writer *w, const char *member, const char *prefix, struct span name) {
    uint8_t key[160];
    size_t len = strlen(prefix);
    struct span text = {NULL, 0};
    if (len + name.len <= sizeof key) {
        memcpy(key, prefix, len);
        if (name.len > 0) memcpy(key + len, name.at, name.len);
        text = law_word(w->answer->law, w->answer->state, span_make(key, len + name.len), w->lang);
    }
    json_out_member_string(w->out, member, text);
}

static void text_or_null(const struct writer *w, const char *member, struct span text) {
    json_out_member_string(w->out, member, text.len > 0 ? text : span_make(NULL, 0));
}

// A text of the state's pack, in the reader's language.
static void said_or_null(const struct writer *w, const char *member, struct span english) {
    text_or_null(w, member, law_say_row(w->answer->law, w->answer->state, english, w->lang));
}

static void write_rules(const struct writer *w) {
    json_out_name(w->out, "rules");
    json_out_array(w->out);
    for (size_t i = 0; i < w->answer->rule_count; i++) {
        const struct scope_rule *r = &w->answer->rules[i];
        json_out_object(w->out);
        json_out_member_string(w->out, "rule", r->id);
        json_out_member_string(w->out, "article", r->article);
        word(w, "words", "", r->words_key);
        text_or_null(w, "detail", r->detail);
        text_or_null(w, "type", r->type);
        text_or_null(w, "effect", r->effect);
        text_or_null(w, "certainty", r->certainty);
        json_out_member_bool(w->out, "certain", r->is_certain);
        json_out_object_end(w->out);
    }
    json_out_array_end(w->out);
}

static void write_facts(const struct writer *w, const char *member, const struct scope_fact *facts, size_t count, bool is_missing) {
    json_out_name(w->out, member);
    json_out_array(w->out);
    for (size_t i = 0; i < count; i++) {
        json_out_object(w->out);
        json_out_member_string(w->out, "fact", facts[i].name);
        if (!is_missing) json_out_member_string(w->out, "value", facts[i].value);
        json_out_member_string(w->out, "article", facts[i].article);
        word(w, is_missing ? "question" : "label", is_missing ? "ask." : "fact.", facts[i].name);
        json_out_object_end(w->out);
    }
    json_out_array_end(w->out);
}

static void write_changes(const struct writer *w) {
    json_out_name(w->out, "would_change");
    json_out_array(w->out);
    for (size_t i = 0; i < w->answer->change_count; i++) {
        const struct scope_change *c = &w->answer->changes[i];
        json_out_object(w->out);
        json_out_member_string(w->out, "fact", c->fact);
        json_out_member_string(w->out, "value", c->value);
        text_or_null(w, "delta", c->delta);
        json_out_member_text(w->out, "class", entity_class_name(c->class));
        json_out_member_bool(w->out, "near_miss", c->is_near_miss);
        if (c->words_key.at != NULL) word(w, "words", "", c->words_key);
        else word(w, "words", "fact.", c->fact);
        json_out_object_end(w->out);
    }
    json_out_array_end(w->out);
}

static void write_options(const struct writer *w) {
    json_out_name(w->out, "left_to_state");
    json_out_array(w->out);
    for (size_t i = 0; i < w->answer->option_count; i++) {
        const struct scope_option *o = &w->answer->options[i];
        json_out_object(w->out);
        json_out_member_string(w->out, "switch", o->name);
        json_out_member_string(w->out, "article", o->article);
        word(w, "words", "switch.", o->name);
        json_out_member_bool(w->out, "open", o->is_open);
        json_out_name(w->out, "options");
        json_out_array(w->out);
        for (size_t k = 0; k < o->count; k++) {
            json_out_object(w->out);
            json_out_member_string(w->out, "value", o->values[k]);
            json_out_member_text(w->out, "class", entity_class_name(o->classes[k]));
            json_out_object_end(w->out);
        }
        json_out_array_end(w->out);
        json_out_object_end(w->out);
    }
    json_out_array_end(w->out);
}

static void write_spans(const struct writer *w, const char *member, const struct span *list, size_t count) {
    json_out_name(w->out, member);
    json_out_array(w->out);
    for (size_t i = 0; i < count; i++) json_out_string(w->out, list[i]);
    json_out_array_end(w->out);
}

static void write_jurisdiction(const struct writer *w, const struct scope_type *t) {
    json_out_name(w->out, "jurisdiction");
    if (t->jurisdiction_rule.len == 0) {
        json_out_null(w->out);
        return;
    }
    json_out_object(w->out);
    json_out_member_string(w->out, "class", t->jurisdiction_class);
    json_out_member_string(w->out, "rule", t->jurisdiction_rule);
    json_out_member_string(w->out, "article", t->jurisdiction_article);
    word(w, "words", "", t->jurisdiction_words_key);
    write_spans(w, "states", t->states, t->state_count);
    json_out_member_bool(w->out, "any_state_of_services", t->is_any_state);
    json_out_member_bool(w->out, "concurrent", t->is_concurrent);
    json_out_member_bool(w->out, "representative_invalid", t->is_representative_invalid);
    json_out_member_string(w->out, "others", t->others);
    if (t->asking.len > 0) json_out_member_string(w->out, "asking", t->asking);
    word(w, "others_words", "others.", t->asking.len > 0 ? t->asking : t->others);
    write_spans(w, "needs", t->needs, t->need_count);
    json_out_object_end(w->out);
}

static void write_types(const struct writer *w) {
    json_out_name(w->out, "types");
    json_out_array(w->out);
    for (size_t i = 0; i < w->answer->type_count; i++) {
        const struct scope_type *t = &w->answer->types[i];
        json_out_object(w->out);
        json_out_member_string(w->out, "type", t->code);
        word(w, "label", "type.", t->code);
        text_or_null(w, "annex", t->annex);
        text_or_null(w, "sector", t->sector);
        text_or_null(w, "subsector", t->subsector);
        text_or_null(w, "act", t->act);
        json_out_member_bool(w->out, "counts", t->is_kept);
        json_out_member_text(w->out, "class", entity_class_name(t->class));
        text_or_null(w, "ir_2024_2690_article", t->ir_article);
        write_jurisdiction(w, t);
        json_out_object_end(w->out);
    }
    json_out_array_end(w->out);
}

static void write_regimes(const struct writer *w) {
    json_out_name(w->out, "other_acts");
    json_out_array(w->out);
    for (size_t i = 0; i < w->answer->regime_count; i++) {
        const struct scope_regime *r = &w->answer->regimes[i];
        json_out_object(w->out);
        json_out_member_string(w->out, "rule", r->id);
        json_out_member_string(w->out, "act", r->regime);
        json_out_member_string(w->out, "article", r->article);
        word(w, "words", "", r->words_key);
        text_or_null(w, "does_not_apply", r->displaces);
        said_or_null(w, "contact", r->contact);
        text_or_null(w, "contact_certainty", r->contact_certainty);
        json_out_object_end(w->out);
    }
    json_out_array_end(w->out);
}

static void write_hash(const struct writer *w, const char *member, struct hash hash) {
    static const char DIGITS[] = "0123456789abcdef";
    uint8_t text[2 * HASH_BYTES];
    for (size_t i = 0; i < HASH_BYTES; i++) {
        text[2 * i] = (uint8_t)DIGITS[hash.bytes[i] >> 4];
        text[2 * i + 1] = (uint8_t)DIGITS[hash.bytes[i] & 15];
    }
    json_out_member_string(w->out, member, span_make(text, sizeof text));
}

static void write_pack(const struct writer *w, const struct pack *pack) {
    if (pack == NULL) return;
    json_out_object(w->out);
    json_out_member_string(w->out, "pack", pack->id);
    json_out_member_string(w->out, "version", pack->version);
    write_hash(w, "sha256", pack->hash);
    json_out_object_end(w->out);
}

static void write_law(const struct writer *w) {
    const struct scope_answer *a = w->answer;
    json_out_name(w->out, "law");
    json_out_object(w->out);
    text_or_null(w, "transposing_act", a->transposing_act);
    json_out_member_bool(w->out, "transposed", a->is_transposed);
    json_out_member_bool(w->out, "transposition_date_known", a->is_transposition_dated);
    write_hash(w, "sha256", law_hash(a->law));
    json_out_name(w->out, "packs");
    json_out_array(w->out);
    write_pack(w, law_pack(a->law, SPAN("eu/nis2")));
    write_pack(w, law_pack_of_state(a->law, a->state));
    json_out_array_end(w->out);
    json_out_object_end(w->out);
}

static void write_contacts(const struct writer *w) {
    json_out_name(w->out, "contacts");
    json_out_array(w->out);
    for (size_t i = 0; i < w->answer->contact_count; i++) {
        const struct scope_contact *c = &w->answer->contacts[i];
        json_out_object(w->out);
        json_out_member_string(w->out, "role", c->role);
        word(w, "label", "contact.", c->role);
        said_or_null(w, "name", c->name);
        text_or_null(w, "certainty", c->certainty);
        said_or_null(w, "source", c->source);
        json_out_object_end(w->out);
    }
    json_out_array_end(w->out);
}

static void write_head(const struct writer *w) {
    const struct scope_answer *a = w->answer;
    uint8_t memory[16];
    struct civil at = a->at;
    memory[0] = (uint8_t)('0' + at.year / 1000 % 10), memory[1] = (uint8_t)('0' + at.year / 100 % 10);
    memory[2] = (uint8_t)('0' + at.year / 10 % 10), memory[3] = (uint8_t)('0' + at.year % 10);
    memory[4] = memory[7] = '-';
    memory[5] = (uint8_t)('0' + at.month / 10), memory[6] = (uint8_t)('0' + at.month % 10);
    memory[8] = (uint8_t)('0' + at.day / 10), memory[9] = (uint8_t)('0' + at.day % 10);
    word(w, "heading", "heading.", SPAN("guidance"));
    json_out_member_string(w->out, "state", a->state);
    json_out_member_string(w->out, "at", span_make(memory, 10));
    json_out_member_text(w->out, "outcome", scope_outcome_name(a->outcome));
    word(w, "outcome_words", "outcome.", span_of(scope_outcome_name(a->outcome)));
    json_out_member_text(w->out, "class", entity_class_name(a->class));
    word(w, "class_words", "class.", span_of(entity_class_name(a->class)));
    json_out_name(w->out, "possible");
    json_out_array(w->out);
    for (unsigned c = 0; c < ENTITY_UNDETERMINED; c++)
        if ((a->possible >> c & 1) != 0) json_out_text(w->out, entity_class_name((enum entity_class)c));
    json_out_array_end(w->out);
    json_out_member_bool(w->out, "domain_name_registration", a->is_domain_name_registration);
    text_or_null(w, "size", a->size);
    json_out_member_bool(w->out, "provisional", a->is_provisional);
    json_out_member_bool(w->out, "needs_decision_record", a->needs_decision_record);
}

void scope_write_json(struct json_out *out, const struct scope_answer *answer, struct span lang) {
    struct writer w = {out, answer, lang};
    json_out_object(out);
    write_head(&w);
    write_rules(&w);
    write_facts(&w, "decisive", answer->decisive, answer->decisive_count, false);
    write_facts(&w, "assumed", answer->assumed, answer->assumed_count, false);
    write_facts(&w, "missing", answer->missing, answer->missing_count, true);
    write_changes(&w);
    write_options(&w);
    write_types(&w);
    write_regimes(&w);
    write_law(&w);
    write_contacts(&w);
    json_out_object_end(out);
}
