// SPDX-License-Identifier: EUPL-1.2
/*
 * What all services of a node share, made once at start by the node's role and read by its threads; and the form of a write.
 *
 * Writing: there is one writing connection. Whoever wants to write makes a `struct write_job`; the node's writer gathers
 * the jobs of the moment into one transaction, runs `apply` of each in a savepoint of its own, commits, has the new head of
 * the log signed where a job appended to it, and then calls `finish` of each.
 */
#ifndef SERVICE_SERVICES_H
#define SERVICE_SERVICES_H

#include <stdatomic.h>

#include "base/time.h"
#include "record/envelope.h"
#include "record/note.h"
#include "record/tree.h"
#include "service/access.h"
#include "service/tree_cache.h"
#include "store/store.h"

struct law;
struct providers;
struct reach_config;
struct what_if_runs;

enum { COUNT_FILINGS, COUNT_REFUSED, COUNT_DECIDED_AGAIN, COUNT_GROUPS, COUNT_JOBS, COUNT_REQUESTS, COUNT_FAILED, COUNT_SHED, COUNTERS };

struct services {
    const struct law *law;
    struct span state;        // "BE"
    struct span node_name;    // for people
    struct span origin;       // of the log, this epoch
    const struct zone *zone;  // of the state
    struct access *access;
    uint8_t node_secret[32];
    struct span setup_code;   // SHA-256 of the first administrator's code; empty once used or none
    struct span answer_by;    // who answers, for receipts: name of the office
    struct span answer_how;   // and how to call it
    struct span emergency_telephone, emergency_fax, emergency_post; // for who can't file here; empty: not known
    int64_t emergency_per_hour; // reports without account taken within an hour
    struct span public_url;
    const struct reach_config *reach; // how people are reached (service/reach.h); NULL: nothing is sent
    bool is_demo;
    bool is_exercise;         // node_name says so, subjects of mails too; only peers of exercises get anything
    int64_t disk_reserve_bytes; // the last of the disk, kept for filings
    _Atomic int64_t disk_free_bytes; // as last looked at
    bool is_read_only;        // behind the head that keys remembers: only a person can open a new epoch
    struct span read_only_reason;
    int64_t started_ms;
    struct civil obligations_from; // the first day that the node answers for; year 0: the day after its first record
    int64_t publish_interval_ms;
    struct verifier_key log_key;
    struct hash law_hash;
    void (*random)(void *at, size_t size_bytes);
    void (*random_id)(char prefix, char ret[18]);
    // Makes the PDF of a paper (format/paper.h) and appends it; ERR_BUSY where that can't be done now. NULL in commands.
    struct err (*press)(void *context, struct span paper, struct buf *ret, struct why *why);
    void *press_context;
    // Has the envelope of a document signed and appends the note (record/envelope.h); ERR_BUSY where that can't be done now. NULL in commands.
    struct err (*sign)(void *context, const struct envelope *envelope, struct buf *ret, struct why *why);
    void *sign_context;
    _Atomic uint64_t counters[COUNTERS];
    _Atomic bool has_erased;  // keys were erased: the write-ahead log still holds them until it is truncated
    struct providers *providers; // of sign-in; NULL: none
    struct signed_head *head; // the latest signed head of the log
    struct what_if_runs *what_ifs; // being counted (service/what_if_run.h); NULL: none can be
    struct tree_cache *tree_cache; // of the log's tree, for proofs; may be NULL
};

// The latest head that keys signed; set by the node's signer, read by all threads.
struct signed_head;
struct signed_head *signed_head_new(void); // NULL where the system has no memory
void signed_head_free(struct signed_head *head);
void signed_head_set(struct signed_head *head, uint64_t size, struct span note);
// Copies the note into ARENA; size 0 and an empty note before the first.
void signed_head_get(struct signed_head *head, struct arena *arena, uint64_t *ret_size, struct span *ret_note);
uint64_t signed_head_size(struct signed_head *head);

// The right edge of the log, owned by the writer; goes back with the transaction.
struct log_edge {
    struct tree_frontier frontier;
};

struct write_job {
    // In the transaction, on the writing connection. An error undoes this job alone. May run a second time (the group's
    // commit failed and is tried job by job): it must depend on nothing that an earlier run left in memory.
    struct err (*apply)(struct write_job *job, struct store_conn *conn, struct log_edge *edge, struct why *why);
    // After the commit (RESULT none) or the refusal. For a job that appended to the log the head is signed by then, and
    // READER sees the commit. Takes over the job.
    void (*finish)(struct write_job *job, struct err result, const struct why *why, struct store_conn *reader);
    int64_t now_ms;       // set by the writer: the group's instant, never before an earlier group's
    bool needs_head;      // appends to the log
    struct err result;    // the writer's
    struct why why;       // the writer's
    struct write_job *next;
};

#endif
