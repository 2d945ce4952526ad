// SPDX-License-Identifier: EUPL-1.2
/*
 * Letters: from a template, a case and what an officer wrote, to a paper (format/paper.h) that press makes a PDF of.
 * Numbers, files and states of letters that were filed: service/letter_op.h.
 */
#ifndef SERVICE_LETTER_H
#define SERVICE_LETTER_H

#include "base/json.h"
#include "law/letter.h"
#include "service/services.h"

enum { LETTER_PAPER_BYTES = 512 * 1024 };

struct letter_request {
    struct span template, language;
    struct span case_id;        // may be empty: a letter of no case
    struct span entity_id;      // where there is no case; may be empty
    struct span office;         // id of the office that writes
    struct span addressee, signer;
    struct span reference;      // the addressee's own, or empty
    struct span about;          // a filing, or empty
    const struct json *texts;   // {"field":"what the officer wrote"}, or NULL
    const struct json *more;    // further facts, {"letter":{"code":".."}}, or NULL
    int64_t answer_by_ms;       // INSTANT_NONE: none
    int64_t date_ms;            // of the letter
    struct span number, filing; // empty in a draft
    bool is_draft;              // says so across each page; what is missing is a gap
};

// Appends the paper. ERR_INPUT (rules letter.template, letter.language, letter.field, letter.fact, letter.about) where it can't be
// written so; ERR_NOT_FOUND for a case or entity that is not there. Who may is the caller's to ask.
CHECKED struct err letter_paper(const struct services *services, struct store_conn *conn, const struct letter_request *request,
                                struct arena *arena, struct buf *ret, struct why *why);
// The template, as the law of that day has it; ERR_INPUT letter.template, letter.language.
CHECKED struct err letter_template(const struct services *services, struct span template, struct span language, int64_t at_ms,
                                   const struct letter **ret, struct why *why);
// [{"name":"reasons","text":".."}] as {"reasons":".."}; ERR_INPUT where a name stands twice.
CHECKED struct err letter_texts(const struct json *rows, struct arena *arena, struct json *ret, struct why *why);

// Whether PRINCIPAL sees the whole of the filing that a letter is about: a letter tells nothing that its writer may not read.
CHECKED struct err letter_about_allowed(const struct services *services, struct store_conn *conn, const struct principal *principal,
                                        struct span case_id, struct span about, int64_t now_ms, struct arena *arena, struct why *why);

#endif
