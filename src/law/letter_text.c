// SPDX-License-Identifier: EUPL-1.2
/* The words of letters: placeholders, and facts as people write them. */
#include <stdio.h>

#include "law/law_private.h"
#include "law/letter_private.h"

// What a letter can say of the things that a node knows.
static const struct {
    const char *name;
    enum fact_type type;
    const char *words; // the value is a name of the law: its words are WORDS.VALUE
} FACTS[] = {
    {"entity.name", LETTER_FACT_TEXT, NULL}, {"entity.id", LETTER_FACT_TEXT, NULL}, {"entity.identifier", LETTER_FACT_TEXT, NULL},
    {"entity.address", LETTER_FACT_TEXT, NULL}, {"entity.class", LETTER_FACT_TEXT, "class"},
    {"entity.status", LETTER_FACT_TEXT, "letter.status"}, {"case.id", LETTER_FACT_TEXT, NULL},
    {"case.procedure", LETTER_FACT_TEXT, NULL}, {"case.state", LETTER_FACT_TEXT, NULL}, {"case.link", LETTER_FACT_TEXT, NULL},
    {"case.opened", LETTER_FACT_MOMENT, NULL}, {"office.name", LETTER_FACT_TEXT, NULL}, {"office.id", LETTER_FACT_TEXT, NULL},
    {"office.telephone", LETTER_FACT_TEXT, NULL}, {"node.name", LETTER_FACT_TEXT, NULL}, {"node.state", LETTER_FACT_TEXT, NULL},
    {"node.url", LETTER_FACT_TEXT, NULL}, {"letter.number", LETTER_FACT_TEXT, NULL}, {"letter.date", LETTER_FACT_DAY, NULL},
    {"letter.answer_by", LETTER_FACT_MOMENT, NULL}, {"letter.addressee", LETTER_FACT_TEXT, NULL},
    {"letter.code", LETTER_FACT_TEXT, NULL}, {"letter.expires", LETTER_FACT_MOMENT, NULL},
    {"letter.signer", LETTER_FACT_TEXT, NULL}, {"letter.filing", LETTER_FACT_TEXT, NULL}, {"filing.id", LETTER_FACT_TEXT, NULL},
    {"filing.document", LETTER_FACT_TEXT, NULL}, {"filing.received", LETTER_FACT_MOMENT, NULL},
    {"duty.words", LETTER_FACT_TEXT, NULL}, {"duty.article", LETTER_FACT_TEXT, NULL}, {"duty.due", LETTER_FACT_MOMENT, NULL},
    {"log.origin", LETTER_FACT_TEXT, NULL}, {"page", LETTER_FACT_TEXT, NULL}, {"pages", LETTER_FACT_TEXT, NULL},
};

enum fact_type letter_fact_type(const struct letter *letter, struct span name) {
    for (size_t i = 0; i < sizeof FACTS / sizeof FACTS[0]; i++)
        if (span_is(name, FACTS[i].name)) return FACTS[i].type;
    if (span_starts_with(name, SPAN("fact."))) return LETTER_FACT_MOMENT;
    if (letter == NULL || !span_starts_with(name, SPAN("field."))) return LETTER_FACT_NONE;
    for (size_t i = 0; i < letter->field_count; i++)
        if (span_equals(letter->fields[i].name, span_part(name, 6, name.len))) return LETTER_FACT_TEXT;
    return LETTER_FACT_NONE;
}

bool letter_placeholder_next(struct span text, size_t *at, struct span *ret_name, bool *ret_is_whole) {
    size_t open = span_find(text, '{', *at), close = span_find(text, '}', *at);
    *ret_is_whole = true;
    if (open == text.len && close == text.len) return false;
    *ret_is_whole = open < close && close < text.len;
    *ret_name = span_part(text, open + 1, close);
    *at = close + 1;
    return *ret_is_whole;
}

struct span letter_key(struct arena *arena, const struct letter *letter, struct span key) {
    return arena_printf(arena, "letter.%.*s.%.*s", SPAN_FMT(letter->id), SPAN_FMT(key));
}

// In the state's pack, then in that of the template, then in any of the Union's.
static struct span word_exactly(const struct law *law, const struct pack *own, struct span state, struct span key, struct span lang) {
    struct span text = pack_word(law, law_pack_of_state(law, state), key, lang);
    if (text.at == NULL) text = pack_word(law, own, key, lang);
    for (size_t i = 0; i < law->pack_count && text.at == NULL; i++)
        if (span_starts_with(law->packs[i].id, SPAN("eu/"))) text = pack_word(law, &law->packs[i], key, lang);
    return text;
}

struct span letter_word(const struct law *law, const struct letter *letter, struct span state, struct span key, struct span lang) {
    return word_exactly(law, letter->pack, state, key, lang);
}

