// SPDX-License-Identifier: EUPL-1.2
/*
 * The configuration of a node: DIR/varde.yaml. Read once at the start of each role; read-only afterwards, so any thread
 * may look at it. An unknown or repeated name, a value out of range, a reference to nothing is an error that names file
 * and line.
 */
#ifndef ROLE_CONFIG_H
#define ROLE_CONFIG_H

#include "base/span.h"

enum sandbox_mode { SANDBOX_POSSIBLE, SANDBOX_REQUIRED, SANDBOX_OFF };
enum { CONFIG_OFFICES = 64, CONFIG_SECTORS = 32 };

struct config_office {
    struct span id;   // "csirt", "ca", "ca-energy", "spoc", "ccma", ...
    struct span kind; // csirt, ca, spoc, ccma
    struct span name;
    struct span telephone; // at == NULL where none is given
    size_t sector_count;   // 0: all sectors
    struct span sectors[CONFIG_SECTORS];
};

struct config_address {
    bool is_set;
    char host[64]; // numeric IPv4 or IPv6
    uint16_t port;
};

// All texts are NUL-terminated beyond len.
struct config {
    struct arena arena;
    const char *dir;           // the data directory
    const char *file;          // DIR/varde.yaml
    struct span state;         // "BE", "EL"; "EU" for the Union's node
    struct span name;          // of the node, for people
    struct span log_origin;    // of the log, e.g. "varde.example.be/log"
    struct config_address listen; // TLS
    struct config_address plain;  // HTTP without TLS for a reverse proxy: loopback only, off by default
    struct span public_url;       // "https://nis2.example.be", without a slash at the end
    const char *certificate_file; // absolute or joined to dir
    const char *key_file;
    const char *database_file; // DIR/node.db
    const char *keys_dir;      // DIR/keys
    struct span user;          // account to change to when started as root; at == NULL: none
    bool is_demo;
    enum sandbox_mode sandbox;
    int64_t checkpoint_interval_s; // between published heads of the log
    int64_t workers;               // reading threads of the node
    struct span answer_telephone;  // whom to call about an answer; at == NULL: none
    struct span hook_url;          // https; at == NULL: no hook
    const char *hook_secret_file;  // NULL: no hook
    const char *hook_ca_file;      // whom to trust there, PEM; NULL: the system's list
    size_t office_count;
    struct config_office offices[CONFIG_OFFICES];
};

// Reads DIR/varde.yaml. DIR must outlive *ret. On success config_fini gives the memory back.
CHECKED struct err config_load(const char *dir, struct config *ret, struct why *why);
void config_fini(struct config *config);
// The same from TEXT; FILE is the name for errors. For tests and for checking what init writes.
CHECKED struct err config_parse(const char *dir, const char *file, struct span text, struct config *ret, struct why *why);
// The office with this id, or NULL.
const struct config_office *config_find_office(const struct config *config, struct span id);
// "host:port" or "[v6]:port" with a numeric host; false otherwise.
bool config_parse_address(struct span text, struct config_address *ret);
bool config_is_loopback(const struct config_address *address);

struct config_draft { // what init knows
    const char *state;
    const char *name;
    const char *log_origin;
    const char *listen;
    const char *certificate_file; // NULL: tls/certificate.pem
    const char *key_file;
    bool is_demo;
};
// Writes the text of a first varde.yaml, with comments, into BUF.
void config_write(struct buf *buf, const struct config_draft *draft);

#endif
