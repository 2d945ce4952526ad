// SPDX-License-Identifier: EUPL-1.2
#include "law/citation.h"

static const char *const ORDINALS[] = {"first", "second", "third", "fourth", "last"};
static const char *const ROMANS[] = {"i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"};
static const char LETTERS[] = "abcdefghijklmnopqrstuvwxyz";

struct reader {
    struct span text;
    size_t at;
    const struct act_names *acts;
    struct arena *arena;
    struct citation *into;
    struct span act; // the one named last
};

static bool is_digit(uint8_t c) { return c >= '0' && c <= '9'; }
static bool is_letter(uint8_t c) { return c >= 'a' && c <= 'z'; }
static uint8_t peek(const struct reader *r) { return r->at < r->text.len ? r->text.at[r->at] : 0; }
static struct span rest(const struct reader *r) { return span_part(r->text, r->at, r->text.len); }
static bool is_end(uint8_t c) { return c == 0 || c == ',' || c == ';'; }

static bool skip(struct reader *r, const char *word) {
    if (!span_starts_with(rest(r), span_of(word))) return false;
    r->at += strlen(word);
    return true;
}

static void skip_blank(struct reader *r) {
    while (peek(r) == ' ') r->at++;
}

static struct place *last(const struct reader *r) { return r->into->count == 0 ? NULL : &r->into->places[r->into->count - 1]; }

static struct place *place_put(struct reader *r, enum place_kind kind) {
    if (r->into->count == CITATION_PLACES_MAX) return NULL;
    struct place *place = &r->into->places[r->into->count++];
    *place = (struct place){.act = r->act, .kind = kind};
    return place;
}

static bool part_put(struct place *place, uint8_t before, struct span part) {
    if (place == NULL || place->count == PLACE_PARTS_MAX || part.len == 0) return false;
    place->before[place->count] = before;
    place->parts[place->count++] = part;
    return true;
}

// Letters and digits.
static struct span label(struct reader *r) {
    size_t from = r->at;
    while (is_digit(peek(r)) || is_letter(peek(r))) r->at++;
    return span_part(r->text, from, r->at);
}

static struct span roman_number(struct reader *r) {
    size_t from = r->at;
    while (peek(r) == 'I' || peek(r) == 'V' || peek(r) == 'X') r->at++;
    return span_part(r->text, from, r->at);
}

static bool bracketed(struct reader *r, struct span *ret) {
    if (!skip(r, "(")) return false;
    *ret = label(r);
    return ret->len > 0 && skip(r, ")");
}

// What stands below the first part: ".1.1", ":41", "(4)(a)".
static bool below(struct reader *r, struct place *place) {
    struct span part;
    for (;;) {
        uint8_t c = peek(r), next = r->at + 1 < r->text.len ? r->text.at[r->at + 1] : 0;
        if ((c == '.' || c == ':') && is_digit(next)) {
            r->at++;
            if (!part_put(place, c, label(r))) return false;
        } else if (c == '(') {
            if (!bracketed(r, &part) || !part_put(place, c, part)) return false;
        } else {
            return true;
        }
    }
}

static int64_t index_of(const char *const *names, size_t count, struct span name) {
    for (size_t i = 0; i < count; i++)
        if (span_is(name, names[i])) return (int64_t)i;
    return -1;
}

// The label after LABEL among its siblings: 4 after 3, c after b, iii after ii; empty where there is none.
static struct span label_next(struct arena *arena, struct span label, bool is_roman) {
    int64_t number;
    if (span_to_int(label, &number)) return arena_printf(arena, "%lld", (long long)(number + 1));
    int64_t roman = is_roman ? index_of(ROMANS, sizeof ROMANS / sizeof ROMANS[0], label) : -1;
    if (roman >= 0) return (size_t)roman + 1 < sizeof ROMANS / sizeof ROMANS[0] ? span_of(ROMANS[roman + 1]) : SPAN("");
    bool has_next = label.len == 1 && is_letter(label.at[0]) && label.at[0] != 'z';
    return has_next ? span_make(&LETTERS[label.at[0] - 'a' + 1], 1) : SPAN("");
}

// "-(e)" or "-37" after a place: all up to there.
static bool range(struct reader *r) {
    struct span to;
    if (last(r) == NULL) return false;
    struct place from = *last(r);
    if (!skip(r, "-")) return true;
    if (peek(r) == '(' ? !bracketed(r, &to) : (to = label(r)).len == 0) return false;
    bool is_roman = from.count > 2 && is_letter(from.parts[from.count - 2].at[0]);
    for (struct place next = from; !span_equals(next.parts[next.count - 1], to);) {
        next.parts[next.count - 1] = label_next(r->arena, next.parts[next.count - 1], is_roman);
        struct place *place = next.parts[next.count - 1].len > 0 ? place_put(r, from.kind) : NULL;
        if (place == NULL) return false;
        *place = next;
    }
    return true;
}

// "second subparagraph" of the place before.
static bool subparagraph(struct reader *r) {
    for (size_t i = 0; i < sizeof ORDINALS / sizeof ORDINALS[0]; i++) {
        size_t from = r->at;
        if (!skip(r, ORDINALS[i])) continue;
        if (skip(r, " subparagraph") && last(r) != NULL && last(r)->kind == PLACE_ARTICLE) {
            last(r)->subparagraph = span_of(ORDINALS[i]);
            return true;
        }
        r->at = from;
    }
    return false;
}

