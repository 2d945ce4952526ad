// SPDX-License-Identifier: EUPL-1.2
/* The compiled rows of acts.h, for its files. */
#ifndef LAW_ACTS_PRIVATE_H
#define LAW_ACTS_PRIVATE_H

#include "law/acts.h"
#include "law/clock.h"
#include "law/law_private.h"

enum { ACT_FACTS_MAX = 96, ACT_DERIVED_MAX = 32, ACT_REPORTS_MAX = 64, ACT_PARTS_MAX = 16, ACT_UNKNOWN_MAX = 14, ACT_TEXT_BYTES = 2000 };

enum act_fact_type { ACT_BOOL, ACT_ENUM, ACT_NUMBER, ACT_INSTANT, ACT_TYPES };
struct act_text { // a text of a row and the key of its translations in the same pack
    const struct pack *pack;
    struct span key, english;
};
struct act_fact {
    struct span name, article, filing;
    enum act_fact_type type;
    struct names values;
    struct act_text label;
    const struct yaml *node;
};
struct act_derived {
    struct span name;
    bool is_count;
    size_t count;
    const struct condition *parts[ACT_PARTS_MAX];
};
struct act_stage {
    struct span name, clock, article;
    struct act_text label;
};
struct act_field {
    struct span name, article, certainty;
    struct names takes;
    struct act_text label;
};
struct act_receiver {
    struct span name;
    struct act_text label;
};
struct act_report {
    const struct pack *pack;
    struct span name, article, certainty, receiver, relation;
    struct act_text label, words;
    const struct condition *when;
    struct validity validity;
    size_t stage_count, field_count;
    struct act_stage stages[ACT_PARTS_MAX];
    struct act_field fields[ACT_PARTS_MAX];
    const struct yaml *node;
};
struct act_from { // how a case gives a fact
    struct span procedure, fact, from_case, from_subject;
    const struct condition *when;
};
struct act_book {
    size_t fact_count, derived_count, receiver_count, report_count, from_count;
    struct act_fact facts[ACT_FACTS_MAX];
    struct act_derived derived[ACT_DERIVED_MAX];
    struct act_receiver receivers[ACT_PARTS_MAX];
    struct act_report *reports[ACT_REPORTS_MAX];
    struct act_from from[ACT_FACTS_MAX];
};

struct act_due {
    bool applies, is_known;
    struct span anchor; // the fact that is not known yet, where it is not
    struct clock_result clock;
};
struct act_finding {
    const struct act_report *report;
    enum act_truth truth;
    size_t need_count;
    struct span needs[ACT_UNKNOWN_MAX];
    struct act_due due[ACT_PARTS_MAX];
    struct json values[ACT_PARTS_MAX]; // of the fields; null: nothing to prefill
    struct span taken[ACT_PARTS_MAX];  // and the incident's field that each came from
};
struct acts_answer {
    const struct law *law;
    struct span state;
    struct civil at;
    const struct zone *zone;
    struct arena *arena;
    size_t count;
    struct act_finding *findings;
};

const struct act_fact *act_fact_find(const struct act_book *book, struct span name);
const struct act_receiver *act_receiver_find(const struct act_book *book, struct span name);
struct span act_text_in(const struct law *law, const struct act_text *text, struct span lang);

#endif
