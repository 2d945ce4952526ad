// SPDX-License-Identifier: EUPL-1.2
/* Setting a paper on pages: lines, rows of cells, marks that tie what is drawn to the structure. */
#include "format/paper_private.h"
#include "format/pdf.h"

enum { SIZE_TEXT = 10000, SIZE_SMALL = 8500, SIZE_EDGE = 8000, SIZE_DRAFT = 90000, TEXT_WIDTH = PAGE_WIDTH - 2 * MARGIN_SIDE, GAP = 10000,  };

struct line {
    size_t from, to; // of the letters
};
struct cell { // a text in a width
    uint32_t node;
    enum face face;
    int64_t size, x, width;
    uint16_t *letters; // places in the face
    uint32_t *characters;
    size_t letter_count, line_count;
    struct line *lines;
};

static int64_t leading(int64_t size) { return size * 135 / 100; }

// Not seen, but changing what is seen; or no character at all.
static bool is_hidden(uint32_t c) {
    return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0xad || c == 0x61c || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
           (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c & 0xfffe) == 0xfffe || (c >= 0xfdd0 && c <= 0xfdef) || (c >= 0xfff9 && c <= 0xfffb) ||
           (c >= 0xe0000 && c <= 0xe0fff);
}

static uint32_t shown(uint32_t c) { return c == '\t' ? ' ' : c != '\n' && is_hidden(c) ? 0xfffd : c; }

static int64_t width_of(const struct layout *l, const struct cell *cell, size_t from, size_t to) {
    int64_t width = 0;
    for (size_t i = from; i < to; i++) width += l->faces[cell->face].places[cell->letters[i]].advance;
    return width * cell->size / 1000;
}

static bool may_break_after(uint32_t c) { return c == ' ' || c == '-' || c == 0x2010 || c == 0x2013 || c == '/'; }

// Where the line that begins at FROM ends: at a line feed, else after the last place to break that fits, else where it is full.
static struct line line_from(const struct layout *l, const struct cell *cell, size_t from) {
    int64_t width = 0;
    size_t best = 0;
    for (size_t i = from; i < cell->letter_count; i++) {
        if (cell->characters[i] == '\n') return (struct line){from, i + 1};
        width += l->faces[cell->face].places[cell->letters[i]].advance;
        if (width * cell->size / 1000 > cell->width && cell->characters[i] != ' ' && i > from)
            return (struct line){from, best > from ? best : i};
        if (may_break_after(cell->characters[i])) best = i + 1;
    }
    return (struct line){from, cell->letter_count};
}

static void break_lines(struct layout *l, struct cell *cell) {
    for (size_t from = 0; cell->line_count <= cell->letter_count;) {
        struct line line = line_from(l, cell, from);
        cell->lines[cell->line_count++] = line;
        if (line.to == cell->letter_count) return;
        from = line.to;
    }
}

static bool cell_make(struct layout *l, struct cell *cell, struct span text) {
    cell->letters = arena_take_array(l->arena, text.len + 1, sizeof *cell->letters);
    cell->characters = arena_take_array(l->arena, text.len + 1, sizeof *cell->characters);
    cell->lines = arena_take_array(l->arena, text.len + 2, sizeof *cell->lines);
    if (cell->letters == NULL || cell->characters == NULL || cell->lines == NULL) {
        l->is_full = true;
        return false;
    }
    for (size_t at = 0; at < text.len;) {
        uint32_t c = shown(utf8_next(text, &at));
        cell->characters[cell->letter_count] = c;
        cell->letters[cell->letter_count++] = font_subset_place(&l->faces[cell->face], c == '\n' ? ' ' : c); // words stay apart
    }
    break_lines(l, cell);
    return true;
}

// --- pages ---

static struct page *page_now(struct layout *l) { return &l->pages[l->page_count - 1]; }

static void draw_text(struct layout *l, struct buf *out, const struct cell *cell, struct line line, int64_t x, int64_t y) {
    if (line.from == line.to) return;
    buf_printf(out, "BT/F%d ", (int)cell->face);
    pdf_length(out, cell->size);
    buf_add_text(out, " Tf 1 0 0 1 ");
    pdf_length(out, x);
    buf_add_byte(out, ' ');
    pdf_length(out, y);
    buf_add_text(out, " Tm<");
    for (size_t i = line.from; i < line.to; i++) buf_printf(out, "%04X", cell->letters[i]);
    buf_add_text(out, ">Tj ET\n");
    if (out->is_failed) l->is_full = true;
}

