// SPDX-License-Identifier: EUPL-1.2
/* What the service holds for a story: notes that its filings leave at points of strands, and those that stand in cases joined with it. */
#ifndef TEST_STORY_NOTED_H
#define TEST_STORY_NOTED_H

#include <stdlib.h>

#include "base/yaml.h"
#include "law/json_tree.h"

enum { STORY_NOTES = 32 };
struct story_notes {
    size_t count;
    struct { struct span note, point, filing; } rows[STORY_NOTES];
    const struct yaml *elsewhere; // {dpa_fined: [a]}: in cases joined with it, until the story says otherwise
};

static inline void story_notes_apply(struct story_notes *notes, const struct json *effects, struct span filing) {
    for (size_t i = 0; i < effects->count; i++) {
        const struct json *op = &effects->items[i], *points = json_get(op, "points");
        size_t kept = 0;
        for (size_t k = 0; span_is(json_get_string(op, "op"), "strand_end") && k < notes->count; k++)
            if (!span_equals(notes->rows[k].filing, json_get_string(op, "filing"))) notes->rows[kept++] = notes->rows[k];
        if (span_is(json_get_string(op, "op"), "strand_end")) notes->count = kept;
        for (size_t k = 0; span_is(json_get_string(op, "op"), "strand_note") && k < points->count; k++) {
            if (notes->count == STORY_NOTES) abort();
            notes->rows[notes->count].note = json_get_string(op, "note");
            notes->rows[notes->count].point = points->items[k].string;
            notes->rows[notes->count++].filing = filing;
        }
    }
}

static inline void story_note_add(struct json_tree *tree, struct json *noted, struct span note, struct span point) {
    const struct json *known = json_find(noted, note);
    struct json points = known == NULL ? json_array() : json_tree_copy(tree, known);
    (void)json_tree_push(tree, &points, json_from_string(point));
    (void)json_tree_set(tree, noted, note, points);
}

static inline struct json story_noted(const struct story_notes *notes, struct json_tree *tree) {
    struct json noted = json_object();
    for (size_t i = 0; i < notes->count; i++) story_note_add(tree, &noted, notes->rows[i].note, notes->rows[i].point);
    for (size_t i = 0; notes->elsewhere != NULL && i < notes->elsewhere->count; i++)
        for (size_t k = 0; k < notes->elsewhere->pairs[i].value.count; k++)
            story_note_add(tree, &noted, notes->elsewhere->pairs[i].name, notes->elsewhere->pairs[i].value.items[k].text);
    return noted;
}

#endif
