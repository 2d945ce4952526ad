// SPDX-License-Identifier: EUPL-1.2
/*
 * The HTTP API: requests in, responses out. Pure of sockets: the node's role makes a request from frames and sends the
 * response. Every resource is a row of the route table (api/routes.c), from which come dispatch, who may ask, rate
 * limits, and the OpenAPI document.
 *
 * A handler reads through request->conn (a reading connection) and either fills the response and returns, or hands a
 * write to api_write and returns at once: `apply` then runs in the writer's transaction, and `render` fills the response
 * after the commit. Errors become problem documents (RFC 9457) in one place. All memory is the request's arena.
 */
#ifndef API_API_H
#define API_API_H

#include "base/json.h"
#include "service/services.h"

enum { API_PARAMS = 3, API_HEADERS_MAX = 64, API_RESPONSE_HEADERS = 12, API_FAULTS_MAX = 64 };

struct api_header {
    struct span name; // lower case
    struct span value;
};

struct route;
struct fault;
struct api_request;
struct api_response;
struct api_fetch;
// Writes a refusal as a page for people, instead of a problem document.
typedef void api_problem_page(struct api_request *request, struct api_response *response, unsigned status, struct span words);

struct api_request {
    struct span method;
    struct span path;  // without query, not decoded
    struct span query; // after '?', not decoded
    size_t header_count;
    struct api_header headers[API_HEADERS_MAX];
    struct span body;
    struct span peer;    // client's address
    int64_t received_ms; // when the whole request was there
    struct arena *arena;
    struct services *services;
    struct store_conn *conn; // reading; only while the handler runs
    struct principal principal;
    struct span lang; // two letters, see api_language
    const struct route *route;
    struct span params[API_PARAMS]; // values of {names} in the route's path, decoded
    api_problem_page *problem_page; // set by a handler that answers with pages; NULL: problem documents
    const struct api_fetch *fetched; // what came back, while it is resumed
    void *inflight;                 // the node's own
};

struct api_job;
struct api_response {
    unsigned status;
    struct api_header headers[API_RESPONSE_HEADERS];
    size_t header_count;
    const char *media_type; // NULL: application/json
    struct buf body;
    struct api_job *job;    // set by api_write
    struct api_fetch *fetch; // set by api_fetch
    bool is_event_stream;   // answered by the node's stream of events
    int64_t events_after;   // last event seen
};

// The language to answer in: ?language=, else the one that the person chose, else the first of Accept-Language (by its weights) in which the
// packs have words, else English.
struct span api_language(const struct api_request *request);
// What stands beside texts in the request's language that the state has not approved; at == NULL where it has. Not for English.
struct span api_translation_note(const struct api_request *request);
// Says the law's and the program's texts of a JSON answer in the language asked for; its member "translation" says which it is and whether
// the state approved the texts in it. What people wrote (fields of filings, names) is never touched: only members that hold such texts, and only where
// they are one of them.
void api_say(struct api_request *request, struct api_response *response);

typedef struct err api_handler(struct api_request *request, struct api_response *response, struct why *why);

// Header value by lower-case name; at == NULL where absent.
struct span api_header(const struct api_request *request, const char *name);
// Decoded query parameter; at == NULL where absent. The first of several.
struct span api_query(const struct api_request *request, const char *name);
// Whether the query has only parameters of the route, each once and of its type; the router asks. ERR_INPUT, rule api.query.
CHECKED struct err api_query_check(const struct api_request *request, struct why *why);
// Query parameter as integer within [low, high]; ERR_INPUT names it otherwise.
CHECKED struct err api_query_int(const struct api_request *request, const char *name, int64_t fallback, int64_t low,
                                 int64_t high, int64_t *ret, struct why *why);
// Query parameter "workspace", the first of offices.yaml where it is absent; ERR_INPUT where there is no such.
CHECKED struct err api_workspace(const struct api_request *request, const struct workspace **ret, struct why *why);
// The body as a JSON object. ERR_INPUT with rule http.media_type unless Content-Type is JSON.
CHECKED struct err api_body(const struct api_request *request, struct json *ret, struct why *why);
// The string member NAME of an object, ERR_INPUT with rule api.required / api.type where it is missing or no string.
CHECKED struct err api_member_text(const struct json *object, const char *name, size_t max_bytes, struct span *ret, struct why *why);
// The same, absent or null giving at == NULL.
CHECKED struct err api_member_text_optional(const struct json *object, const char *name, size_t max_bytes, struct span *ret, struct why *why);
// Refuses members that are not in NAMES (NULL-terminated), rule api.unknown_member.
CHECKED struct err api_members_only(const struct json *object, const char *const *names, struct why *why);

// For what anyone may store without its being a filing (drafts, attachments, accounts, imports): ERR_BUSY, rule store.reserve,
// where the disk's last space is left.
CHECKED struct err api_room(const struct api_request *request, struct why *why);