// Across the page, under the text.
static void draw_draft(struct layout *l, struct page *page) {
    struct cell cell = {.face = FACE_BOLD, .size = SIZE_DRAFT, .width = PAGE_HEIGHT};
    if (!cell_make(l, &cell, l->paper->head[PAPER_DRAFT])) return;
    int64_t width = width_of(l, &cell, cell.lines[0].from, cell.lines[0].to);
    buf_add_text(&page->content, "/Artifact<</Type/Page>>BDC q 0.88 g 0.574 0.819 -0.819 0.574 ");
    pdf_length(&page->content, PAGE_WIDTH / 2 - width * 574 / 2000);
    buf_add_byte(&page->content, ' ');
    pdf_length(&page->content, PAGE_HEIGHT / 2 - width * 819 / 2000);
    buf_add_text(&page->content, " cm\n");
    draw_text(l, &page->content, &cell, cell.lines[0], 0, 0);
    buf_add_text(&page->content, "Q EMC\n");
}

static void page_turn(struct layout *l) {
    if (l->page_count == PAPER_PAGES) {
        l->is_full = true;
        l->y = PAGE_HEIGHT - MARGIN_TOP; // what follows is never written
        return;
    }
    struct page *page = &l->pages[l->page_count++];
    buf_init(&page->content, l->arena, PAPER_PDF_BYTES);
    page->first_mark = (uint32_t)l->mark_count;
    if (l->paper->head[PAPER_DRAFT].len > 0) draw_draft(l, page);
    l->y = PAGE_HEIGHT - MARGIN_TOP;
}

static int64_t space_left(const struct layout *l) { return l->y - MARGIN_FOOT; }

static uint32_t node_add(struct layout *l, const char *type, uint32_t parent) {
    if (l->node_count == LAYOUT_NODES) {
        l->is_full = true;
        return 0;
    }
    l->nodes[l->node_count] = (struct node){.type = type, .parent = parent, .page = (uint32_t)l->page_count - 1};
    return (uint32_t)l->node_count++;
}

static void mark_begin(struct layout *l, uint32_t node) {
    struct page *page = page_now(l);
    if (l->mark_count == LAYOUT_MARKS) {
        l->is_full = true;
        return;
    }
    l->marks[l->mark_count++] = (struct mark){node, (uint32_t)l->page_count - 1, page->mark_count};
    buf_printf(&page->content, "/%s<</MCID %u>>BDC\n", l->nodes[node].type, page->mark_count++);
}

static void mark_end(struct layout *l) { buf_add_text(&page_now(l)->content, "EMC\n"); }

static void draw_lines(struct layout *l, const struct cell *cell, size_t from, size_t to) {
    if (to > cell->line_count) to = cell->line_count;
    if (from >= to) return;
    struct page *page = page_now(l);
    mark_begin(l, cell->node);
    for (size_t i = from; i < to; i++) {
        int64_t y = l->y - (int64_t)(i - from) * leading(cell->size) - cell->size;
        draw_text(l, &page->content, cell, cell->lines[i], cell->x, y);
    }
    mark_end(l);
    struct node *node = &l->nodes[cell->node];
    if (from == 0) {
        node->page = (uint32_t)l->page_count - 1;
        node->top = l->y;
    }
    if (node->link > 0 && from == 0) { // the part on its first page can be followed
        struct link *link = &l->links[node->link - 1];
        int64_t width = to - from > 1 ? cell->width : width_of(l, cell, cell->lines[0].from, cell->lines[0].to);
        int64_t box[4] = {cell->x, l->y - (int64_t)(to - from) * leading(cell->size), cell->x + width, l->y};
        memcpy(link->box, box, sizeof box);
        link->page = (uint32_t)l->page_count - 1;
    }
}

