// SPDX-License-Identifier: EUPL-1.2
/*
 * The rows of a pack as people read and compare them, and what one pack has instead of, besides or without another.
 *
 * Nothing here knows what a row means. A row is a mapping with a name: its first member (its `code` where it begins with a
 * running number). It has an identity: the file, that member, the name. So a state's clock stands against the Union's clock of that name, a changed document against the document.
 * Files of words hold no rows. Pure; everything returned points into the law or the arena.
 */
#ifndef LAW_PACK_ROWS_H
#define LAW_PACK_ROWS_H

#include "base/json.h"
#include "law/pack.h"

enum pack_row_kind {
    PACK_ROW_PLAIN,
    PACK_ROW_CHANGE, // changes a row of the pack below
    PACK_ROW_OFF,    // takes one away
};
struct pack_row {
    enum pack_row_kind kind;
    struct span file;      // "clocks.yaml"; in a proposal the file that it amends
    struct span key, name; // "clock", "notification"; an empty key fits any
    struct span article, certainty;
    const struct yaml *node; // NULL for a bare name under `off`
    uint32_t digest;         // of file and name: rows that differ in it need no closer look
};
struct pack_rows {
    size_t count;
    struct pack_row *rows;
};

// The rows of PACK on the day AT: none of a pack that begins later, and of each row only where its from and to admit the day.
CHECKED struct err pack_rows_read(const struct pack *pack, struct civil at, struct arena *arena, struct pack_rows *ret);
// The name of a row, as above; empty where it has none.
struct span pack_row_name(const struct yaml *row);
// Whether the pack applies on that day: no proposal, and a date that has come (a state's pack without date counts).
bool pack_is_in_force(const struct pack *pack, struct civil at);
// A proposal: a pack of the Union without date.
bool pack_is_proposal(const struct pack *pack);
// Whether it is a state's pack and says that nothing transposes the Directive yet.
bool pack_is_untransposed(const struct pack *pack, struct civil at);
// What must be said wherever the law of a state is shown that has none of its own on that day; at == NULL of any other.
struct span law_caution(const struct law *law, struct span state, struct civil at, struct span lang);

enum difference { DIFFERENCE_INSTEAD, DIFFERENCE_BESIDES, DIFFERENCE_WITHOUT };
const char *difference_name(enum difference difference); // "instead", "besides", "without"
struct pack_difference {
    enum difference what;
    const struct pack_row *before, *after; // NULL where there is none
};
struct pack_comparison {
    const struct law *law;
    const struct pack *before, *after;
    struct civil at, then;
    bool is_overlay; // AFTER is laid over BEFORE: what it doesn't mention stays
    size_t count;
    struct pack_difference *rows;
};
// BEFORE on the day AT against AFTER on the day THEN.
CHECKED struct err packs_compare(const struct law *law, const struct pack *before, struct civil at, const struct pack *after,
                                 struct civil then, struct arena *arena, struct pack_comparison *ret);
void comparison_write_json(struct json_out *out, const struct pack_comparison *comparison, struct span lang, struct arena *arena);
void comparison_write_text(struct buf *out, const struct pack_comparison *comparison, struct span lang, struct arena *arena);

// All that a pack holds on a day.
void pack_write_json(struct json_out *out, const struct law *law, const struct pack *pack, struct civil at, const struct pack_rows *rows,
                     struct span lang, struct arena *arena);
void pack_write_text(struct buf *out, const struct law *law, const struct pack *pack, struct civil at, const struct pack_rows *rows,
                     struct span lang, struct arena *arena);

// A YAML tree as JSON. Unquoted numbers and booleans stay texts.
void yaml_write_json(struct json_out *out, const struct yaml *node);

#endif
