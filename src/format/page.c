// SPDX-License-Identifier: EUPL-1.2
#include "format/page.h"

static void text_write(struct buf *out, struct span text) {
    for (size_t i = 0; i < text.len; i++) {
        switch (text.at[i]) {
        case '<': buf_add_text(out, "&lt;"); break;
        case '>': buf_add_text(out, "&gt;"); break;
        case '&': buf_add_text(out, "&amp;"); break;
        case '"': buf_add_text(out, "&quot;"); break;
        default: buf_add_byte(out, text.at[i]);
        }
    }
}

// "legal_basis" reads "legal basis".
static void name_write(struct buf *out, const struct page *page, struct span name) {
    struct span said = page->namer != NULL ? page->namer(page->context, name) : span_make(NULL, 0);
    if (said.at != NULL) {
        text_write(out, said);
        return;
    }
    for (size_t i = 0; i < name.len; i++)
        if (name.at[i] == '_') buf_add_byte(out, ' ');
        else text_write(out, span_make(name.at + i, 1));
}

static void value_write(struct buf *out, const struct page *page, const struct json *value, unsigned depth) {
    if (depth > 12) return;
    switch (value->type) {
    case JSON_STRING: text_write(out, value->string); break;
    case JSON_INT: buf_add_int(out, value->integer); break;
    case JSON_BOOL: buf_add_text(out, value->boolean ? "yes" : "no"); break;
    case JSON_ARRAY:
        if (value->count == 0) buf_add_text(out, "none");
        else buf_add_text(out, "<ul>");
        for (size_t i = 0; i < value->count; i++) {
            buf_add_text(out, "<li>");
            value_write(out, page, &value->items[i], depth + 1);
            buf_add_text(out, "</li>\n");
        }
        if (value->count > 0) buf_add_text(out, "</ul>");
        break;
    case JSON_OBJECT:
        buf_add_text(out, "<dl>");
        for (size_t i = 0; i < value->count; i++) {
            if (json_is_null(&value->members[i].value)) continue;
            buf_add_text(out, "<dt>");
            name_write(out, page, value->members[i].name);
            buf_add_text(out, "</dt><dd>");
            value_write(out, page, &value->members[i].value, depth + 1);
            buf_add_text(out, "</dd>\n");
        }
        buf_add_text(out, "</dl>");
        break;
    default: buf_add_text(out, "&ndash;");
    }
}

void page_write(struct buf *out, const struct page *page, const struct json *content) {
    buf_add_text(out, "<!DOCTYPE html>\n<html lang=\"");
    text_write(out, page->lang.len == 2 ? page->lang : SPAN("en"));
    buf_add_text(out, "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>");
    text_write(out, page->title);
    buf_add_text(out, "</title></head><body><main><h1>");
    text_write(out, page->title);
    buf_add_text(out, "</h1>\n");
    if (page->lead.len > 0) {
        buf_add_text(out, "<p>");
        text_write(out, page->lead);
        buf_add_text(out, "</p>\n");
    }
    value_write(out, page, content, 0);
    buf_add_text(out, "</main></body></html>\n");
}