// Draws cells beside each other, over as many pages as they need. KEEP: room that must be left below on the same page.
static void row_draw(struct layout *l, const struct cell *cells, size_t count, int64_t keep) {
    size_t most = 0;
    int64_t step = 0;
    for (size_t i = 0; i < count; i++) {
        if (cells[i].line_count > most) most = cells[i].line_count;
        if (leading(cells[i].size) > step) step = leading(cells[i].size);
    }
    int64_t height = (int64_t)most * step + keep;
    if (height > space_left(l) && height <= (PAGE_HEIGHT - MARGIN_TOP - MARGIN_FOOT) / 3) page_turn(l);
    for (size_t from = 0; from < most && !l->is_full;) {
        int64_t fitting = space_left(l) / step;
        if (fitting < 1 || (fitting < 2 && most - from > 1)) {
            page_turn(l);
            continue;
        }
        size_t to = from + (size_t)fitting < most ? from + (size_t)fitting : most;
        for (size_t i = 0; i < count; i++) draw_lines(l, &cells[i], from, to);
        l->y -= (int64_t)(to - from) * step;
        from = to;
    }
}

static void rule_draw(struct layout *l, int64_t from_x, int64_t to_x) {
    struct buf *out = &page_now(l)->content;
    buf_add_text(out, "/Artifact<</Type/Layout>>BDC 0.5 w 0.45 G ");
    pdf_length(out, from_x);
    buf_add_byte(out, ' ');
    pdf_length(out, l->y);
    buf_add_text(out, " m ");
    pdf_length(out, to_x);
    buf_add_byte(out, ' ');
    pdf_length(out, l->y);
    buf_add_text(out, " l S EMC\n");
}

// --- blocks ---

static void say_language(struct layout *l, uint32_t node, const struct paper_block *block) { l->nodes[node].language = block->language; }

static void one_cell(struct layout *l, const char *type, const struct paper_block *block, enum face face, int64_t size, int64_t keep) {
    struct span text = block->text;
    struct cell cell = {.node = node_add(l, type, 0), .face = face, .size = size, .x = MARGIN_SIDE, .width = TEXT_WIDTH};
    say_language(l, cell.node, block);
    if (text.len > 0 && cell_make(l, &cell, text)) row_draw(l, &cell, 1, keep);
}

static void set_heading(struct layout *l, const struct paper_block *block) {
    static const char *const TYPES[] = {"H1", "H2", "H3"};
    static const int64_t SIZES[] = {15000, 12000, 10500};
    l->y -= block->level == 1 ? 4000 : 8000;
    size_t node = l->node_count;
    one_cell(l, TYPES[block->level - 1], block, FACE_BOLD, SIZES[block->level - 1], 3 * leading(SIZE_TEXT));
    if (l->is_full) return;
    l->nodes[node].heading = block->text;
    l->nodes[node].level = (uint8_t)block->level;
    l->y -= 4000;
}

static size_t set_list(struct layout *l, size_t at) {
    const struct paper *paper = l->paper;
    uint32_t list = node_add(l, "L", 0);
    bool is_numbered = paper->blocks[at].level > 0;
    l->nodes[list].attributes = is_numbered ? "<</O/List/ListNumbering/Decimal>>" : "<</O/List/ListNumbering/Disc>>";
    for (; at < paper->count && paper->blocks[at].kind == PAPER_ITEM && (paper->blocks[at].level > 0) == is_numbered; at++) {
        uint32_t item = node_add(l, "LI", list);
        struct span label = is_numbered ? arena_printf(l->arena, "%u.", paper->blocks[at].level) : SPAN("\xe2\x80\xa2");
        struct cell cells[2] = {{.node = node_add(l, "Lbl", item), .size = SIZE_TEXT, .x = MARGIN_SIDE + 6000, .width = 22000},
                                {.node = node_add(l, "LBody", item), .size = SIZE_TEXT, .x = MARGIN_SIDE + 28000, .width = TEXT_WIDTH - 28000}};
        say_language(l, cells[1].node, &paper->blocks[at]);
        if (l->is_full || !cell_make(l, &cells[0], label) || !cell_make(l, &cells[1], paper->blocks[at].text)) break;
        row_draw(l, cells, 2, 0);
        l->y -= 2500;
    }
    l->y -= 4000;
    return at;
}

