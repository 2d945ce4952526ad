// SPDX-License-Identifier: EUPL-1.2
/*
 * The press role: makes accessible PDFs of papers (format/paper.h). It reads the fonts before it enters its sandbox, which then
 * leaves it no files at all; it knows one paper at a time and forgets it when the next begins. Where fonts are missing it says so
 * when it is asked, and ends, to be started anew: then it looks for them again.
 */
#include <poll.h>

#include "base/limits.h"
#include "base/log.h"
#include "format/paper.h"
#include "os/file.h"
#include "role/line.h"
#include "role/role.h"
#include "role/wire.h"

enum { FONT_BYTES = 4 * 1024 * 1024, PRESS_ARENA_BYTES = 192 * 1024 * 1024 };
#define FONT_PACKAGE "fonts-dejavu-core"
#define FONT_TEXT "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
#define FONT_BOLD "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"

struct press {
    struct line line;
    struct channel node;
    struct arena font_arena, arena; // of the role; of one paper
    struct paper_fonts fonts;
    struct why no_fonts; // is_set: why there are none
    struct buf paper, pdf;
    bool is_of_no_use; // without fonts it was asked for something, and has answered
};

static void load_font(struct press *p, const char *path, struct font *ret) {
    struct span bytes;
    struct why why = {0};
    struct err e = file_read(&p->font_arena, path, FONT_BYTES, &bytes, &why);
    if (!is_err(e)) e = font_open(bytes, ret, &why);
    if (!is_err(e)) return;
    log_error("fonts_missing", "package=" FONT_PACKAGE " why=\"%s\"", why.words);
    (void)why_set(&p->no_fonts, ERR_UNSUPPORTED, "", "press.fonts", "", "the package " FONT_PACKAGE " is not installed on the node's machine");
}

static void answer(struct press *p, uint16_t type, uint64_t number, uint16_t tag, struct span data, uint64_t size) {
    size_t mark = frame_begin(channel_out(&p->node), type, number);
    frame_field(channel_out(&p->node), tag, data);
    frame_field_u64(channel_out(&p->node), TAG_SIZE, size);
    if (!frame_end(channel_out(&p->node), mark)) log_error("answer_lost", "number=%llu", (unsigned long long)number);
}

static void forget(struct press *p) {
    buf_fini(&p->paper);
    buf_fini(&p->pdf);
    buf_init(&p->paper, NULL, PAPER_BYTES);
    buf_init(&p->pdf, NULL, PAPER_PDF_BYTES);
}

static void make(struct press *p, uint64_t number) {
    struct paper paper;
    struct why why = p->no_fonts;
    struct err e = why.is_set ? err_make(ERR_UNSUPPORTED) : err_none();
    p->is_of_no_use = why.is_set;
    arena_init(&p->arena, PRESS_ARENA_BYTES);
    if (!is_err(e) && p->paper.is_failed) e = why_set(&why, ERR_LIMIT, "", "paper.size", "", "the paper has too many bytes");
    if (!is_err(e)) e = paper_parse(buf_span(&p->paper), &p->arena, &paper, &why);
    if (!is_err(e)) e = paper_pdf(&paper, &p->fonts, &p->arena, &p->pdf, &why);
    arena_fini(&p->arena);
    if (is_err(e)) answer(p, WIRE_FAILED, number, TAG_WORDS, span_of(why.is_set ? why.words : "there is no memory for it"), (uint64_t)e.code);
    else answer(p, WIRE_PRESS_MADE, number, TAG_DATA, SPAN(""), p->pdf.len);
}

static void take_frame(struct press *p, const struct frame *frame) {
    switch (frame->type) {
    case WIRE_PRESS_PAPER:
        if (frame_get_u64(frame, TAG_BYTES, 0) == 0) forget(p); // the first part
        buf_add(&p->paper, frame_get(frame, TAG_DATA));
        break;
    case WIRE_PRESS_MAKE: make(p, frame->number); break;
    case WIRE_PRESS_READ: {
        size_t from = (size_t)frame_get_u64(frame, TAG_BYTES, 0);
        answer(p, WIRE_PRESS_DATA, frame->number, TAG_DATA, span_part(buf_span(&p->pdf), from, from + LIMIT_FRAME_CHUNK_BYTES), p->pdf.len);
        if (from + LIMIT_FRAME_CHUNK_BYTES >= p->pdf.len) forget(p);
        break;
    }
    default: log_warn("unknown_frame", "type=%u", frame->type);
    }
}

static bool read_line(struct press *p) {
    for (;;) {
        struct line_event event = line_next(&p->line);
        if (event.type == LINE_NOTHING) return true;
        if (event.type == LINE_GONE || event.type == LINE_STOP) return false;
    }
}

static void serve(struct press *p) {
    for (;;) {
        struct pollfd fds[] = {{.fd = line_fd(&p->line), .events = POLLIN}, {.fd = p->node.fd, .events = POLLIN}};
        if (channel_queued_bytes(&p->node) > 0) fds[1].events |= POLLOUT;
        (void)poll(fds, 2, -1);
        if (fds[0].revents != 0 && !read_line(p)) return;
        if ((fds[1].revents & (POLLIN | POLLHUP | POLLERR)) != 0 && is_err(channel_read(&p->node))) return; // node is gone
        struct frame frame;
        while (channel_next(&p->node, &frame)) take_frame(p, &frame);
        if (is_err(channel_flush(&p->node))) return;
        if (p->is_of_no_use && channel_queued_bytes(&p->node) == 0) return; // started anew, it looks for fonts again
    }
}

int press_role(const struct config *config) {
    struct press *p = mem_take(sizeof *p);
    if (p == NULL) return 1;
    arena_init(&p->font_arena, 4 * FONT_BYTES);
    forget(p);
    load_font(p, FONT_TEXT, &p->fonts.text);
    load_font(p, FONT_BOLD, &p->fonts.bold);
    line_open(&p->line);
    channel_open(&p->node, WIRE_FD_FIRST);
    const struct sandbox_rules rules = {.role = "press", .descriptors = 16};
    if (!role_enter_sandbox(config, &rules)) return 1;
    line_ready(&p->line);
    serve(p);
    forget(p);
    channel_close(&p->node);
    arena_fini(&p->font_arena);
    mem_give(p);
    return 0;
}
