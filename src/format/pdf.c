// SPDX-License-Identifier: EUPL-1.2
#include "format/pdf.h"

#include "base/time.h"

struct err pdf_begin(struct pdf *pdf, struct arena *arena, struct buf *out) {
    *pdf = (struct pdf){.out = out, .begin = out->len, .offsets = arena_take_array(arena, PDF_OBJECTS, sizeof(uint32_t))};
    if (pdf->offsets == NULL) return err_make(ERR_MEMORY);
    buf_add_text(out, "%PDF-1.7\n%\xc3\xa4\xc3\xb6\xc3\xbc\n"); // bytes that tell that the file is not text
    return err_none();
}

size_t pdf_number(struct pdf *pdf) {
    if (pdf->count + 1 >= PDF_OBJECTS) {
        pdf->is_full = true;
        return pdf->count;
    }
    return ++pdf->count;
}

void pdf_object(struct pdf *pdf, size_t number) {
    pdf->offsets[number] = (uint32_t)(pdf->out->len - pdf->begin);
    buf_printf(pdf->out, "%zu 0 obj\n", number);
}

void pdf_object_end(struct pdf *pdf) { buf_add_text(pdf->out, "\nendobj\n"); }

void pdf_stream(struct pdf *pdf, size_t number, const char *members, struct span bytes) {
    pdf_object(pdf, number);
    buf_printf(pdf->out, "<<%s/Length %zu>>\nstream\n", members, bytes.len);
    buf_add(pdf->out, bytes);
    buf_add_text(pdf->out, "\nendstream");
    pdf_object_end(pdf);
}

void pdf_length(struct buf *out, int64_t thousandths) {
    if (thousandths < 0) buf_add_byte(out, '-');
    int64_t size = thousandths < 0 ? -thousandths : thousandths;
    buf_printf(out, "%lld.%03d", (long long)(size / 1000), (int)(size % 1000));
}

uint32_t utf8_next(struct span text, size_t *at) {
    uint8_t first = text.at[(*at)++];
    size_t more = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    uint32_t character = more == 0 ? first : first & (0x3fu >> more);
    for (; more > 0 && *at < text.len; more--) character = character << 6 | (text.at[(*at)++] & 0x3f);
    return character;
}

void pdf_utf16_hex(struct buf *out, uint32_t character) {
    if (character <= 0xffff) buf_printf(out, "%04X", character);
    else buf_printf(out, "%04X%04X", 0xd800 + ((character - 0x10000) >> 10), 0xdc00 + ((character - 0x10000) & 0x3ff));
}

void pdf_text(struct buf *out, struct span text) {
    buf_add_text(out, "<FEFF");
    for (size_t at = 0; at < text.len;) pdf_utf16_hex(out, utf8_next(text, &at));
    buf_add_byte(out, '>');
}

void pdf_date(struct buf *out, int64_t ms) {
    struct wall wall = wall_at(ms, 0);
    buf_printf(out, "(D:%04d%02u%02u%02u%02u%02uZ)", wall.date.year, wall.date.month, wall.date.day, wall.hour, wall.minute, wall.second);
}

struct err pdf_finish(struct pdf *pdf, size_t catalog, size_t info, const struct hash *identity) {
    struct buf *out = pdf->out;
    size_t table = out->len - pdf->begin;
    buf_printf(out, "xref\n0 %zu\n0000000000 65535 f \n", pdf->count + 1);
    for (size_t i = 1; i <= pdf->count; i++) buf_printf(out, "%010u 00000 n \n", pdf->offsets[i]);
    buf_printf(out, "trailer\n<</Size %zu/Root %zu 0 R/Info %zu 0 R/ID[<", pdf->count + 1, catalog, info);
    buf_add_hex(out, span_make(identity->bytes, 16));
    buf_add_text(out, "><");
    buf_add_hex(out, span_make(identity->bytes, 16));
    buf_printf(out, ">]>>\nstartxref\n%zu\n%%%%EOF\n", table);
    return out->is_failed || pdf->is_full ? err_make(ERR_LIMIT) : err_none();
}