static bool article(struct reader *r) {
    struct place *place = place_put(r, PLACE_ARTICLE);
    return part_put(place, ' ', label(r)) && below(r, place) && range(r);
}

// "(d)" after "32(4)(b)" is 32(4)(d); "(7)" after "16(5)" or "16(3)(e)" is 16(7).
static bool sibling(struct reader *r) {
    if (last(r) == NULL) return false;
    struct place before = *last(r);
    struct span part;
    if (!bracketed(r, &part) || before.kind != PLACE_ARTICLE || before.count < 2) return false;
    bool is_number = is_digit(part.at[0]);
    if (!is_number && (before.count < 3 || is_digit(before.parts[before.count - 1].at[0]))) return false;
    struct place *place = place_put(r, PLACE_ARTICLE);
    if (place == NULL) return false;
    *place = before;
    place->subparagraph = SPAN("");
    place->count = is_number ? 1 : before.count - 1;
    return part_put(place, '(', part) && below(r, place) && range(r);
}

static bool recital(struct reader *r) {
    struct place *place = place_put(r, PLACE_RECITAL);
    return is_digit(peek(r)) && part_put(place, ' ', label(r));
}

// I, I.2(d)
static bool annex(struct reader *r) {
    struct place *place = place_put(r, PLACE_ANNEX);
    return part_put(place, ' ', roman_number(r)) && below(r, place);
}

static bool annexes(struct reader *r) {
    if (skip(r, "Annexes ")) return annex(r) && skip(r, " and ") && annex(r);
    if (!skip(r, "Annex")) return annex(r);
    if (skip(r, " ")) return annex(r);
    return place_put(r, PLACE_ANNEX) != NULL;
}

static bool place_read(struct reader *r) {
    uint8_t c = peek(r);
    bool is_after_annex = last(r) != NULL && last(r)->kind == PLACE_ANNEX;
    if (r->act.len == 0) return false;
    if (skip(r, "REC ") || skip(r, "rec. ")) return recital(r);
    if (span_starts_with(rest(r), SPAN("Annex")) || (is_after_annex && (c == 'I' || c == 'V' || c == 'X'))) return annexes(r);
    if (c == '(') return sibling(r);
    return is_digit(c) ? article(r) : subparagraph(r);
}

// The longest name that stands here as a whole.
static struct span act_here(const struct reader *r) {
    struct span found = SPAN("");
    for (size_t i = 0; i < r->acts->count; i++) {
        struct span name = r->acts->names[i];
        uint8_t after = r->at + name.len < r->text.len ? r->text.at[r->at + name.len] : 0;
        if (name.len > found.len && span_starts_with(rest(r), name) && (is_end(after) || after == ' ')) found = name;
    }
    return found;
}

static bool item(struct reader *r) {
    skip_blank(r);
    (void)skip(r, "on ");
    struct span act = act_here(r);
    if (act.len > 0) {
        r->act = act;
        r->at += act.len;
        if (is_end(peek(r))) return place_put(r, PLACE_ACT) != NULL;
        skip_blank(r);
    } else if (last(r) != NULL && last(r)->kind == PLACE_ACT && span_equals(last(r)->act, r->act)) {
        r->into->count--; // "Act 300/2008, 17(4)": the place is meant, not the whole
    }
    if (!place_read(r)) return false;
    if (skip(r, " ") && subparagraph(r)) return is_end(peek(r));
    if (r->at > 0 && r->text.at[r->at - 1] == ' ') r->at--;
    struct place *place = last(r);
    if (place != NULL) place->is_proposed = skip(r, " as proposed") || skip(r, " in the Council's text");
    return is_end(peek(r));
}

bool citation_parse(struct span text, const struct act_names *acts, struct arena *arena, struct citation *ret, struct span *ret_rest) {
    struct reader r = {.text = span_trim(text), .acts = acts, .arena = arena, .into = ret};
    ret->count = 0;
    for (;;) {
        skip_blank(&r);
        size_t from = r.at;
        if (!item(&r)) {
            *ret_rest = span_part(r.text, from, r.text.len);
            return false;
        }
        if (peek(&r) == 0) return true;
        r.at++;
    }
}

bool place_covers(const struct place *outer, const struct place *inner) {
    if (!span_equals(outer->act, inner->act)) return false;
    if (outer->kind == PLACE_ACT) return true;
    if (outer->kind != inner->kind || outer->count > inner->count) return false;
    for (size_t i = 0; i < outer->count; i++)
        if (!span_equals(outer->parts[i], inner->parts[i])) return false;
    return true;
}

void place_write(struct buf *out, const struct place *place) {
    static const char *const KINDS[] = {"", "", " REC", " Annex"};
    buf_printf(out, "%.*s%s", SPAN_FMT(place->act), KINDS[place->kind]);
    for (size_t i = 0; i < place->count; i++) {
        buf_add_byte(out, place->before[i]);
        buf_add(out, place->parts[i]);
        if (place->before[i] == '(') buf_add_byte(out, ')');
    }
    if (place->subparagraph.len > 0) buf_printf(out, " %.*s subparagraph", SPAN_FMT(place->subparagraph));
    if (place->is_proposed) buf_add(out, SPAN(" as proposed"));
}
