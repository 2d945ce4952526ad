// SPDX-License-Identifier: EUPL-1.2
/* Writing the pages of a layout as a tagged PDF: PDF/UA-1 (ISO 14289-1) says what must stand in it. */
#include <stdio.h>

#include "base/time.h"
#include "format/paper_private.h"
#include "format/pdf.h"

struct writing {
    struct layout *layout;
    struct pdf pdf;
    struct buf *out;
    size_t catalog, info, metadata, pages, root, parents, outlines;
    size_t first_node, first_page, first_link, fonts[FACES];
    int64_t made_ms;
};

static struct span head_of(const struct writing *w, enum paper_kind kind) { return w->layout->paper->head[kind]; }

// --- fonts ---

static void put_unicode(struct writing *w, size_t number, const struct font_subset *subset) {
    struct buf map;
    buf_init(&map, w->layout->arena, 1024 * 1024);
    buf_add_text(&map, "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n"
                       "/CMapName/Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n");
    size_t named = 1;
    while (named < subset->count && subset->places[named].character != 0) named++; // parts of shapes stand behind
    for (size_t from = 1; from < named; from += 100) {
        size_t to = from + 100 < named ? from + 100 : named;
        buf_printf(&map, "%zu beginbfchar\n", to - from);
        for (size_t i = from; i < to; i++) {
            buf_printf(&map, "<%04zX><", i);
            pdf_utf16_hex(&map, subset->places[i].character);
            buf_add_text(&map, ">\n");
        }
        buf_add_text(&map, "endbfchar\n");
    }
    buf_add_text(&map, "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend");
    if (map.is_failed) w->out->is_failed = true;
    pdf_stream(&w->pdf, number, "", buf_span(&map));
}

static void put_descriptor(struct writing *w, size_t number, const struct font_subset *subset, const char *name, size_t file) {
    const struct font *font = subset->font;
    pdf_object(&w->pdf, number);
    buf_printf(w->out, "<</Type/FontDescriptor/FontName/%s/Flags 4/FontBBox[%d %d %d %d]/ItalicAngle 0/Ascent %d/Descent %d/CapHeight %d/StemV %d/FontFile2 %zu 0 R>>",
               name, font->box[0], font->box[1], font->box[2], font->box[3], font->ascender, font->descender, font->cap_height,
               font->is_bold ? 140 : 80, file);
    pdf_object_end(&w->pdf);
}

static struct err put_font(struct writing *w, enum face face, struct why *why) {
    struct font_subset *subset = &w->layout->faces[face];
    struct buf file;
    buf_init(&file, w->layout->arena, PAPER_PDF_BYTES);
    TRY(font_subset_write(subset, &file, why));
    size_t below = pdf_number(&w->pdf), descriptor = pdf_number(&w->pdf), stream = pdf_number(&w->pdf), unicode = pdf_number(&w->pdf);
    struct hash hash = hash_sha256(buf_span(&file));
    char name[96], tag[7] = "";
    for (size_t i = 0; i < 6; i++) tag[i] = (char)('A' + hash.bytes[i] % 26);
    (void)snprintf(name, sizeof name, "%s+%s", tag, subset->font->name);
    pdf_object(&w->pdf, w->fonts[face]);
    buf_printf(w->out, "<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H/DescendantFonts[%zu 0 R]/ToUnicode %zu 0 R>>", name, below, unicode);
    pdf_object_end(&w->pdf);
    pdf_object(&w->pdf, below);
    buf_printf(w->out, "<</Type/Font/Subtype/CIDFontType2/BaseFont/%s/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
                       "/CIDToGIDMap/Identity/FontDescriptor %zu 0 R/DW 1000/W[0[", name, descriptor);
    for (size_t i = 0; i < subset->count; i++) buf_printf(w->out, "%d%s", subset->places[i].advance, i + 1 < subset->count ? " " : "");
    buf_add_text(w->out, "]]>>");
    pdf_object_end(&w->pdf);
    put_descriptor(w, descriptor, subset, name, stream);
    char members[48];
    (void)snprintf(members, sizeof members, "/Length1 %zu", file.len);
    pdf_stream(&w->pdf, stream, members, buf_span(&file));
    put_unicode(w, unicode, subset);
    return err_none();
}

// --- structure ---

static size_t page_number(const struct writing *w, size_t page) { return w->first_page + 2 * page; }

