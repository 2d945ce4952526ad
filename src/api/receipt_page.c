// SPDX-License-Identifier: EUPL-1.2
/* Checks a receipt without JavaScript: a file or pasted text. Nothing is stored. `varde verify` does the same without the node. */
#include "api/multipart.h"
#include "api/plain_page.h"
#include "api/resources.h"
#include "record/receipt.h"

static void form_write(struct plain_page *page) {
    plain_form_begin(page, "/receipt", "multipart/form-data");
    html_attribute(&page->html, "class", SPAN("screen")); // beside the verdict on paper it would ask for nothing
    html_open(&page->html, "p");
    html_open(&page->html, "label");
    html_attribute(&page->html, "for", SPAN("file"));
    html_text(&page->html, plain_word(page, "file"));
    html_close(&page->html, "label");
    html_open(&page->html, "input");
    html_attribute(&page->html, "type", SPAN("file"));
    html_attribute(&page->html, "id", SPAN("file"));
    html_attribute(&page->html, "name", SPAN("file"));
    html_attribute(&page->html, "accept", SPAN("application/json,.json"));
    html_text(&page->html, SPAN(""));
    html_close(&page->html, "p");
    html_open(&page->html, "p");
    html_open(&page->html, "label");
    html_attribute(&page->html, "for", SPAN("text"));
    html_text(&page->html, plain_word(page, "text"));
    html_close(&page->html, "label");
    html_open(&page->html, "textarea");
    html_attribute(&page->html, "id", SPAN("text"));
    html_attribute(&page->html, "name", SPAN("text"));
    html_attribute(&page->html, "autocomplete", SPAN("off"));
    html_attribute(&page->html, "spellcheck", SPAN("false"));
    html_text(&page->html, SPAN(""));
    html_close(&page->html, "textarea");
    html_close(&page->html, "p");
    plain_button(page, "check");
    html_close(&page->html, "form");
}

static void without_node(struct plain_page *page) {
    struct buf key;
    plain_element(page, "h2", "without_title");
    plain_element(page, "p", "without");
    html_element(&page->html, "pre", SPAN("varde verify receipt.json --key KEY"));
    plain_element(page, "p", "key");
    buf_init(&key, page->request->arena, NOTE_KEY_TEXT_BYTES_MAX);
    verifier_key_write(&key, &page->request->services->log_key);
    html_element(&page->html, "pre", buf_span(&key));
}

static void problem_page(struct api_request *request, struct api_response *response, unsigned status, struct span words) {
    struct plain_page page;
    plain_page_begin(&page, request, response, status, "receipt", "title", NULL);
    html_element(&page.html, "p", words);
    plain_link(&page, SPAN("/receipt"), "again");
    plain_page_end(&page);
}

static struct err get_receipt(struct api_request *request, struct api_response *response, struct why *why) {
    struct plain_page page;
    (void)why;
    request->problem_page = problem_page;
    plain_page_begin(&page, request, response, 200, "receipt", "title", "/receipt");
    plain_element(&page, "p", "lead");
    form_write(&page);
    without_node(&page);
    plain_page_end(&page);
    return err_none();
}

static void verdict_begin(struct plain_page *page, bool is_valid) {
    html_open(&page->html, "div");
    html_attribute(&page->html, "class", is_valid ? SPAN("state good") : SPAN("state bad"));
    plain_element(page, "h2", is_valid ? "valid" : "not_valid");
}

static void pair(struct plain_page *page, const char *key, struct span value) {
    plain_element(page, "dt", key);
    html_element(&page->html, "dd", value);
}

static void valid_write(struct plain_page *page, const struct receipt_report *report) {
    struct arena *arena = page->request->arena;
    verdict_begin(page, true);
    plain_element(page, "p", "valid_words");
    html_open(&page->html, "dl");
    pair(page, "filing", report->filing);
    pair(page, "received_at", report->received_at);
    pair(page, "recorded_at", report->recorded_at);
    pair(page, "signed_by", report->log_key);
    pair(page, "place", arena_printf(arena, "%llu / %llu", (unsigned long long)report->index, (unsigned long long)report->size));
    pair(page, "items", arena_printf(arena, "%zu / %zu / %zu", report->shown, report->withheld, report->erased));
    html_close(&page->html, "dl");
    html_close(&page->html, "div");
}

static struct err post_receipt(struct api_request *request, struct api_response *response, struct why *why) {
    struct multipart *sent = ARENA_NEW(request->arena, struct multipart);
    struct receipt_report report;
    struct why wrong = {0};
    struct plain_page page;
    request->problem_page = problem_page;
    if (sent == NULL) return err_make(ERR_MEMORY);
    TRY(multipart_parse(api_header(request, "content-type"), request->body, sent, why));
    const struct multipart_part *file = multipart_find(sent, "file"), *text = multipart_find(sent, "text");
    const struct multipart_part *given = file != NULL && file->bytes.len > 0 ? file : text;
    if (given == NULL || span_trim(given->bytes).len == 0) return get_receipt(request, response, why);
    if (given->bytes.len > LIMIT_RECEIPT_BYTES) return why_set(why, ERR_LIMIT, "", "receipt.size", "", "a receipt has at most %d bytes", (int)LIMIT_RECEIPT_BYTES);
    struct err e = receipt_verify(span_trim(given->bytes), &request->services->log_key, 1, request->arena, &report, &wrong);
    if (is_err(e) && e.code == ERR_MEMORY) return e;
    plain_page_begin(&page, request, response, 200, "receipt", "title", NULL);
    if (!is_err(e)) {
        valid_write(&page, &report);
    } else {
        verdict_begin(&page, false);
        html_element(&page.html, "p", span_of(wrong.words));
        plain_element(&page, "p", "not_valid_words");
        html_close(&page.html, "div");
    }
    form_write(&page);
    without_node(&page);
    plain_page_end(&page);
    return err_none();
}

const struct route routes_receipt_page[] = {
    {"GET", "/receipt", get_receipt, AUTH_NONE, 0, RATE_PAGE, "web", "Page: check a receipt, without JavaScript", NULL, "Html", 200, NULL, false},
    {"POST", "/receipt", post_receipt, AUTH_NONE, 0, RATE_OPEN, "web", "Page: whether the receipt is valid; nothing is stored", "Multipart", "Html", 200, NULL, false},
    {0},
};