void api_respond_header(struct api_response *response, const char *name, struct span value);
// Starts a JSON body.
void api_json(struct api_response *response, unsigned status, struct json_out *ret);
// Answers 201 with one identifier, {NAME: ID}.
CHECKED struct err api_made(struct api_response *response, const char *name, struct span id);
// The render of a write after which there is nothing to say: 204.
CHECKED struct err api_done_render(struct api_request *request, struct api_response *response, struct store_conn *reader, void *ctx,
                           struct why *why);
// A strong ETag from a version; true (and status 304 set) where If-None-Match has it already.
bool api_etag(struct api_request *request, struct api_response *response, struct span kind, int64_t version);
// For If-Match on changing requests: ERR_CONFLICT (412) where it is given and names another version.
CHECKED struct err api_if_match(const struct api_request *request, struct span kind, int64_t version, struct why *why);

// Keyset cursors: opaque to clients, base64url of a JSON array, with a kind that must match.
struct span api_cursor_write(struct api_request *request, const char *kind, const struct json *parts, size_t count);
// Reads query parameter "cursor" into COUNT parts (strings and integers as written); *ret_is_given false where absent.
CHECKED struct err api_cursor_read(struct api_request *request, const char *kind, struct json *ret_parts, size_t count,
                                   bool *ret_is_given, struct why *why);

// A write. CTX lives in the request's arena. `apply` runs inside the writer's transaction (see services.h: it may run
// twice); `render` runs afterwards. NEEDS_HEAD: apply appends to the log.
typedef struct err api_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms,
                             void *ctx, struct why *why);
typedef struct err api_render(struct api_request *request, struct api_response *response, struct store_conn *reader,
                              void *ctx, struct why *why);
struct api_job {
    struct write_job write;
    struct api_request *request;
    struct api_response *response;
    api_apply *apply;
    api_render *render;
    void *ctx;
};
CHECKED struct err api_write(struct api_request *request, struct api_response *response, api_apply *apply, api_render *render,
                             void *ctx, bool needs_head);

// A question to a provider of sign-in, which the courier carries; the handler returns at once, and RESUME runs on a worker when the
// answer is there (or none came: status 0), as a handler does. It may fetch again or write.
struct api_fetch {
    struct span provider;      // id of the configuration: whom to trust
    struct span url, body;     // body.at == NULL: GET, else a POST of a form
    struct span authorization; // header; may be empty
    api_handler *resume;
    void *ctx;
    unsigned status;           // the answer
    struct span answer;
    bool is_sent, is_answered; // the node's own
};
CHECKED struct err api_fetch(struct api_request *request, struct api_response *response, const struct api_fetch *fetch);
// Runs what waits for the answer.
void api_resume(struct api_request *request, struct api_response *response);

// Answers with RENDER after the reading was noted in the log of who read what (once an hour). ROLE: the office's role through
// which it is read, NULL for one's own. KIND: "case", "entity", "filing", "attachment".
struct api_reading {
    struct access_reading reading;
    api_render *render;
    void *ctx;
};
CHECKED struct err api_read_noted(struct api_request *request, struct api_response *response, const char *kind, struct span id,
                                  struct span entity, const struct role *role, api_render *render, void *ctx, struct why *why);

// The same for a list whose answer stands already and shows words of several things: those that are not noted yet are, before it goes out.
CHECKED struct err api_note_readings(struct api_request *request, struct api_response *response, const struct access_reading *readings, size_t count,
                                     struct why *why);

// Authenticates, routes, runs the handler; on any error the response is a problem document. Where response->job is set
// afterwards, the caller must have it written (job->write) and the response is ready once job->write.finish was called
// and returned (the node wraps finish to send it).
void api_handle(struct api_request *request, struct api_response *response);
// Fills the response after a write; called by the node's finish.
void api_finish(struct api_job *job, struct err result, const struct why *why, struct store_conn *reader);

// Writes a problem document (RFC 9457) for one reason, or for the faults of a form.
void api_problem(struct api_request *request, struct api_response *response, struct err e, const struct why *why);
void api_problem_faults(struct api_request *request, struct api_response *response, const struct fault *faults, size_t count);

// Routes. A path has {names}; METHOD and PATH are unique.
enum route_auth {
    AUTH_NONE,  // open to everybody (rate-limited by address)
    AUTH_KNOWN, // a session or token with SCOPE
    AUTH_ADMINISTRATOR,
};
struct route_param {
    const char *name, *type, *help; // query parameters; type "string", "integer", "boolean"; the name "*" takes any query
};
struct route {
    const char *method, *path;
    api_handler *handle;
    enum route_auth auth;
    enum access_scope scope;
    enum rate rate;           // of the person; for AUTH_NONE of the address, where nobody signed in
    const char *tag;          // group in the OpenAPI document
    const char *summary;      // one line
    const char *request_schema;  // name of a schema in api/schemas.json part, NULL: no body
    const char *response_schema; // NULL: no JSON body; "Html": a page for people, also where something is wrong
    unsigned status;             // of success
    const struct route_param *params; // NULL-terminated by name, or NULL
    bool is_filing;              // keeps its share under overload
};
// Each file of src/api/ that has resources defines `const struct route routes_TOPIC[]`, ended by a row without method,
// and is listed in api/routes.c.
extern const struct route *const route_tables[];

#endif
