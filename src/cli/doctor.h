// SPDX-License-Identifier: EUPL-1.2
/* What the checks of `varde doctor` share: findings, each ok, warn or fail, with what to do. */
#ifndef CLI_DOCTOR_H
#define CLI_DOCTOR_H

#include "base/json.h"
#include "role/config.h"

enum finding_level { FINDING_OK, FINDING_WARN, FINDING_FAIL };
struct finding {
    enum finding_level level;
    const char *subject;  // "certificate"
    struct span words;    // what was found
    struct span advice;   // what to do; empty where all is well
};
enum { FINDINGS_MAX = 128 };
struct doctor {
    struct arena arena;
    const char *dir;
    const struct config *config; // NULL where it could not be read
    int64_t now_ms;
    size_t count;
    struct finding findings[FINDINGS_MAX];
};

// ADVICE may be NULL; the words are printf's.
void doctor_find(struct doctor *doctor, enum finding_level level, const char *subject, const char *advice,
                 const char *format, ...) PRINTF_LIKE(5, 6);
// A failure with the reason that a function gave.
void doctor_fail(struct doctor *doctor, const char *subject, struct err e, const struct why *why, const char *advice);
// DIR/NAME, or "" on a full arena.
const char *doctor_path(struct doctor *doctor, const char *name);

void doctor_look_at_files(struct doctor *doctor);       // owner and permissions
void doctor_look_at_certificate(struct doctor *doctor); // readable, matching key, dates
void doctor_look_at_store(struct doctor *doctor);       // database, log and remembered head
void doctor_look_at_reach(struct doctor *doctor);       // mail, hooks, who is on call
void doctor_look_at_machine(struct doctor *doctor);     // disk, clock, zones, sandbox

#endif
