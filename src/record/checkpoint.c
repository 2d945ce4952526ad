// SPDX-License-Identifier: EUPL-1.2
/* The body of a log's signed note (C2SP tlog-checkpoint), and the origins of its epochs. */
#include "record/note.h"
#include "record/text.h"
#include "record/tree.h"

#define EPOCH_MAX 999999999u

static struct err refuse(struct why *why, const char *words) {
    return why_set(why, ERR_INPUT, "", "note.checkpoint", "C2SP tlog-checkpoint", "%s", words);
}

struct err checkpoint_parse(struct span body, struct checkpoint *ret, struct why *why) {
    struct checkpoint found;
    struct span line = {NULL, 0};
    size_t at = 0, extensions = 0;
    if (body.len == 0 || body.at[body.len - 1] != '\n') return refuse(why, "a checkpoint ends with a newline");
    if (!line_take(body, &at, &found.origin) || !note_name_is_valid(found.origin))
        return refuse(why, "the first line of a checkpoint is the log's origin, without spaces");
    if (!line_take(body, &at, &line) || !decimal_exact(line, TREE_SIZE_MAX, &found.size))
        return refuse(why, "the second line of a checkpoint is the tree size in decimal");
    if (!line_take(body, &at, &line) || !base64_exact(line, found.root.bytes, HASH_BYTES))
        return refuse(why, "the third line of a checkpoint is the base64 of the root hash");
    while (line_take(body, &at, &line)) {
        if (line.len == 0) return refuse(why, "an extension line of a checkpoint is not empty");
        if (++extensions > NOTE_EXTENSIONS_MAX) return refuse(why, "the checkpoint has too many extension lines");
    }
    *ret = found;
    return err_none();
}

void checkpoint_write(struct buf *buf, struct span origin, uint64_t size, const struct hash *root) {
    buf_add(buf, origin);
    buf_printf(buf, "\n%llu\n", (unsigned long long)size);
    buf_add_base64(buf, hash_span(root));
    buf_add_byte(buf, '\n');
}

void epoch_origin_write(struct buf *buf, struct span name, uint64_t epoch) {
    buf_add(buf, name);
    if (epoch > 1) buf_printf(buf, "/epoch-%llu", (unsigned long long)epoch);
}

uint64_t epoch_of_origin(struct span name, struct span origin) {
    const struct span middle = SPAN("/epoch-");
    uint64_t epoch = 0;
    if (span_equals(name, origin)) return 1;
    if (!span_starts_with(origin, name)) return 0;
    struct span rest = span_part(origin, name.len, origin.len);
    if (!span_starts_with(rest, middle)) return 0;
    if (!decimal_exact(span_part(rest, middle.len, rest.len), EPOCH_MAX, &epoch)) return 0;
    return epoch >= 2 ? epoch : 0;
}