struct kids { // of each node: the nodes below it and its marks, as lists through arrays
    uint32_t *first_node, *next_node, *first_mark, *next_mark;
};

static bool gather_kids(const struct layout *l, struct kids *ret) {
    struct kids kids = {arena_take_array(l->arena, l->node_count + 1, 4), arena_take_array(l->arena, l->node_count + 1, 4),
                        arena_take_array(l->arena, l->node_count + 1, 4), arena_take_array(l->arena, l->mark_count + 1, 4)};
    if (kids.first_node == NULL || kids.next_node == NULL || kids.first_mark == NULL || kids.next_mark == NULL) return false;
    for (size_t i = l->node_count; i-- > 1;) { // from behind, so that the lists are in order; 0 ends them
        kids.next_node[i] = kids.first_node[l->nodes[i].parent];
        kids.first_node[l->nodes[i].parent] = (uint32_t)i;
    }
    for (size_t i = l->mark_count; i-- > 0;) {
        kids.next_mark[i] = kids.first_mark[l->marks[i].node];
        kids.first_mark[l->marks[i].node] = (uint32_t)i + 1;
    }
    *ret = kids;
    return true;
}

static void put_node(struct writing *w, size_t index, const struct kids *kids) {
    const struct layout *l = w->layout;
    const struct node *node = &l->nodes[index];
    pdf_object(&w->pdf, w->first_node + index);
    buf_printf(w->out, "<</Type/StructElem/S/%s/P %zu 0 R", node->type, index == 0 ? w->root : w->first_node + node->parent);
    if (node->attributes != NULL) buf_printf(w->out, "/A%s", node->attributes);
    if (node->language.len > 0) buf_printf(w->out, "/Lang(%.*s)", SPAN_FMT(node->language));
    buf_add_text(w->out, "/K[");
    for (uint32_t k = kids->first_node[index]; k != 0; k = kids->next_node[k]) buf_printf(w->out, "%zu 0 R ", w->first_node + k);
    for (uint32_t m = kids->first_mark[index]; m != 0; m = kids->next_mark[m - 1])
        buf_printf(w->out, "<</Type/MCR/Pg %zu 0 R/MCID %u>>", page_number(w, l->marks[m - 1].page), l->marks[m - 1].number);
    if (node->link > 0) buf_printf(w->out, "<</Type/OBJR/Obj %zu 0 R/Pg %zu 0 R>>", w->first_link + node->link - 1, page_number(w, l->links[node->link - 1].page));
    buf_add_text(w->out, "]>>");
    pdf_object_end(&w->pdf);
}

static void put_parents(struct writing *w) {
    const struct layout *l = w->layout;
    pdf_object(&w->pdf, w->parents);
    buf_add_text(w->out, "<</Nums[");
    for (size_t i = 0; i < l->page_count; i++) {
        buf_printf(w->out, "%zu[", i);
        for (uint32_t m = 0; m < l->pages[i].mark_count; m++) buf_printf(w->out, "%zu 0 R ", w->first_node + l->marks[l->pages[i].first_mark + m].node);
        buf_add_text(w->out, "]");
    }
    for (size_t i = 0; i < l->link_count; i++) buf_printf(w->out, " %zu %zu 0 R", l->page_count + i, w->first_node + l->links[i].node);
    buf_add_text(w->out, "]>>");
    pdf_object_end(&w->pdf);
    pdf_object(&w->pdf, w->root);
    buf_printf(w->out, "<</Type/StructTreeRoot/K %zu 0 R/ParentTree %zu 0 R/ParentTreeNextKey %zu>>", w->first_node, w->parents,
               l->page_count + l->link_count);
    pdf_object_end(&w->pdf);
}

// --- pages ---

static void put_page(struct writing *w, size_t index) {
    const struct layout *l = w->layout;
    pdf_object(&w->pdf, page_number(w, index));
    buf_printf(w->out, "<</Type/Page/Parent %zu 0 R/MediaBox[0 0 595.276 841.890]/Resources<</Font<</F0 %zu 0 R/F1 %zu 0 R>>>>/Contents %zu 0 R/StructParents %zu/Tabs/S",
               w->pages, w->fonts[FACE_TEXT], w->fonts[FACE_BOLD], page_number(w, index) + 1, index);
    bool has_links = false;
    for (size_t i = 0; i < l->link_count; i++) {
        if (l->links[i].page != index) continue;
        buf_printf(w->out, "%s%zu 0 R ", has_links ? "" : "/Annots[", w->first_link + i);
        has_links = true;
    }
    buf_add_text(w->out, has_links ? "]>>" : ">>");
    pdf_object_end(&w->pdf);
    pdf_stream(&w->pdf, page_number(w, index) + 1, "", buf_span(&l->pages[index].content));
}

