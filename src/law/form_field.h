// SPDX-License-Identifier: EUPL-1.2
/* The fields of a form as services need them: what they are called, and for whom the form keeps them. */
#ifndef LAW_FORM_FIELD_H
#define LAW_FORM_FIELD_H

#include "law/procedure.h"

struct form_field {
    struct span name, label, article, keeps; // keeps: the fact of the case that it becomes; empty: none
    size_t visible_count, hidden_count;
    const struct span *visible_to, *hidden_from; // recipients by role; none: everybody, nobody
};

// All fields of the document's form in order, with *RET_LABEL its label, in LANG or English. Empty where there is no such document.
void form_fields(const struct law *law, struct span state, struct civil at, struct span procedure, struct span document, struct span lang,
                 struct arena *arena, const struct form_field **ret, size_t *ret_count, struct span *ret_label);
// The roles that see a filing of the document (`seen_by:`); none: whoever sees the case.
size_t form_seen_by(const struct law *law, struct span state, struct civil at, struct span procedure, struct span document, const struct span **ret);
const struct form_field *form_field_find(const struct form_field *fields, size_t count, struct span name); // NULL: none

#endif