// "22 novembre 2026", "22 novembre 2026, 14:05": the order of its parts is the language's.
struct span letter_moment(const struct letter_input *input, int64_t ms, bool is_day, struct arena *arena) {
    struct wall wall = wall_at(ms, zone_offset_s(input->zone, ms));
    struct buf out;
    char key[40];
    (void)snprintf(key, sizeof key, "letter.month.%u", wall.date.month);
    struct span month = word_exactly(input->law, input->letter->pack, input->state, span_of(key), input->lang);
    struct span form = word_exactly(input->law, input->letter->pack, input->state, is_day ? SPAN("letter.form.day") : SPAN("letter.form.moment"), input->lang);
    buf_init(&out, arena, 512);
    for (size_t at = 0; at < form.len;) {
        size_t open = span_find(form, '{', at), close = span_find(form, '}', open);
        struct span name = span_part(form, open + 1, close);
        buf_add(&out, span_part(form, at, open));
        if (span_is(name, "day")) buf_add_int(&out, wall.date.day);
        else if (span_is(name, "month")) buf_add(&out, month);
        else if (span_is(name, "year")) buf_add_int(&out, wall.date.year);
        else if (span_is(name, "time")) buf_printf(&out, "%02u:%02u", wall.hour, wall.minute);
        at = close < form.len ? close + 1 : form.len;
    }
    return out.is_failed ? span_make(NULL, 0) : buf_span(&out);
}

static struct span value_text_of(const struct letter_input *input, const struct json *value, enum fact_type type, struct arena *arena) {
    if (json_is_null(value)) return span_make(NULL, 0);
    if (value->type == JSON_INT) return arena_printf(arena, "%lld", (long long)value->integer);
    int64_t ms = json_instant(value, input->zone);
    if (ms != INSTANT_NONE && type != LETTER_FACT_TEXT) return letter_moment(input, ms, type == LETTER_FACT_DAY, arena);
    return value->type == JSON_STRING && value->string.len > 0 ? value->string : span_make(NULL, 0);
}

// What people call the value in the letter's language, else in English, else as it is.
static struct span said(const struct letter_input *input, struct span name, struct span value, struct arena *arena) {
    size_t i = 0;
    while (i < sizeof FACTS / sizeof FACTS[0] && !span_is(name, FACTS[i].name)) i++;
    if (value.at == NULL || i == sizeof FACTS / sizeof FACTS[0] || FACTS[i].words == NULL) return value;
    struct span key = arena_printf(arena, "%s.%.*s", FACTS[i].words, SPAN_FMT(value));
    struct span text = word_exactly(input->law, input->letter->pack, input->state, key, input->lang);
    if (text.at == NULL) text = word_exactly(input->law, input->letter->pack, input->state, key, SPAN("en"));
    return text.at != NULL ? text : value;
}

struct span letter_fact(const struct letter_input *input, struct span name, struct arena *arena) {
    size_t dot = span_find(name, '.', 0);
    struct span group = span_part(name, 0, dot), member = span_part(name, dot + 1, name.len);
    const struct json *from = json_find(input->facts, group);
    if (span_is(group, "field")) from = input->texts;
    if (span_is(group, "fact")) from = input->case_state == NULL ? NULL : json_get(input->case_state, "facts");
    if (from == NULL) return span_make(NULL, 0);
    return said(input, name, value_text_of(input, json_find(from, member), letter_fact_type(input->letter, name), arena), arena);
}

struct span letter_fill(const struct letter_input *input, struct span text, struct arena *arena, struct letter_gap *gap) {
    struct buf out;
    buf_init(&out, arena, 512 * 1024);
    for (size_t at = 0; at < text.len;) {
        size_t open = span_find(text, '{', at), close = span_find(text, '}', open);
        buf_add(&out, span_part(text, at, open));
        if (open == text.len) break;
        struct span name = span_part(text, open + 1, close), value = letter_fact(input, name, arena);
        if (value.at == NULL) {
            if (gap->name.at == NULL) gap->name = name;
            value = SPAN("\xe2\x80\xa6");
        }
        buf_add(&out, value);
        at = close + 1;
    }
    return out.is_failed ? span_make(NULL, 0) : buf_span(&out);
}

struct span letter_common_raw(const struct letter_input *input, const char *key) {
    char name[64];
    (void)snprintf(name, sizeof name, "letter.common.%s", key);
    return word_exactly(input->law, input->letter->pack, input->state, span_of(name), input->lang);
}

struct span letter_common(const struct letter_input *input, const char *key, struct arena *arena) {
    struct letter_gap gap = {0};
    return letter_fill(input, letter_common_raw(input, key), arena, &gap);
}
