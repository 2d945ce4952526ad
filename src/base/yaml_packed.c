// SPDX-License-Identifier: EUPL-1.2
/*
 * A tree of YAML in few bytes: what the build makes of each law pack's file, so that no start parses YAML.
 *
 * A node is a byte (type, and 4 where quoted), how many lines further down it begins than what was written before it, and a count: of a
 * scalar's bytes, which follow with a NUL after them, of items or of pairs. A pair is its lines, its name as a scalar has its text, its value.
 * Numbers are seven bits a byte, low ones first, the eighth set in all but the last.
 */
#include "base/limits.h"
#include "base/yaml.h"

enum { QUOTED = 4, TYPES = 3, NODE_BYTES_LEAST = 3 };

static void number_add(struct buf *out, size_t number) {
    for (; number > 0x7f; number >>= 7) buf_add_byte(out, (uint8_t)(number | 0x80));
    buf_add_byte(out, (uint8_t)number);
}

static void text_add(struct buf *out, struct span text) {
    number_add(out, text.len);
    buf_add(out, text);
    buf_add_byte(out, 0);
}

static void node_add(struct buf *out, const struct yaml *node, uint32_t *line) {
    buf_add_byte(out, (uint8_t)((unsigned)node->type | (node->is_quoted ? QUOTED : 0)));
    number_add(out, node->line - *line);
    *line = node->line;
    if (node->type == YAML_SCALAR) {
        text_add(out, node->text);
        return;
    }
    number_add(out, node->count);
    for (size_t i = 0; i < node->count; i++) {
        if (node->type == YAML_SEQUENCE) {
            node_add(out, &node->items[i], line);
            continue;
        }
        number_add(out, node->pairs[i].line - *line);
        *line = node->pairs[i].line;
        text_add(out, node->pairs[i].name);
        node_add(out, &node->pairs[i].value, line);
    }
}

void yaml_pack(const struct yaml *root, struct buf *out) {
    uint32_t line = 0;
    node_add(out, root, &line);
}

struct reader {
    struct arena *arena;
    const char *file;
    struct span packed;
    size_t at;
    uint32_t line;
};

static bool number_read(struct reader *r, size_t *ret) {
    size_t number = 0;
    for (unsigned shift = 0; shift < 32 && r->at < r->packed.len; shift += 7) {
        uint8_t byte = r->packed.at[r->at++];
        number |= (size_t)(byte & 0x7f) << shift;
        *ret = number;
        if ((byte & 0x80) == 0) return true;
    }
    return false;
}

static bool line_read(struct reader *r) {
    size_t further;
    if (!number_read(r, &further)) return false;
    r->line += (uint32_t)further;
    return true;
}

static bool text_read(struct reader *r, struct span *ret) {
    size_t len;
    if (!number_read(r, &len) || len >= r->packed.len - r->at || r->packed.at[r->at + len] != 0) return false;
    *ret = span_part(r->packed, r->at, r->at + len);
    r->at += len + 1;
    return true;
}

static struct err node_read(struct reader *r, size_t depth, struct yaml *ret) {
    size_t count;
    uint8_t head = r->at < r->packed.len ? r->packed.at[r->at++] : 0xff;
    if (depth > LIMIT_YAML_DEPTH + 1 || (head & ~QUOTED) >= TYPES || !line_read(r)) return err_make(ERR_CORRUPT);
    *ret = (struct yaml){.type = (enum yaml_type)(head & ~QUOTED), .is_quoted = (head & QUOTED) != 0, .file = r->file, .line = r->line};
    if (ret->type == YAML_SCALAR) return text_read(r, &ret->text) ? err_none() : err_make(ERR_CORRUPT);
    if (!number_read(r, &count) || count > (r->packed.len - r->at) / NODE_BYTES_LEAST) return err_make(ERR_CORRUPT);
    ret->count = (uint32_t)count;
    if (count == 0) return err_none();
    if (ret->type == YAML_SEQUENCE) ret->items = arena_take_array(r->arena, count, sizeof *ret->items);
    else ret->pairs = arena_take_array(r->arena, count, sizeof *ret->pairs);
    if (ret->items == NULL && ret->pairs == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < count; i++) {
        if (ret->type == YAML_SEQUENCE) {
            TRY(node_read(r, depth + 1, &ret->items[i]));
            continue;
        }
        struct yaml_pair *pair = &ret->pairs[i];
        if (!line_read(r) || !text_read(r, &pair->name)) return err_make(ERR_CORRUPT);
        pair->line = r->line;
        TRY(node_read(r, depth + 1, &pair->value));
    }
    return err_none();
}

struct err yaml_unpack(struct arena *arena, const char *file, struct span packed, struct yaml *ret) {
    struct reader r = {.arena = arena, .file = file, .packed = packed};
    struct yaml root;
    TRY(node_read(&r, 0, &root));
    if (r.at != packed.len) return err_make(ERR_CORRUPT);
    *ret = root;
    return err_none();
}