// Labels and values are a table whose first column has the heads.
static size_t set_fields(struct layout *l, size_t at) {
    const struct paper *paper = l->paper;
    uint32_t table = node_add(l, "Table", 0);
    for (; at + 1 < paper->count && paper->blocks[at].kind == PAPER_FIELD; at += 2) {
        uint32_t row = node_add(l, "TR", table);
        struct cell cells[2] = {{.node = node_add(l, "TH", row), .face = FACE_BOLD, .size = SIZE_TEXT, .x = MARGIN_SIDE, .width = 160000},
                                {.node = node_add(l, "TD", row), .size = SIZE_TEXT, .x = MARGIN_SIDE + 170000, .width = TEXT_WIDTH - 170000}};
        l->nodes[cells[0].node].attributes = "<</O/Table/Scope/Row>>";
        say_language(l, cells[0].node, &paper->blocks[at]);
        say_language(l, cells[1].node, &paper->blocks[at + 1]);
        if (l->is_full || !cell_make(l, &cells[0], paper->blocks[at].text) || !cell_make(l, &cells[1], paper->blocks[at + 1].text)) break;
        row_draw(l, cells, 2, 0);
        l->y -= 2500;
    }
    l->y -= 5000;
    return at;
}

static bool set_row(struct layout *l, uint32_t table, const struct paper_block *blocks, size_t columns) {
    struct cell cells[PAPER_COLUMNS] = {{0}};
    uint32_t row = node_add(l, "TR", table);
    int64_t width = (TEXT_WIDTH + GAP) / (int64_t)columns;
    for (size_t i = 0; i < columns; i++) {
        bool is_head = blocks[i].kind == PAPER_HEAD;
        cells[i] = (struct cell){.node = node_add(l, is_head ? "TH" : "TD", row), .face = is_head ? FACE_BOLD : FACE_TEXT, .size = SIZE_SMALL,
                                 .x = MARGIN_SIDE + (int64_t)i * width, .width = width - GAP};
        if (is_head) l->nodes[cells[i].node].attributes = "<</O/Table/Scope/Column>>";
        say_language(l, cells[i].node, &blocks[i]);
        if (l->is_full || !cell_make(l, &cells[i], blocks[i].text)) return false;
    }
    row_draw(l, cells, columns, blocks[0].kind == PAPER_HEAD ? 2 * leading(SIZE_SMALL) : 0);
    l->y -= 2500;
    rule_draw(l, MARGIN_SIDE, PAGE_WIDTH - MARGIN_SIDE);
    l->y -= 3500;
    return true;
}

static size_t set_table(struct layout *l, size_t at) {
    const struct paper *paper = l->paper;
    size_t columns = paper->blocks[at++].level;
    uint32_t table = node_add(l, "Table", 0);
    while (at + columns <= paper->count && (paper->blocks[at].kind == PAPER_HEAD || paper->blocks[at].kind == PAPER_CELL)) {
        if (!set_row(l, table, &paper->blocks[at], columns)) break;
        at += columns;
    }
    l->y -= 5000;
    return at;
}

static void set_link(struct layout *l, const struct paper_block *block) {
    struct span target = block->text;
    if (l->link_count == LAYOUT_LINKS) {
        one_cell(l, "P", block, FACE_TEXT, SIZE_TEXT, 0);
        return;
    }
    uint32_t paragraph = node_add(l, "P", 0), node = node_add(l, "Link", paragraph);
    l->links[l->link_count++] = (struct link){.node = node, .target = target};
    l->nodes[node].link = l->link_count;
    struct cell cell = {.node = node, .size = SIZE_TEXT, .x = MARGIN_SIDE, .width = TEXT_WIDTH};
    if (!l->is_full && cell_make(l, &cell, target)) row_draw(l, &cell, 1, 0);
    l->y -= 6000;
}

static void set_ruled(struct layout *l, size_t lines) {
    for (size_t i = 0; i < lines && !l->is_full; i++) {
        if (space_left(l) < 22000) page_turn(l);
        l->y -= 20000;
        rule_draw(l, MARGIN_SIDE, PAGE_WIDTH - MARGIN_SIDE);
    }
    l->y -= 8000;
}

