// SPDX-License-Identifier: EUPL-1.2
/*
 * Every limit of Varde, in one file. A limit that has a relation to another states it as a static assertion at the end.
 */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

#include <assert.h>

enum {
    // text and documents
    LIMIT_JSON_BYTES = 1024 * 1024,     // one JSON document from outside
    LIMIT_RECEIPT_BYTES = 2 * 1024 * 1024, // one receipt: a filing with its salts and proofs
    LIMIT_EFFECTS_BYTES = 2 * LIMIT_JSON_BYTES, // what one filing changed, as the record keeps it
    LIMIT_JSON_DEPTH = 32,              // nested arrays and objects
    LIMIT_YAML_BYTES = 4 * 1024 * 1024, // one file of a law pack
    LIMIT_YAML_DEPTH = 24,
    LIMIT_TEXT_BYTES = 64 * 1024,       // one free-text field
    LIMIT_NAME_BYTES = 256,             // one line of text
    LIMIT_FIELDS = 256,                 // fields of one form
    LIMIT_OFFICE_KINDS = 64,            // rows of offices.yaml: a mask of 64 bits holds them
    LIMIT_WORKSPACES = 16,
    LIMIT_STRANDS = 8,                  // of one procedure
    LIMIT_STRAND_CASES = 64,            // joined with each other
    LIMIT_WHAT_IF_RUNS = 4,             // questions of what a proposal would change, at a time
    LIMIT_WHAT_IF_BYTES = 256 * 1024 * 1024, // of one of them: the amended law
    LIMIT_OFFICE_ID_BYTES = 32,
    LIMIT_FORM_BYTES = 64 * 1024,       // one form of a page, as a browser sends it
    LIMIT_FORM_PAIRS = 256,
    LIMIT_MULTIPART_PARTS = 64,         // of a form with a file
    LIMIT_ATTACHMENT_BYTES = 10 * 1024 * 1024,
    LIMIT_ATTACHMENTS_PER_FILING = 16,
    LIMIT_ATTACHMENT_CHUNK_BYTES = 64 * 1024,

    // HTTP
    LIMIT_HTTP_HEADER_BYTES = 16 * 1024,
    LIMIT_HTTP_HEADERS = 64,
    LIMIT_HTTP_TARGET_BYTES = 4096,
    LIMIT_HTTP_BODY_BYTES = LIMIT_ATTACHMENT_BYTES,
    LIMIT_HTTP_HEADER_DEADLINE_MS = 10 * 1000,
    LIMIT_HTTP_BODY_DEADLINE_MS = 10 * 1000,
    LIMIT_HTTP_IDLE_MS = 60 * 1000,
    LIMIT_HTTP_SLOWEST_BYTES_S = 64 * 1024, // a peer that moves so many bytes earns one more second
    LIMIT_HTTP_WRITE_DEADLINE_MS = 30 * 1000,
    LIMIT_HTTP_ANSWER_DEADLINE_MS = 60 * 1000, // for the node to begin its answer
    LIMIT_HTTP_LINGER_MS = 2 * 1000,           // reading on after an answer, so that a reset does not swallow it
    LIMIT_HTTP_CHUNK_DROPPED_BYTES = 4096,     // extensions and trailers of a chunked body, in all
    LIMIT_HTTP2_STREAMS = 100,                 // at once on a connection
    LIMIT_HTTP2_RESETS = 100,                  // by the client, in a burst
    LIMIT_HTTP2_RESETS_S = 20,                 // and per second
    LIMIT_EXCHANGES = 8192,                    // requests in progress, of all connections
    LIMIT_DRAIN_MS = 5 * 1000,                 // for answers in progress when the server stops
    LIMIT_CONNECTIONS = 4096,
    LIMIT_CONNECTIONS_PER_ADDRESS = 256,

    // between roles
    LIMIT_FRAME_BYTES = 128 * 1024,       // one frame, header included
    LIMIT_FRAME_CHUNK_BYTES = 32 * 1024,  // body bytes in one frame
    LIMIT_STREAM_WINDOW_BYTES = 256 * 1024,
    LIMIT_CHANNEL_BYTES = 64 * 1024 * 1024,     // queued on one channel: beyond it the other side counts as stuck
    LIMIT_CHANNEL_BUSY_BYTES = 4 * 1024 * 1024, // queued: senders of bulk data wait from here on
    LIMIT_EVENT_STREAMS = 2048,                 // of events, open at once
    LIMIT_EVENT_STREAMS_PER_PERSON = 16,
    LIMIT_NODE_QUEUE = 4096,              // requests waiting for a worker

