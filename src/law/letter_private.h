// SPDX-License-Identifier: EUPL-1.2
/* What a template is made of. For the files of this room only. */
#ifndef LAW_LETTER_PRIVATE_H
#define LAW_LETTER_PRIVATE_H

#include "law/condition.h"
#include "law/letter.h"
#include "law/pack.h"

enum part_kind { PART_HEADING, PART_TEXT, PART_LIST, PART_FACTS, PART_TABLE, PART_FIELD, PART_FORM, PART_VALUES, PART_LINES };
struct letter_part {
    enum part_kind kind;
    struct names names; // keys of words, facts, the field, the table, the form
    int64_t level;      // heading
    const struct condition *when;
    const struct yaml *node;
};
struct letter_field {
    struct span name, label, article;
    bool is_required;
    size_t max_chars;
};
struct letter {
    struct span id, label, article, marking, number;
    struct names by, procedures;
    bool needs_head;
    size_t field_count, part_count;
    struct letter_field *fields;
    struct letter_part *parts;
    struct validity validity;
    const struct pack *pack;
    const struct yaml *node;
};
struct letter_book {
    size_t count;
    struct letter *letters;
};

enum fact_type { LETTER_FACT_NONE, LETTER_FACT_TEXT, LETTER_FACT_MOMENT, LETTER_FACT_DAY };
// The type of a placeholder: "entity.name", "letter.date", "fact.aware_at" (of the case), "field.reasons" (of the template; LETTER may
// be NULL). LETTER_FACT_NONE: unknown.
enum fact_type letter_fact_type(const struct letter *letter, struct span name);
// Walks the placeholders of TEXT: *at starts at 0. False at the end; *ret_is_whole false where a brace is left open.
bool letter_placeholder_next(struct span text, size_t *at, struct span *ret_name, bool *ret_is_whole);
// "letter.TEMPLATE.KEY"
struct span letter_key(struct arena *arena, const struct letter *letter, struct span key);
// The words of a part in a language, without falling back to another.
struct span letter_word(const struct law *law, const struct letter *letter, struct span state, struct span key, struct span lang);

struct letter_gap { // what was missing
    struct span name;
};
// TEXT with its placeholders filled; *gap names the first that has no value (then "…" stands in its place).
struct span letter_fill(const struct letter_input *input, struct span text, struct arena *arena, struct letter_gap *gap);
struct span letter_moment(const struct letter_input *input, int64_t ms, bool is_day, struct arena *arena);

#endif
