// SPDX-License-Identifier: EUPL-1.2
/*
 * Scope: does the Directive apply to an entity, as what, why, and what would change it.
 *
 * Facts come as one flat JSON object (names and values: law/eu/nis2/facts.yaml; doc/law.md shows examples) and are read
 * once into a compact form. A view is the law of a state at a date. scope_classify answers in less than a microsecond;
 * scope_answer gives every reason as well. Facts not given are assumed where facts.yaml says so (and reported), else
 * all their values are tried: where every completion agrees the answer is determined, otherwise it is *undetermined*.
 *
 * Pure and thread-safe: views and facts are immutable once made. Spans in an answer point into the law and the arena.
 */
#ifndef LAW_SCOPE_H
#define LAW_SCOPE_H

#include "base/json.h"
#include "law/pack.h"

enum entity_class { // in order of strength
    ENTITY_OUT,
    ENTITY_DOMAIN_NAME_REGISTRATION,
    ENTITY_IMPORTANT,
    ENTITY_ESSENTIAL,
    ENTITY_UNDETERMINED,
};
enum scope_outcome { SCOPE_OUT, SCOPE_IN, SCOPE_UNDETERMINED };
// "out", "domain_name_registration", "important", "essential", "undetermined"; also the words' keys "class.NAME".
const char *entity_class_name(enum entity_class class);
const char *scope_outcome_name(enum scope_outcome outcome); // "out", "in", "undetermined"

// The law of STATE (two letters, Greece is EL) on the day AT. ERR_INPUT (rule scope.state) for an unknown state.
struct scope_view;
CHECKED struct err scope_view_make(const struct law *law, struct span state, struct civil at, struct arena *arena,
                                   const struct scope_view **ret, struct why *why);

// FACTS (untrusted) checked against facts.yaml: unknown names and values, wrong types, more than two decimals, negative
// figures are ERR_INPUT naming the field (a JSON pointer). Members "state" and "at" are left to scope_place_read.
struct scope_facts;
CHECKED struct err scope_facts_read(const struct law *law, const struct json *facts, struct arena *arena,
                                    const struct scope_facts **ret, struct why *why);
// State and date of the question: the members "state" and "at", or the given defaults (an empty state means none).
CHECKED struct err scope_place_read(const struct json *facts, struct span state_or_empty, struct civil today,
                                    struct span *ret_state, struct civil *ret_at, struct why *why);

// Class alone, no reasons, no memory. ENTITY_UNDETERMINED where completions disagree.
enum entity_class scope_classify(const struct scope_view *view, const struct scope_facts *facts);
// The role bit beside any class: domain name registration services, in scope.
bool scope_is_domain_name_registration(const struct scope_view *view, const struct scope_facts *facts);

struct scope_rule { // a row that fired
    struct span id;        // "R2a-i"
    struct span article;
    struct span words_key; // for law_word
    struct span type;      // code of the entity type it fired for; empty: for the entity
    struct span effect;    // "essential", "dropped", "out" ...; empty for rules of size
    struct span certainty; // empty, "mem" or "int": how sure we are of the rule
    struct span detail;    // what was computed (size rules); empty otherwise
    bool is_certain;       // fires in every completion of the missing facts
};
struct scope_fact { // a fact and its value as text
    struct span name;
    struct span value; // empty for missing facts
    struct span article;
};
struct scope_change { // what would change the answer
    struct span fact;     // "staff", "identified_2_2_b"
    struct span value;    // the value that it would need: "49", "essential"
    struct span delta;    // for figures: "-3"; empty otherwise
    struct span words_key; // sentence for this change; at == NULL where only fact and value can be said
    enum entity_class class;
    bool is_near_miss;    // an act of a state could bring this about without any change at the entity
};
struct scope_option { // left to the state
    struct span name; // the switch
    struct span article;
    bool is_open;     // nothing follows from the wording alone; else the answer follows the Directive's wording
    size_t count;
    struct span *values;       // what the state may decide
    enum entity_class *classes; // and the class that follows
};
struct scope_type { // one of the entity's types
    struct span code, sector, subsector, annex, act;
    bool is_kept;            // false: an exclusion took it out (see the rules)
    enum entity_class class; // by this type alone
    struct span jurisdiction_class; // E, S, M, P
    struct span jurisdiction_rule, jurisdiction_article, jurisdiction_words_key;
    size_t state_count;      // 0: not known (see needs) or any (is_any)
    struct span *states;     // competent states
    bool is_any_state;       // any state where services are provided may act
    bool is_concurrent;      // several at once; no double penalty for the same conduct
    bool is_representative_invalid;
    struct span others;      // what other states may do: "request", "none", "any"
    struct span asking;      // for the fact asking_authority: "competent", or as OTHERS; empty where nobody asks
    size_t need_count;
    struct span *needs;      // facts that would settle the jurisdiction
    struct span ir_article;  // article of Implementing Regulation 2024/2690 with its thresholds; empty: none
};
struct scope_regime { // an act that displaces or stands beside
    struct span id, article, words_key, regime;
    struct span displaces;   // provisions that do not apply: "NIS2 21, 23, 31-37"; empty where none
    struct span contact;     // whom to ask, from the state's directory; empty: not known
    struct span contact_certainty;
};
struct scope_contact { // a body of the state, from directory.yaml
    struct span role; // ca, csirt, spoc, portal
    struct span name; // empty: unknown
    struct span certainty, source;
};

struct scope_answer {
    const struct law *law;
    struct span state;
    struct civil at;
    struct span state_title;
    struct span transposing_act; // of the national pack
    bool is_transposed;          // a national law was in force at the date, as far as is known
    bool is_transposition_dated; // false: whether it applied at that date is not known
    enum scope_outcome outcome;
    enum entity_class class;
    unsigned possible;           // bit (1 << class) for each class that a completion gives
    bool is_domain_name_registration; // the role bit, beside any class
    struct span size;            // "micro".."large", "na", or empty where it is not determined
    bool is_provisional;         // size by estimate
    bool needs_decision_record;  // a relief was applied that a person must decide (independence)
    size_t rule_count;
    struct scope_rule *rules;
    size_t decisive_count;
    struct scope_fact *decisive; // given facts without which the answer would be another
    size_t assumed_count;
    struct scope_fact *assumed;
    size_t missing_count;
    struct scope_fact *missing;  // facts that would settle it
    size_t change_count;
    struct scope_change *changes;
    size_t option_count;
    struct scope_option *options;
    size_t type_count;
    struct scope_type *types;
    size_t regime_count;
    struct scope_regime *regimes;
    size_t contact_count;
    struct scope_contact *contacts;
};

// The whole answer. STATE and TODAY serve where the facts name none.
CHECKED struct err scope_answer_make(const struct law *law, const struct json *facts, struct span state_or_empty,
                                     struct civil today, struct arena *arena, struct scope_answer *ret, struct why *why);
// The same from prepared facts.
CHECKED struct err scope_answer_facts(const struct scope_view *view, const struct scope_facts *facts, struct arena *arena,
                                      struct scope_answer *ret, struct why *why);

// Headed "guidance on your facts, not a decision", with packs, hashes and date. LANG falls back to English.
void scope_write_json(struct json_out *out, const struct scope_answer *answer, struct span lang);
void scope_write_text(struct buf *out, const struct scope_answer *answer, struct span lang);

#endif