static void put_link(struct writing *w, size_t index) {
    const struct link *link = &w->layout->links[index];
    pdf_object(&w->pdf, w->first_link + index);
    buf_add_text(w->out, "<</Type/Annot/Subtype/Link/F 4/Border[0 0 0]/Rect[");
    for (size_t i = 0; i < 4; i++) {
        pdf_length(w->out, link->box[i]);
        buf_add_byte(w->out, ' ');
    }
    buf_printf(w->out, "]/StructParent %zu/A<</S/URI/URI(%.*s)>>/Contents", w->layout->page_count + index, SPAN_FMT(link->target));
    pdf_text(w->out, link->target);
    buf_add_text(w->out, ">>");
    pdf_object_end(&w->pdf);
}

static void put_pages(struct writing *w) {
    pdf_object(&w->pdf, w->pages);
    buf_printf(w->out, "<</Type/Pages/Count %zu/Kids[", w->layout->page_count);
    for (size_t i = 0; i < w->layout->page_count; i++) buf_printf(w->out, "%zu 0 R ", page_number(w, i));
    buf_add_text(w->out, "]>>");
    pdf_object_end(&w->pdf);
    for (size_t i = 0; i < w->layout->page_count; i++) put_page(w, i);
    for (size_t i = 0; i < w->layout->link_count; i++) put_link(w, i);
}

// Bookmarks: all headings in one line; a reader's program shows them beside the text.
static void put_outlines(struct writing *w) {
    const struct layout *l = w->layout;
    size_t count = 0, done = 0;
    for (size_t i = 0; i < l->node_count; i++) count += l->nodes[i].heading.len > 0;
    size_t first = w->pdf.count + 1;
    for (size_t i = 0; i < count; i++) (void)pdf_number(&w->pdf);
    for (size_t i = 0; i < l->node_count && !w->pdf.is_full; i++) {
        const struct node *node = &l->nodes[i];
        if (node->heading.len == 0) continue;
        pdf_object(&w->pdf, first + done);
        buf_add_text(w->out, "<</Title");
        pdf_text(w->out, node->heading);
        buf_printf(w->out, "/Parent %zu 0 R/Dest[%zu 0 R/XYZ 0 ", w->outlines, page_number(w, node->page));
        pdf_length(w->out, node->top + 4000);
        buf_add_text(w->out, " null]");
        if (done > 0) buf_printf(w->out, "/Prev %zu 0 R", first + done - 1);
        if (done + 1 < count) buf_printf(w->out, "/Next %zu 0 R", first + done + 1);
        buf_add_text(w->out, ">>");
        pdf_object_end(&w->pdf);
        done++;
    }
    pdf_object(&w->pdf, w->outlines);
    if (count == 0) buf_add_text(w->out, "<</Type/Outlines>>");
    else buf_printf(w->out, "<</Type/Outlines/First %zu 0 R/Last %zu 0 R/Count %zu>>", first, first + count - 1, count);
    pdf_object_end(&w->pdf);
}

// --- what the document says of itself ---

static void put_xml(struct buf *out, struct span text) {
    for (size_t at = 0; at < text.len;) {
        size_t from = at;
        uint32_t c = utf8_next(text, &at);
        if (c == '<') buf_add_text(out, "&lt;");
        else if (c == '>') buf_add_text(out, "&gt;");
        else if (c == '&') buf_add_text(out, "&amp;");
        else if (c < 0x20 || (c & 0xfffe) == 0xfffe) buf_add_text(out, "\xef\xbf\xbd");
        else buf_add(out, span_part(text, from, at));
    }
}

