// SPDX-License-Identifier: EUPL-1.2
#include "service/letter_seal.h"

#include <limits.h>
#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>

#include "service/draft.h"

struct err letter_seal_request(const struct letter_row *row, bool is_exercise, struct span pdf, struct arena *arena, struct span *ret) {
    struct buf body, hex;
    struct json_out out;
    struct hash hash = hash_sha256(pdf);
    buf_init(&body, arena, 4096);
    buf_init(&hex, arena, 128);
    buf_add_hex(&hex, hash_span(&hash));
    json_out_init(&out, &body);
    json_out_object(&out);
    json_out_member_string(&out, "letter", row->filing_id);
    json_out_member_string(&out, "number", row->label);
    json_out_member_bool(&out, "is_exercise", is_exercise);
    json_out_member_text(&out, "digest", "SHA-256");
    json_out_member_string(&out, "sha256", buf_span(&hex));
    json_out_object_end(&out);
    *ret = buf_span(&body);
    return body.is_failed ? err_make(ERR_MEMORY) : err_none();
}

struct err letter_seal_check(struct span pdf, struct span seal, struct why *why) {
    const unsigned char *at = seal.at;
    CMS_ContentInfo *cms = seal.len <= INT_MAX ? d2i_CMS_ContentInfo(NULL, &at, (long)seal.len) : NULL;
    BIO *content = pdf.len <= INT_MAX ? BIO_new_mem_buf(pdf.at, (int)pdf.len) : NULL;
    bool is_whole = cms != NULL && at == seal.at + seal.len && CMS_is_detached(cms) == 1;
    bool is_good = is_whole && content != NULL &&
                   CMS_verify(cms, NULL, NULL, content, NULL, CMS_BINARY | CMS_DETACHED | CMS_NO_SIGNER_CERT_VERIFY) == 1;
    (void)BIO_free(content);
    CMS_ContentInfo_free(cms);
    ERR_clear_error();
    return is_good ? err_none() : why_set(why, ERR_INPUT, "", "letter.seal", "", "the sealing service's answer is no signature over this letter");
}

struct err letter_pdf(struct store_conn *conn, const struct letter_row *row, struct arena *arena, struct buf *ret, struct why *why) {
    struct value id = value_text(row->made_by);
    struct rows rows;
    struct attachment attachment;
    TRY(store_read(conn, STMT_LETTER_ATTACHMENT, &id, 1, arena, &rows, why));
    if (rows.count == 0) return why_set(why, ERR_NOT_FOUND, "", "letter.unknown", "", "the letter's file is gone");
    TRY(attachment_get(conn, rows_span(&rows, 0, 0), arena, &attachment, why));
    return attachment_read(conn, &attachment, arena, ret, why);
}
