// SPDX-License-Identifier: EUPL-1.2
/*
 * Catalogues of controls: the file controls.yaml of a pack, a list of what is asked of each measure in the pack's own order.
 * A list field with `catalogue: PACK` asks each of them (doc/procedures.md). Any pack may have one, also a state's.
 *
 *     label: "Technical and methodological requirements"
 *     article: "IRX"
 *     controls:
 *       - {control: "1.1", label: "Policy ...", article: "IRX 1.1", points: [a]}             a heading
 *       - {control: "1.1.1", label: "..", article: "IRX 1.1.1", points: [a], parts: [a, b]}  what is asked
 *
 * A control is asked where no other one begins with its identifier and a full stop. `parts` names what is below it.
 * Other languages: words controls.label and controls.ID.label of the pack.
 */
#ifndef LAW_CONTROL_H
#define LAW_CONTROL_H

#include "law/field.h"

enum { CONTROLS_MAX = 1000 }; // of a catalogue

struct control {
    struct span id, label, article;
    struct names points, parts;
    bool is_asked; // otherwise a heading
    const struct yaml *node;
};
struct catalogue {
    struct span id, label, article; // id: of the pack
    const struct pack *pack;
    size_t count, asked_count;
    const struct control *controls;
};

CHECKED struct err catalogues_load(struct law *law, struct why *why);
// One line for the check: how many there are.
void catalogues_report(const struct law *law, struct buf *report);
const struct catalogue *catalogue_find(const struct law *law, struct span id); // NULL: none
const struct control *control_find(const struct catalogue *catalogue, struct span id); // NULL: none
// The first field of each element of a list with a catalogue: which control it answers.
struct field control_field_of(const struct field *list);
// Faults of the answers: a control that is answered twice and, where the field wants all of them, those that are not answered.
void controls_check(struct value_reader *reader, const struct field *field, const struct json *value, struct span pointer);

// {"catalogue","label","article","controls":[{"control","label","article","points":[..],"parts":[..],"is_asked"}]}
CHECKED struct err catalogue_write_json(struct json_out *out, const struct law *law, struct span id, struct span lang, struct why *why);
// [{"catalogue","label","article","asked"}]
void catalogues_write_json(struct json_out *out, const struct law *law, struct span lang);

#endif
