// SPDX-License-Identifier: EUPL-1.2
/* What the resources of access share. */
#ifndef API_ACCESS_JSON_H
#define API_ACCESS_JSON_H

#include "api/api.h"

// The time and randomness of a write.
struct access_env access_env_of(const struct api_request *request, int64_t now_ms);

// Scopes by name: "read", "file", "delete", "manage" of tokens; "read", "file", "manage" of mandates.
struct scope_name {
    const char *name; // NULL after the last
    uint32_t bit;
};
extern const struct scope_name token_scope_names[];
extern const struct scope_name mandate_scope_names[];
void scopes_write(struct json_out *out, const struct scope_name *names, uint32_t scopes);
// Member "scopes", an array of names. ERR_INPUT at /scopes.
CHECKED struct err scopes_read(const struct json *object, const struct scope_name *names, uint32_t *ret, struct why *why);

const char *role_name(int64_t role);                        // "reader", "officer", "head"; NULL for anything else
enum access_role_kind role_from(struct span text);          // 0 for anything else

// Writes member NAME with an instant; null for INSTANT_NONE and where IS_NULL.
void member_instant(struct json_out *out, struct arena *arena, const char *name, const struct value *value);
// Optional member NAME as an instant of RFC 3339; FALLBACK where absent.
CHECKED struct err member_instant_read(const struct json *object, const char *name, int64_t fallback, int64_t *ret,
                                       struct why *why);
// An array of texts under NAME; absent counts as empty. At most MOST.
CHECKED struct err member_texts_read(const struct json *object, const char *name, size_t most, struct arena *arena,
                                     const struct span **ret, size_t *ret_count, struct why *why);
// Starts {"items":[ ; and ends it with the cursor of the next page (LAST_ID > 0 and a full page), or null.
void list_begin(struct api_response *response, struct json_out *out);
void list_end(struct api_request *request, struct json_out *out, const char *kind, const struct json *last, bool is_full);
// The members of a list's items, one a column of the rows.
enum list_as { LIST_TEXT, LIST_INSTANT, LIST_INT, LIST_BOOL, LIST_SCOPES_TOKEN, LIST_SCOPES_MANDATE };
struct list_column {
    const char *name; // NULL after the last
    enum list_as as;
    size_t at;        // column of the rows
    void (*write)(struct api_request *request, struct json_out *out, const struct rows *rows, size_t row); // NULL: AS says how
};
// The members of one item, without and with braces.
void list_members(struct api_request *request, struct json_out *out, const struct list_column *columns, const struct rows *rows, size_t row);
void list_item(struct api_request *request, struct json_out *out, const struct list_column *columns, const struct rows *rows, size_t row);
// The whole answer. CURSOR_AT: the integer or text column from which the next page goes on; -1 for a list of one page.
CHECKED struct err list_write(struct api_request *request, struct api_response *response, const struct list_column *columns,
                              const struct rows *rows, const char *kind, int cursor_at);
// The answer to one who has signed in, with the token or (WANTS_COOKIE) the cookie; and the cookie alone.
void session_write(struct api_request *request, struct api_response *response, const struct access_signed_in *done, bool wants_cookie);
void session_cookie(struct api_request *request, struct api_response *response, const struct access_signed_in *done);
// The person shows her present password again, in MEMBER, before what guards her account is changed.
CHECKED struct err password_again(struct api_request *request, const struct json *body, const char *member, struct why *why);
// The integer cursor of newest-first lists; 0 from the start.
CHECKED struct err cursor_id_read(struct api_request *request, const char *kind, int64_t *ret, struct why *why);

#endif
