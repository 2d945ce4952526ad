// SPDX-License-Identifier: EUPL-1.2
/* Cases: one run of a procedure, and who may know of it. */
#ifndef SERVICE_CASE_H
#define SERVICE_CASE_H

#include "base/json.h"
#include "service/services.h"

struct case_file {
    struct span id, procedure, workspace, entity_id, sectors, state; // sectors: JSON array
    struct json content; // the case as the law sees it
    int64_t version, next_due_ms, opened_ms, changed_ms, last_seq;
    bool has_parties;
    size_t party_count;         // parties of it for which the one who asks has a mandate (case_find_filer)
    const struct span *parties;
    int64_t parties_version;    // moves with each change of these parties' parts
    struct span offices;   // kinds of office that it reaches, with blanks around; empty: those of the workspace
    bool is_closed;        // to its entity
    int64_t plain_version, plain_changed_ms, plain_due_ms; // as one sees it who sees no document that only some see
    struct span owner, backup; // persons; empty: nobody
    struct span filer; // pseudonym of the one who asks, where she filed in it and that may matter (case_find_filer)
};

// ERR_NOT_FOUND where there is none.
CHECKED struct err case_get(struct store_conn *conn, struct span id, struct arena *arena, struct case_file *ret, struct why *why);
// Finds out whether PRINCIPAL filed in the case, where her rights may hang on it: a case of no entity, or a mandate to file
// without one to read; and for which of its parties she has a mandate.
CHECKED struct err case_find_filer(struct store_conn *conn, const struct principal *principal, int64_t now_ms, struct arena *arena,
                                   struct case_file *file, struct why *why);
// What the rules of access must know of it; lives in ARENA. Of the file only procedure, workspace, entity_id, sectors, offices, is_closed and
// filer count.
void case_access(const struct services *services, const struct case_file *file, struct arena *arena, struct access_case *ret);
// The same for a case that is yet to be opened by one of the ROLES (of filers); the law says which offices may.
void case_access_opening(const struct services *services, const struct case_file *file, const struct span *roles, size_t count,
                         struct arena *arena, struct access_case *ret);
// "desk" or "supervision", by procedure; quarantine is procedure_case_workspace.
struct span case_workspace(const struct services *services, struct span procedure);
// The same for an entity on the register.
void entity_access(const struct services *services, struct span entity_id, struct span sectors, struct arena *arena,
                   struct access_entity *ret);

// What bounds a list of cases: for each role its kind of office and its sectors (null: all), as statements take it. ERR_DENIED
// where the principal holds no office that works in this workspace.
CHECKED struct err case_list_bounds(const struct services *services, const struct principal *principal, const struct workspace *workspace,
                                    struct arena *arena, struct span *ret_bounds_json, struct why *why);

// The same for a list of entities: a JSON array of sectors, NULL for no bound.
CHECKED struct err entity_list_bounds(const struct principal *principal, struct arena *arena, struct span *ret_sectors_json, struct why *why);

// Case, filings, duties with their status now, proposals, attachments, next steps for ROLE: one JSON object.
CHECKED struct err case_write_json(struct json_out *out, const struct services *services, struct store_conn *conn,
                                   const struct case_file *file, const struct principal *principal, struct span lang,
                                   int64_t now_ms, struct arena *arena, struct why *why);
// One duty with its status: the stored one and {"status":...}. IS_FILER: who sees the earlier reading as well.
void duty_write_json(struct json_out *out, const struct json *duty, int64_t now_ms, bool is_office);
// The same; beside lateness stands when the ways to file were down (service/downtime.h). BESIDE NULL: nothing.
struct downtimes;
void duty_write_beside(struct json_out *out, const struct json *duty, int64_t now_ms, bool is_office, const struct downtimes *beside,
                       struct arena *arena);

#endif
