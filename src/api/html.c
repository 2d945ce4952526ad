// SPDX-License-Identifier: EUPL-1.2
#include "api/html.h"

#include "base/hash.h"

static const char STYLE[] =
    "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:44rem;margin:0 auto;padding:1rem;color:#111;background:#fff}"
    "h1{line-height:1.2}a{color:#00428c}.call{border:3px solid #8c0000;padding:.5rem 1rem;font-weight:bold}"
    ".field{margin:1.2rem 0}label,legend{display:block;font-weight:bold}.help{display:block;color:#444}"
    "input[type=text],input[type=email],input[type=tel],input[type=datetime-local],input[type=date],select,textarea{font:inherit;width:100%;box-sizing:border-box;padding:.4rem;border:2px solid #555}"
    "textarea{min-height:8rem}fieldset{border:2px solid #555;margin:1.2rem 0}.choice label{display:inline;font-weight:normal}"
    "button{font:inherit;font-weight:bold;padding:.6rem 1.2rem;border:2px solid #00428c;background:#00428c;color:#fff}button.small{padding:.1rem .5rem;margin:.15rem 0;font-size:1rem;font-weight:normal;background:#fff;color:#00428c}"
    ":focus{outline:3px solid #e07000;outline-offset:2px}.fault{color:#8c0000;font-weight:bold}.faults{border:3px solid #8c0000;padding:.5rem 1rem}"
    "code,pre{font-family:monospace;overflow-wrap:anywhere;white-space:pre-wrap;font-size:1rem}.token{display:block;border:2px solid #111;padding:.6rem}"
    ".line{border-bottom:1px solid #111;height:2rem}.box{margin-right:.5rem}summary{font-weight:bold;padding:.4rem 0;cursor:pointer}dt{font-weight:bold}table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.3rem .5rem .3rem 0;border-bottom:1px solid #bbb;overflow-wrap:anywhere}"
    ".state{border:3px solid #555;padding:.5rem 1rem}.state.good{border-color:#00632b}.state.bad{border-color:#8c0000}@page{margin:16mm 15mm}@media print{.screen{display:none}body{font-size:11pt;max-width:none}.field{break-inside:avoid}}";

// --- the writer ---

static void tag_end(struct html *html) {
    if (html->is_tag_open) buf_add_byte(html->out, '>');
    html->is_tag_open = false;
}

static void escaped(struct buf *out, struct span text, bool has_breaks) {
    if (!span_is_utf8(text)) text = SPAN("\xef\xbf\xbd");
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.at[i];
        switch (c) {
        case '&': buf_add_text(out, "&amp;"); break;
        case '<': buf_add_text(out, "&lt;"); break;
        case '>': buf_add_text(out, "&gt;"); break;
        case '"': buf_add_text(out, "&quot;"); break;
        case '\'': buf_add_text(out, "&#39;"); break;
        case '\n': buf_add_text(out, has_breaks ? "<br>\n" : "\n"); break;
        case '\t': buf_add_byte(out, c); break;
        default:
            if (c < 0x20 || c == 0x7f) buf_add_text(out, "\xef\xbf\xbd");
            else buf_add_byte(out, c);
        }
    }
}

void html_open(struct html *html, const char *tag) {
    tag_end(html);
    buf_add_byte(html->out, '<');
    buf_add_text(html->out, tag);
    html->is_tag_open = true;
}

void html_attribute(struct html *html, const char *name, struct span value) {
    buf_add_byte(html->out, ' ');
    buf_add_text(html->out, name);
    buf_add_text(html->out, "=\"");
    escaped(html->out, value, false);
    buf_add_byte(html->out, '"');
}

void html_flag(struct html *html, const char *name) {
    buf_add_byte(html->out, ' ');
    buf_add_text(html->out, name);
}

void html_close(struct html *html, const char *tag) {
    tag_end(html);
    buf_add_text(html->out, "</");
    buf_add_text(html->out, tag);
    buf_add_text(html->out, ">\n");
}

void html_text(struct html *html, struct span text) {
    tag_end(html);
    escaped(html->out, text, true);
}

void html_plain(struct html *html, struct span text) {
    tag_end(html);
    escaped(html->out, text, false);
}

void html_element(struct html *html, const char *tag, struct span text) {
    html_open(html, tag);
    html_text(html, text);
    html_close(html, tag);
}

void html_link(struct html *html, struct span address, struct span text) {
    html_open(html, "a");
    html_attribute(html, "href", address);
    html_text(html, text);
    html_close(html, "a");
}

void html_page(struct html *html, struct api_response *response, unsigned status, struct span lang, struct span title, struct arena *arena) {
    struct hash hash = hash_sha256(span_make(STYLE, sizeof STYLE - 1));
    struct buf policy;
    buf_init(&policy, arena, 512);
    buf_add_text(&policy, "default-src 'none'; style-src 'sha256-");
    buf_add_base64(&policy, hash_span(&hash));
    buf_add_text(&policy, "'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
    response->status = status;
    response->media_type = "text/html; charset=utf-8";
    buf_clear(&response->body);
    api_respond_header(response, "content-security-policy", buf_span(&policy));
    api_respond_header(response, "cache-control", SPAN("no-store"));
    api_respond_header(response, "referrer-policy", SPAN("no-referrer"));
    api_respond_header(response, "x-content-type-options", SPAN("nosniff"));
    *html = (struct html){.out = &response->body};
    buf_add_text(html->out, "<!doctype html>\n");
    html_open(html, "html");
    html_attribute(html, "lang", lang);
    html_open(html, "head");
    html_open(html, "meta");
    html_attribute(html, "charset", SPAN("utf-8"));
    html_open(html, "meta");
    html_attribute(html, "name", SPAN("viewport"));
    html_attribute(html, "content", SPAN("width=device-width, initial-scale=1"));
    html_element(html, "title", title);
    html_open(html, "style");
    tag_end(html);
    buf_add(html->out, span_make(STYLE, sizeof STYLE - 1));
    html_close(html, "style");
    html_close(html, "head");
    html_open(html, "body");
    html_open(html, "main");
    html_element(html, "h1", title);
}

void html_page_end(struct html *html) {
    html_close(html, "main");
    html_close(html, "body");
    html_close(html, "html");
}
