// SPDX-License-Identifier: EUPL-1.2
#include "format/paper_html.h"

static const char STYLE[] =
    "body{font:1rem/1.5 sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem;color:#111;background:#fff}"
    "h1{font-size:1.6rem}h2{font-size:1.25rem}h3{font-size:1.05rem}dt{font-weight:bold;margin-top:.8rem}dd{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}"
    ".marking{font-weight:bold;border:2px solid #111;padding:.3rem .6rem;margin:1rem 0}.small{font-size:.875rem}p{overflow-wrap:anywhere}"
    "table{border-collapse:collapse}th,td{border:1px solid #555;padding:.3rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}"
    ".rule{border-bottom:1px solid #555;height:1.8rem}@media print{body{margin:0;max-width:none}}";

static void add_text(struct buf *out, struct span text) {
    for (size_t i = 0; i < text.len; i++) {
        switch (text.at[i]) {
        case '<': buf_add_text(out, "&lt;"); break;
        case '>': buf_add_text(out, "&gt;"); break;
        case '&': buf_add_text(out, "&amp;"); break;
        case '"': buf_add_text(out, "&quot;"); break;
        case '\'': buf_add_text(out, "&#39;"); break;
        case '\n': buf_add_text(out, "<br>"); break;
        default: buf_add_byte(out, text.at[i] < 0x20 && text.at[i] != '\t' ? '?' : text.at[i]);
        }
    }
}

static void element(struct buf *out, const char *open, struct span text, const char *close) {
    buf_add_text(out, open);
    add_text(out, text);
    buf_add_text(out, close);
}

// Rows of a table from its first cell on; gives the index after the last.
static size_t table(struct buf *out, const struct paper *paper, size_t at, size_t columns) {
    size_t cell = 0;
    buf_add_text(out, "<table>\n");
    for (; at < paper->count && (paper->blocks[at].kind == PAPER_HEAD || paper->blocks[at].kind == PAPER_CELL); at++, cell++) {
        bool is_head = paper->blocks[at].kind == PAPER_HEAD;
        if (cell % columns == 0) buf_add_text(out, "<tr>");
        element(out, is_head ? "<th scope=\"col\">" : "<td>", paper->blocks[at].text, is_head ? "</th>" : "</td>");
        if (cell % columns == columns - 1) buf_add_text(out, "</tr>\n");
    }
    if (cell % columns != 0) buf_add_text(out, "</tr>\n");
    buf_add_text(out, "</table>\n");
    return at;
}

static size_t fields(struct buf *out, const struct paper *paper, size_t at) {
    buf_add_text(out, "<dl>\n");
    for (; at < paper->count && (paper->blocks[at].kind == PAPER_FIELD || paper->blocks[at].kind == PAPER_VALUE); at++) {
        bool is_label = paper->blocks[at].kind == PAPER_FIELD;
        element(out, is_label ? "<dt>" : "<dd>", paper->blocks[at].text, is_label ? "</dt>\n" : "</dd>\n");
    }
    buf_add_text(out, "</dl>\n");
    return at;
}

static size_t items(struct buf *out, const struct paper *paper, size_t at) {
    bool is_numbered = paper->blocks[at].level > 0;
    buf_add_text(out, is_numbered ? "<ol>\n" : "<ul>\n");
    for (; at < paper->count && paper->blocks[at].kind == PAPER_ITEM && (paper->blocks[at].level > 0) == is_numbered; at++)
        element(out, "<li>", paper->blocks[at].text, "</li>\n");
    buf_add_text(out, is_numbered ? "</ol>\n" : "</ul>\n");
    return at;
}

static void heading(struct buf *out, const struct paper_block *block) {
    unsigned level = block->level < 1 ? 1 : block->level > 3 ? 3 : block->level;
    buf_printf(out, "<h%u>", level + 1 > 3 ? 3 : level + 1); // the title is the first
    add_text(out, block->text);
    buf_printf(out, "</h%u>\n", level + 1 > 3 ? 3 : level + 1);
}

static size_t block(struct buf *out, const struct paper *paper, size_t at) {
    const struct paper_block *b = &paper->blocks[at];
    switch (b->kind) {
    case PAPER_HEADING: heading(out, b); break;
    case PAPER_ADDRESS: element(out, "<address>", b->text, "</address>\n"); break;
    case PAPER_SMALL: element(out, "<p class=\"small\">", b->text, "</p>\n"); break;
    case PAPER_ITEM: return items(out, paper, at);
    case PAPER_FIELD: case PAPER_VALUE: return fields(out, paper, at);
    case PAPER_TABLE: return table(out, paper, at + 1, b->level == 0 ? 1 : b->level);
    case PAPER_RULED:
        for (unsigned i = 0; i < b->level; i++) buf_add_text(out, "<div class=\"rule\"></div>\n");
        break;
    case PAPER_SPEECH: break; // the words stand in the paper's own language
    default: element(out, "<p>", b->text, "</p>\n"); // an address to follow is shown: what comes by mail is typed in, not clicked
    }
    return at + 1;
}

void paper_html(const struct paper *paper, struct buf *ret) {
    element(ret, "<!DOCTYPE html>\n<html lang=\"", paper->head[PAPER_LANGUAGE], "\">\n<head>\n<meta charset=\"utf-8\">\n");
    element(ret, "<meta name=\"viewport\" content=\"width=device-width\">\n<title>", paper->head[PAPER_TITLE], "</title>\n<style>");
    buf_add_text(ret, STYLE);
    buf_add_text(ret, "</style>\n</head>\n<body>\n<header>\n");
    if (paper->head[PAPER_MARKING].len > 0) element(ret, "<p class=\"marking\">", paper->head[PAPER_MARKING], "</p>\n");
    if (paper->head[PAPER_SENDER].len > 0) element(ret, "<p>", paper->head[PAPER_SENDER], "</p>\n");
    if (paper->head[PAPER_NUMBER].len > 0) element(ret, "<p>", paper->head[PAPER_NUMBER], "</p>\n");
    element(ret, "</header>\n<main>\n<h1>", paper->head[PAPER_TITLE], "</h1>\n");
    for (size_t at = 0; at < paper->count;) at = block(ret, paper, at);
    buf_add_text(ret, "</main>\n<footer>\n");
    if (paper->head[PAPER_MARKING].len > 0) element(ret, "<p class=\"marking\">", paper->head[PAPER_MARKING], "</p>\n");
    buf_add_text(ret, "</footer>\n</body>\n</html>\n");
}