static size_t set_block(struct layout *l, size_t at) {
    const struct paper_block *block = &l->paper->blocks[at];
    switch (block->kind) {
    case PAPER_HEADING: set_heading(l, block); return at + 1;
    case PAPER_ITEM: return set_list(l, at);
    case PAPER_FIELD: return set_fields(l, at);
    case PAPER_TABLE: return set_table(l, at);
    case PAPER_LINK: set_link(l, block); return at + 1;
    case PAPER_RULED: set_ruled(l, block->level); return at + 1;
    default: break;
    }
    one_cell(l, "P", block, FACE_TEXT, block->kind == PAPER_SMALL ? SIZE_SMALL : SIZE_TEXT, 0);
    l->y -= block->kind == PAPER_ADDRESS ? 16000 : 6000;
    return at + 1;
}

// --- what stands on each page ---

static void edge_text(struct layout *l, struct page *page, struct span text, int64_t y, bool is_right) {
    struct cell cell = {.size = SIZE_EDGE, .x = MARGIN_SIDE, .width = TEXT_WIDTH};
    if (text.len == 0 || !cell_make(l, &cell, text)) return;
    int64_t width = width_of(l, &cell, cell.lines[0].from, cell.lines[0].to);
    draw_text(l, &page->content, &cell, cell.lines[0], is_right ? PAGE_WIDTH - MARGIN_SIDE - width : MARGIN_SIDE, y);
}

static struct span foot_of(struct layout *l, size_t page) {
    struct span text = l->paper->head[PAPER_FOOT];
    struct buf out;
    buf_init(&out, l->arena, 2048);
    for (size_t at = 0; at < text.len;) {
        struct span rest = span_part(text, at, text.len);
        if (span_starts_with(rest, SPAN("{pages}"))) buf_add_int(&out, (int64_t)l->page_count), at += 7;
        else if (span_starts_with(rest, SPAN("{page}"))) buf_add_int(&out, (int64_t)page + 1), at += 6;
        else buf_add_byte(&out, text.at[at++]);
    }
    return buf_span(&out);
}

static void draw_edges(struct layout *l, size_t index) {
    struct page *page = &l->pages[index];
    struct buf *out = &page->content;
    buf_add_text(out, "/Artifact<</Type/Pagination/Subtype/Header/Attached[/Top]>>BDC\n");
    edge_text(l, page, l->paper->head[PAPER_NUMBER], PAGE_HEIGHT - 44000, false);
    edge_text(l, page, l->paper->head[PAPER_MARKING], PAGE_HEIGHT - 44000, true);
    buf_add_text(out, "EMC\n/Artifact<</Type/Pagination/Subtype/Footer/Attached[/Bottom]>>BDC\n");
    edge_text(l, page, l->paper->head[PAPER_SENDER], 42000, false);
    edge_text(l, page, foot_of(l, index), 42000, true);
    buf_add_text(out, "EMC\n");
}

struct err layout_set(struct layout *layout, const struct paper *paper, const struct paper_fonts *fonts, struct arena *arena, struct why *why) {
    struct layout l = {.paper = paper, .arena = arena};
    TRY(font_subset_init(&l.faces[FACE_TEXT], &fonts->text, arena));
    TRY(font_subset_init(&l.faces[FACE_BOLD], &fonts->bold, arena));
    l.pages = arena_take_array(arena, PAPER_PAGES, sizeof *l.pages);
    l.nodes = arena_take_array(arena, LAYOUT_NODES, sizeof *l.nodes);
    l.marks = arena_take_array(arena, LAYOUT_MARKS, sizeof *l.marks);
    l.links = arena_take_array(arena, LAYOUT_LINKS, sizeof *l.links);
    if (l.pages == NULL || l.nodes == NULL || l.marks == NULL || l.links == NULL) return err_make(ERR_MEMORY);
    page_turn(&l);
    (void)node_add(&l, "Document", 0);
    for (size_t at = 0; at < paper->count && !l.is_full;) at = set_block(&l, at);
    for (size_t i = 0; i < l.page_count && !l.is_full; i++) draw_edges(&l, i);
    if (l.is_full) return why_set(why, ERR_LIMIT, "", "paper.size", "", "the document is longer than %d pages", (int)PAPER_PAGES);
    *layout = l;
    return err_none();
}
