// SPDX-License-Identifier: EUPL-1.2
/* What the plain pages share: the packs' words of a topic (page.TOPIC....), the page's language, and small pieces of HTML. */
#ifndef API_PLAIN_PAGE_H
#define API_PLAIN_PAGE_H

#include "api/html.h"

struct plain_page {
    struct api_request *request;
    const char *topic; // of the words
    struct html html;
    struct span lang;  // of the words: the reader's where the packs have the page in it, else English
};

// Begins a page with the title word TITLE, the node's name, and links to the other languages of ADDRESS (NULL: none).
void plain_page_begin(struct plain_page *page, struct api_request *request, struct api_response *response, unsigned status, const char *topic,
                      const char *title, const char *address);
void plain_page_end(struct plain_page *page); // with the way to the front page
struct span plain_word(const struct plain_page *page, const char *key);
// The word for KEY in the page's language, whatever its topic; at == NULL where there is none.
struct span plain_law_word(const struct plain_page *page, struct span key);
// What people call a country ("BE"); the code where nobody says.
struct span plain_country(const struct plain_page *page, struct span code);
void plain_element(struct plain_page *page, const char *tag, const char *key);
void plain_link(struct plain_page *page, struct span address, const char *key); // a paragraph of its own
// A form that is posted to ADDRESS, in the language that was asked for.
void plain_form_begin(struct plain_page *page, const char *address, const char *encoding);
void plain_hidden(struct plain_page *page, struct span name, struct span value);
// A tick box (or a circle) with its label.
void plain_option(struct plain_page *page, const char *type, struct span name, struct span value, struct span label, bool is_chosen);
void plain_button(struct plain_page *page, const char *key);

#endif
