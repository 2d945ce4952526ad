// SPDX-License-Identifier: EUPL-1.2
/*
 * Operations: effects of a document that services carry out by name, with values of the form as arguments:
 *
 *   effects:
 *     - {do: block, as: freeze, with: {filing: which, names: fields}, article: "..", words: ".."}
 *
 * The table in operation.c lists the operations, what each may be done as, and its arguments. An argument takes the value of
 * a field: a filing, choice, country, yes or no, number or time, or a list whose rows have the one field `name`. Never free text:
 * effects can't be erased. An address (email), and a text where the table says so, stands by reference: {"field": NAME}.
 */
#ifndef LAW_OPERATION_H
#define LAW_OPERATION_H

#include "law/procedure_load.h"

// Reads a row with `do`.
CHECKED struct err operation_load(const struct load *load, const struct yaml *row, struct effect_row *ret);
// Refuses operations whose arguments are no fields of the document, or hold what may not stand in effects.
CHECKED struct err operations_check(const struct load *load, const struct document *document);
// Appends {"op","as","article","words",arguments that have a value}.
void operation_add(struct decision *d, struct json *effects, const struct effect_row *effect);
// Who sees the filing: as its document says, and of a filing that marks or blocks another which only some see, no others than those.
struct names operation_readers(const struct decision *d);

#endif
