// SPDX-License-Identifier: EUPL-1.2
/* Which document of a procedure does an operation, and in which of its fields the arguments stand: for what the node files itself. */
#ifndef LAW_OPERATION_FORM_H
#define LAW_OPERATION_FORM_H

#include "law/procedure.h"

struct operation_argument {
    struct span argument, field;
    bool is_names; // a list whose rows have the one field `name`
};
struct operation_form {
    struct span document;
    size_t count;
    struct operation_argument *arguments;
};

// The first document that does OP and that ROLE may file; false where the procedure has none.
bool operation_form_find(const struct law *law, struct span state, struct civil at, struct span procedure, struct span op, struct span role,
                         struct arena *arena, struct operation_form *ret);
// The field in which ARGUMENT stands; NULL where the document does not take it.
const struct operation_argument *operation_form_argument(const struct operation_form *form, const char *argument);

#endif