    // memory
    LIMIT_ANSWERS_PER_PERSON_BYTES = 64 * 1024 * 1024, // long answers that wait for their readers
    LIMIT_ANSWERS_BYTES = 512 * 1024 * 1024,           // of all
    LIMIT_REQUEST_ARENA_BYTES = 48 * 1024 * 1024,
    LIMIT_PACK_ARENA_BYTES = 64 * 1024 * 1024,

    // access
    LIMIT_PASSWORD_MIN_CHARACTERS = 12,
    LIMIT_PASSWORD_BYTES = 256,
    LIMIT_PASSWORD_MEMORY_BYTES = 32 * 1024 * 1024, // of one hash; one at a time in the process
    LIMIT_SESSION_MS = 60 * 60 * 1000,              // from signing in or prolonging
    LIMIT_SESSION_WHOLE_MS = 12 * 60 * 60 * 1000,   // in all: eleven prolongings at least
    LIMIT_SESSIONS_PER_PERSON = 20,                 // the oldest ends
    LIMIT_TOKENS_PER_PERSON = 50,
    LIMIT_TOKEN_DAYS = 366,
    LIMIT_TOKEN_USED_MS = 60 * 60 * 1000,           // the last use of a token is known within
    LIMIT_BACKUP_LATE_MS = 26 * 60 * 60 * 1000,     // a whole backup is made daily
    LIMIT_BACKUP_TRY_DAYS = 35,                     // and one is restored each month, to try it
    LIMIT_ROLES_PER_PERSON = 32,
    LIMIT_MANDATES_PER_PERSON = 1000,
    LIMIT_INVITATION_DAYS = 14,
    LIMIT_CLAIM_DAYS = 60,       // to be proved and decided
    LIMIT_CLAIM_LETTER_DAYS = 30, // for the code of a letter
    LIMIT_CLAIM_MAIL_DAYS = 2,
    LIMIT_CLAIM_ATTEMPTS = 5,    // wrong codes, then the claim ends
    LIMIT_CLAIMS_PER_PERSON = 20, // open at once
    LIMIT_INVITATIONS_PER_ENTITY = 100, // open at once
    LIMIT_FIRMS_PER_PERSON = 10,
    LIMIT_FIRM_MEMBERS = 250,
    LIMIT_GROUP_CASES = 200,     // of one decision in several cases
    LIMIT_GROUP_ENTITIES = 50,   // of one report for several entities
    LIMIT_RESET_DAYS = 2,
    LIMIT_FREE_FAILURES_PERSON = 5,         // wrong sign-ins before the first wait
    LIMIT_FREE_FAILURES_ADDRESS = 20,       // one address may stand for many persons
    LIMIT_LOCK_FIRST_MS = 30 * 1000,        // doubles with each further failure
    LIMIT_LOCK_PERSON_MS = 60 * 60 * 1000,  // the longest wait
    LIMIT_LOCK_ADDRESS_MS = 15 * 60 * 1000,
    LIMIT_FAILURE_MEMORY_MS = 24 * 60 * 60 * 1000, // failures older than this are forgotten
    LIMIT_RATE_BUCKETS = 16 * 1024,

    // store
    LIMIT_COMMIT_GROUP = 128, // filings committed together
    LIMIT_ANSWERS_PER_PAGE = 64,        // of parties, with all their fields
    LIMIT_PAGE_ROWS = 250,
};

static_assert(LIMIT_FRAME_CHUNK_BYTES * 2 <= LIMIT_FRAME_BYTES, "a body chunk and its fields fit a frame");
static_assert(LIMIT_HTTP_HEADER_BYTES + LIMIT_HTTP_TARGET_BYTES + 4096 <= LIMIT_FRAME_BYTES, "a request head fits a frame");
static_assert(LIMIT_JSON_BYTES + (LIMIT_FIELDS + 64) * (LIMIT_NAME_BYTES + 256) <= LIMIT_RECEIPT_BYTES,
              "the receipt of any filing can be read again");
static_assert(LIMIT_JSON_BYTES <= LIMIT_HTTP_BODY_BYTES, "a JSON document fits a body");

static_assert(LIMIT_REQUEST_ARENA_BYTES <= LIMIT_ANSWERS_PER_PERSON_BYTES, "any answer can be given");
static_assert(LIMIT_EVENT_STREAMS * 2 <= LIMIT_EXCHANGES, "streams of events leave room for requests");
static_assert(LIMIT_CHANNEL_BUSY_BYTES * 4 <= LIMIT_CHANNEL_BYTES, "short frames fit while bulk data waits");

#endif
