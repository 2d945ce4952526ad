// SPDX-License-Identifier: EUPL-1.2
/*
 * A register of one JSON object a line, as `varde import` takes it (the fields of a registration) or of facts of facts.yaml: made into
 * facts of the scope. Which field gives which fact says the packs' own forms, by `register:`.
 */
#ifndef LAW_REGISTER_LINE_H
#define LAW_REGISTER_LINE_H

#include "law/scope.h"

struct register_fields;
CHECKED struct err register_fields_new(const struct law *law, struct arena *arena, const struct register_fields **ret, struct why *why);
// Parses LINE (untrusted) and keeps what is a fact, under the fact's name; `state` and `at` too.
CHECKED struct err register_line_facts(const struct register_fields *fields, struct span line, struct arena *scratch, struct json *ret,
                                       struct why *why);
// The same of an object that was read already.
CHECKED struct err register_object_facts(const struct register_fields *fields, const struct json *object, struct arena *scratch, struct json *ret);

#endif
