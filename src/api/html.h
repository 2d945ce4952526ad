// SPDX-License-Identifier: EUPL-1.2
/*
 * Pages for people, plain HTML that works without JavaScript: a writer that escapes all that it is given, and forms made
 * from a pack's document. No script, no image, one style sheet in the page, allowed by its hash; nothing is taken from
 * cookies.
 */
#ifndef API_HTML_H
#define API_HTML_H

#include "api/api.h"
#include "api/urlencoded.h"

// Writes into the response's body. Errors are sticky in the buffer. Tags, attributes and class names are the program's own
// words; whatever comes from outside goes through html_text or html_attribute.
struct html {
    struct buf *out;
    bool is_tag_open; // attributes may follow
};

// Begins a page: status, headers (no-store, a content security policy without scripts), head, and the heading TITLE.
void html_page(struct html *html, struct api_response *response, unsigned status, struct span lang, struct span title, struct arena *arena);
void html_page_end(struct html *html);

void html_open(struct html *html, const char *tag);
void html_attribute(struct html *html, const char *name, struct span value);
void html_flag(struct html *html, const char *name); // an attribute without value
void html_close(struct html *html, const char *tag);
void html_text(struct html *html, struct span text);  // escaped; line ends become <br>
void html_plain(struct html *html, struct span text); // escaped; line ends stay, as in a text area
void html_element(struct html *html, const char *tag, struct span text);
void html_link(struct html *html, struct span address, struct span text);

struct html_words { // in the page's language
    struct span required, yes, no;
};
// A form's inputs from its description (what procedure_write_form writes, as JSON), filled with VALUES as they were sent (NULL:
// empty). FAULTS: of an earlier try; each stands at its field, and all in a list before the form. Groups and lists of fields
// are left out: a document for such a page has none that must be filled.
void html_form_faults(struct html *html, const struct json *form, const struct fault *faults, size_t count, struct span title);
void html_form_inputs(struct html *html, const struct json *form, const struct form *values, const struct fault *faults, size_t count,
                      const struct html_words *words, struct arena *arena);
// The same to be filled in by hand: lines to write on, boxes to tick.
void html_form_paper(struct html *html, const struct json *form);
// What people call a field of the form; its name where it has no such field.
struct span html_form_label(const struct json *form, struct span name);
// What was sent as the fields of a filing: empty values are absent, lists are split at line ends and commas.
CHECKED struct err html_form_fields(const struct json *form, const struct form *sent, struct arena *arena, struct json *ret);

#endif
