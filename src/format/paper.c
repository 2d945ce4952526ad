// SPDX-License-Identifier: EUPL-1.2
#include "format/paper.h"

#include "base/time.h"

void paper_add(struct buf *out, enum paper_kind kind, uint16_t level, struct span text) {
    buf_add_u16(out, (uint16_t)kind);
    buf_add_u16(out, level);
    buf_add_u32(out, (uint32_t)text.len);
    buf_add(out, text);
}

static struct err refuse(struct why *why, size_t index, const char *words) {
    return why_set(why, ERR_INPUT, "", "paper.form", "", "block %zu of the paper: %s", index, words);
}

static uint32_t number_at(const uint8_t *at, size_t bytes) {
    uint32_t value = 0;
    for (size_t i = bytes; i > 0; i--) value = value << 8 | at[i - 1];
    return value;
}

static bool is_language(struct span s) {
    return s.len == 2 && s.at[0] >= 'a' && s.at[0] <= 'z' && s.at[1] >= 'a' && s.at[1] <= 'z';
}

// A link is one that can be followed safely: https, mail or telephone, printable ASCII.
static bool is_link(struct span s) {
    bool is_known = span_starts_with(s, SPAN("https://")) || span_starts_with(s, SPAN("mailto:")) || span_starts_with(s, SPAN("tel:"));
    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] <= ' ' || s.at[i] > '~' || s.at[i] == '(' || s.at[i] == ')' || s.at[i] == '\\') return false;
    return is_known && s.len <= 2048;
}

static const char *fault_of_head(const struct paper *paper, const struct paper_block *block) {
    struct stamp stamp;
    if (paper->count > 0) return "the head comes first";
    if (paper->head[block->kind].at != NULL) return "it stands twice";
    if (block->level != 0) return "it has no level";
    if (block->text.len > 1024) return "it is too long";
    if (block->kind == PAPER_LANGUAGE && !is_language(block->text)) return "a language has two letters";
    if (block->kind == PAPER_DATE && is_err(stamp_parse(block->text, NULL, "", &stamp, NULL))) return "the date can't be read";
    return NULL;
}

// PREVIOUS is NULL before the first block of the body.
static const char *fault_of_body(const struct paper_block *block, const struct paper_block *previous) {
    enum paper_kind before = previous == NULL ? PAPER_PARAGRAPH : previous->kind;
    bool is_in_table = before == PAPER_TABLE || before == PAPER_HEAD || before == PAPER_CELL;
    switch (block->kind) {
    case PAPER_HEADING: return block->level < 1 || block->level > 3 ? "a heading has level 1 to 3" : NULL;
    case PAPER_ITEM: return NULL;
    case PAPER_TABLE: return block->level < 1 || block->level > PAPER_COLUMNS ? "a table has 1 to 8 columns" : NULL;
    case PAPER_RULED: return block->level < 1 || block->level > 40 ? "1 to 40 lines" : NULL;
    case PAPER_HEAD:
    case PAPER_CELL: return is_in_table ? NULL : "a cell stands outside of a table";
    case PAPER_VALUE: return before == PAPER_FIELD ? NULL : "a value has no label";
    case PAPER_LINK: return is_link(block->text) ? NULL : "the link is none that may be followed";
    default: return block->level == 0 ? NULL : "it has no level";
    }
}

static const char *add_block(struct paper *paper, const struct paper_block *block, struct span *speech) {
    const struct paper_block *previous = paper->count > 0 ? &paper->blocks[paper->count - 1] : NULL;
    if (!span_is_utf8(block->text)) return "the text is no UTF-8";
    if (block->kind >= PAPER_LANGUAGE && block->kind <= PAPER_DRAFT) {
        const char *fault = fault_of_head(paper, block);
        if (fault == NULL) paper->head[block->kind] = block->text;
        return fault;
    }
    if (block->kind == PAPER_SPEECH) {
        if (block->text.len > 0 && !is_language(block->text)) return "a language has two letters";
        *speech = block->text;
        return NULL;
    }
    if (block->kind < PAPER_HEADING || block->kind > PAPER_SPEECH) return "its kind is unknown";
    if (paper->count == PAPER_BLOCKS) return "there are too many blocks";
    if (previous != NULL && previous->kind == PAPER_FIELD && block->kind != PAPER_VALUE) return "a label has no value";
    const char *fault = fault_of_body(block, previous);
    if (fault == NULL) paper->blocks[paper->count++] = (struct paper_block){block->kind, block->level, block->text, *speech};
    return fault;
}

// Each table has at least one row of head cells or cells, and only whole rows.
static bool are_tables_whole(const struct paper *paper) {
    for (size_t i = 0; i < paper->count; i++) {
        if (paper->blocks[i].kind != PAPER_TABLE) continue;
        size_t cells = 0;
        while (i + 1 + cells < paper->count && (paper->blocks[i + 1 + cells].kind == PAPER_HEAD || paper->blocks[i + 1 + cells].kind == PAPER_CELL))
            cells++;
        if (cells == 0 || cells % paper->blocks[i].level != 0) return false;
    }
    return true;
}

struct err paper_parse(struct span bytes, struct arena *arena, struct paper *ret, struct why *why) {
    struct paper paper = {.blocks = arena_take_array(arena, PAPER_BLOCKS, sizeof *paper.blocks)};
    if (paper.blocks == NULL) return err_make(ERR_MEMORY);
    if (bytes.len > PAPER_BYTES) return why_set(why, ERR_LIMIT, "", "paper.size", "", "a paper has at most %d bytes", (int)PAPER_BYTES);
    struct span speech = span_make(NULL, 0);
    size_t index = 0;
    for (size_t at = 0; at < bytes.len; index++) {
        if (bytes.len - at < 8) return refuse(why, index, "it is cut off");
        size_t len = number_at(bytes.at + at + 4, 4);
        struct paper_block block = {.kind = (enum paper_kind)number_at(bytes.at + at, 2), .level = (uint16_t)number_at(bytes.at + at + 2, 2)};
        if (len > bytes.len - at - 8) return refuse(why, index, "it is cut off");
        block.text = span_make(bytes.at + at + 8, len);
        const char *fault = add_block(&paper, &block, &speech);
        if (fault != NULL) return refuse(why, index, fault);
        at += 8 + len;
    }
    if (paper.head[PAPER_LANGUAGE].at == NULL || paper.head[PAPER_TITLE].len == 0 || paper.head[PAPER_DATE].at == NULL)
        return refuse(why, index, "language, title or date are missing");
    if (paper.count > 0 && paper.blocks[paper.count - 1].kind == PAPER_FIELD) return refuse(why, index, "a label has no value");
    if (!are_tables_whole(&paper)) return refuse(why, index, "a table has half a row, or none");
    *ret = paper;
    return err_none();
}
