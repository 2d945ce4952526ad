// SPDX-License-Identifier: EUPL-1.2
/*
 * Asking a node over its HTTP API, for commands. Where the node is and who asks come from options that all such commands
 * share (CLIENT_OPTIONS) or the environment (VARDE_URL, VARDE_TOKEN).
 *
 * Only https is spoken, or http with a loopback address. With --data DIR the node is the one of that data directory: its
 * address is read from the configuration and its certificate must be exactly the one that lies there.
 */
#ifndef CLI_CLIENT_H
#define CLI_CLIENT_H

#include "base/json.h"
#include "cli/command.h"

#define CLIENT_OPTIONS                                                                                                 \
    {"--url", "URL", "where the node answers, as https://nis2.example.eu (else VARDE_URL)"},                           \
        {"--data", "DIR", "ask the node of this data directory on this machine, and accept only its certificate"},     \
        {"--token-file", "FILE", "file with the API token (else VARDE_TOKEN)"},                                        \
        {"--cacert", "FILE", "certificates to trust (PEM) instead of the system's"},                                   \
        {"--lang", "LANG", "language of the node's words"},                                                            \
    {"--json", NULL, "print the node's answer as JSON"}

struct client;
// From the call's options. ERR_INPUT where they do not fit together.
CHECKED struct err client_open(const struct call *call, struct arena *arena, struct client **ret, struct why *why);
void client_close(struct client *client);

struct client_request {
    const char *method;       // "GET", "POST", "PUT"
    const char *path;         // "/api/v1/duties?..."
    const char *content_type; // NULL: application/json where there is a body
    struct span body;         // at == NULL: none
    const char *idempotency_key; // NULL: none. With one, and for GET, a broken connection or 503 is tried again
};
struct client_answer {
    unsigned status;
    bool is_json;
    struct span body; // in the client's arena
    struct json json;
};
// ERR_BUSY where the node can't be reached or is busy; answers of status 400 and above are answers, not errors.
CHECKED struct err client_ask(struct client *client, const struct client_request *request, struct client_answer *ret,
                              struct why *why);
// Percent-encodes one part of a path or query, in the arena; "" on a full arena.
const char *client_encode(struct arena *arena, const char *part);

// Prints a refusal (RFC 9457): each fault with field, rule and article; returns the exit code.
int client_refused(const struct call *call, const struct client_answer *answer);
// Opens, asks, prints the answer as JSON or for people (by PRINT; NULL: print_readable), closes: what most commands do.
int client_run(const struct call *call, const struct client_request *request, void (*print)(const struct json *answer));

#endif
