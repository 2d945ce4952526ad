// SPDX-License-Identifier: EUPL-1.2
/*
 * Errors: a status that the compiler makes you look at, and the reason in words that travels beside it.
 *
 * A function that can fail returns `struct err` and, where a person will read the reason, takes a `struct why *` last.
 * The first reason stays: later ones on the way up do not overwrite it. Faults of this program assert; what the outside
 * can cause is always an error that is returned.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>

enum err_code {
    ERR_NONE = 0,
    ERR_INPUT,           // the input breaks a rule; the caller can mend it
    ERR_NOT_FOUND,       // no such thing, or none that this person may know of
    ERR_UNAUTHENTICATED, // who asks is not known
    ERR_DENIED,          // who asks may not
    ERR_CONFLICT,        // the state of things forbids it now (a version moved, a duplicate)
    ERR_LAW,             // the law pack refuses the step
    ERR_LIMIT,           // a limit of base/limits.h was reached
    ERR_BUSY,            // try again later
    ERR_MEMORY,          // an arena or buffer is full
    ERR_IO,              // the machine failed
    ERR_CORRUPT,         // stored bytes are not what was written
    ERR_UNSUPPORTED,     // understood, but not done here
};

struct err {
    enum err_code code;
};

#define CHECKED __attribute__((warn_unused_result))
#define PRINTF_LIKE(TEXT, FIRST) __attribute__((format(printf, TEXT, FIRST)))

static inline bool is_err(struct err e) { return e.code != ERR_NONE; }
static inline struct err err_make(enum err_code code) { return (struct err){code}; }
static inline struct err err_none(void) { return (struct err){ERR_NONE}; }

// Returns from the calling function when EXPR failed.
#define TRY(EXPR)                                                                                                      \
    do {                                                                                                               \
        struct err try_result_ = (EXPR);                                                                               \
        if (is_err(try_result_)) return try_result_;                                                                   \
    } while (0)

// The reason in words. All strings are NUL-terminated and cut to fit; zero-initialise before use.
struct why {
    bool is_set;
    enum err_code code;
    char field[128];   // JSON pointer or field name, "" where none applies
    char rule[64];     // short stable name of the rule, e.g. "json.duplicate_key"
    char article[96];  // source in law, "" where none
    char words[512];   // one sentence for a person
};

// Records the reason (if none is recorded yet; WHY may be NULL) and returns the error, so that one can
// `return why_set(why, ERR_INPUT, "/staff", "size.staff_negative", "SME 2", "...", ...)`. field, rule, article may be NULL.
struct err why_set(struct why *why, enum err_code code, const char *field, const char *rule, const char *article,
                   const char *format, ...) PRINTF_LIKE(6, 7);

// Name of a code for logs and problem documents, e.g. "input". Never NULL.
const char *err_name(enum err_code code);

#endif