static void put_metadata(struct writing *w) {
    struct buf xml;
    struct span date = instant_text(w->layout->arena, w->made_ms);
    buf_init(&xml, w->layout->arena, 64 * 1024);
    buf_add_text(&xml, "<?xpacket begin=\"\xef\xbb\xbf\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">"
                       "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description rdf:about=\"\" "
                       "xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" "
                       "xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\" xmlns:pdfuaid=\"http://www.aiim.org/pdfua/ns/id/\">"
                       "<pdfuaid:part>1</pdfuaid:part><dc:format>application/pdf</dc:format><dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">");
    put_xml(&xml, head_of(w, PAPER_TITLE));
    buf_add_text(&xml, "</rdf:li></rdf:Alt></dc:title><dc:creator><rdf:Seq><rdf:li>");
    put_xml(&xml, head_of(w, PAPER_SENDER));
    buf_printf(&xml, "</rdf:li></rdf:Seq></dc:creator><dc:language><rdf:Bag><rdf:li>%.*s</rdf:li></rdf:Bag></dc:language>"
                     "<pdf:Producer>Varde</pdf:Producer><xmp:CreateDate>%.*s</xmp:CreateDate><xmp:ModifyDate>%.*s</xmp:ModifyDate>"
                     "</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end=\"r\"?>",
               SPAN_FMT(head_of(w, PAPER_LANGUAGE)), SPAN_FMT(date), SPAN_FMT(date));
    if (xml.is_failed) w->out->is_failed = true;
    pdf_stream(&w->pdf, w->metadata, "/Type/Metadata/Subtype/XML", buf_span(&xml));
}

static void put_catalog(struct writing *w) {
    pdf_object(&w->pdf, w->catalog);
    buf_printf(w->out, "<</Type/Catalog/Pages %zu 0 R/Metadata %zu 0 R/StructTreeRoot %zu 0 R/Outlines %zu 0 R/MarkInfo<</Marked true>>"
                       "/Lang(%.*s)/ViewerPreferences<</DisplayDocTitle true>>>>",
               w->pages, w->metadata, w->root, w->outlines, SPAN_FMT(head_of(w, PAPER_LANGUAGE)));
    pdf_object_end(&w->pdf);
    pdf_object(&w->pdf, w->info);
    buf_add_text(w->out, "<</Title");
    pdf_text(w->out, head_of(w, PAPER_TITLE));
    buf_add_text(w->out, "/Author");
    pdf_text(w->out, head_of(w, PAPER_SENDER));
    buf_add_text(w->out, "/Producer(Varde)/CreationDate");
    pdf_date(w->out, w->made_ms);
    buf_add_text(w->out, "/ModDate");
    pdf_date(w->out, w->made_ms);
    buf_add_text(w->out, ">>");
    pdf_object_end(&w->pdf);
}

static size_t numbers(struct writing *w, size_t count) {
    size_t first = w->pdf.count + 1;
    for (size_t i = 0; i < count; i++) (void)pdf_number(&w->pdf);
    return first;
}

struct err paper_pdf(const struct paper *paper, const struct paper_fonts *fonts, struct arena *arena, struct buf *ret, struct why *why) {
    struct layout layout;
    struct kids kids;
    struct stamp made;
    struct writing w = {.layout = &layout, .out = ret};
    TRY(stamp_parse(paper->head[PAPER_DATE], NULL, "", &made, why));
    w.made_ms = made.ms;
    size_t begin = ret->len;
    TRY(layout_set(&layout, paper, fonts, arena, why));
    TRY(pdf_begin(&w.pdf, arena, ret));
    size_t *const singles[] = {&w.catalog, &w.info, &w.metadata, &w.pages, &w.root, &w.parents, &w.outlines, &w.fonts[0], &w.fonts[1]};
    for (size_t i = 0; i < sizeof singles / sizeof singles[0]; i++) *singles[i] = pdf_number(&w.pdf);
    w.first_page = numbers(&w, 2 * layout.page_count);
    w.first_node = numbers(&w, layout.node_count);
    w.first_link = numbers(&w, layout.link_count);
    if (w.pdf.is_full || !gather_kids(&layout, &kids)) return err_make(ERR_LIMIT);
    put_catalog(&w);
    put_metadata(&w);
    put_pages(&w);
    for (size_t i = 0; i < FACES; i++) TRY(put_font(&w, (enum face)i, why));
    put_parents(&w);
    for (size_t i = 0; i < layout.node_count; i++) put_node(&w, i, &kids);
    put_outlines(&w);
    struct hash identity = hash_sha256(span_part(buf_span(ret), begin, ret->len));
    struct err e = pdf_finish(&w.pdf, w.catalog, w.info, &identity);
    return is_err(e) ? why_set(why, e.code, "", "paper.size", "", "the PDF would have more than %d bytes", (int)PAPER_PDF_BYTES) : e;
}
