// SPDX-License-Identifier: EUPL-1.2
/*
 * The configuration of a node: DIR/varde.yaml. Read once at the start of each role; read-only afterwards, so any thread
 * may look at it. An unknown or repeated name, a value out of range, a reference to nothing is an error that names file
 * and line.
 */
#ifndef ROLE_CONFIG_H
#define ROLE_CONFIG_H

#include "base/span.h"
#include "service/provider.h"

enum sandbox_mode { SANDBOX_POSSIBLE, SANDBOX_REQUIRED, SANDBOX_OFF };
enum { CONFIG_OFFICES = 160, CONFIG_SECTORS = 32 };

struct config_office {
    struct span id;   // "csirt", "ca", "ca-energy", "spoc", "ccma", ...
    struct span kind; // a row of offices.yaml: csirt, ca, ...; the node looks whether there is one
    struct span state; // the member for which it speaks; at == NULL: the node's
    struct span name;
    struct span telephone; // at == NULL where none is given
    size_t sector_count;   // 0: all sectors
    struct span sectors[CONFIG_SECTORS];
    int64_t page_after_s; // to the next person where nobody acknowledges a call
    bool is_reminded;     // of its own duties
};

struct config_server { // of mail
    struct span host;       // at == NULL: none
    int64_t port;
    bool is_implicit;       // TLS from the first byte; otherwise STARTTLS. One of both it is
    struct span user;       // at == NULL: no login
    const char *password_file;
    const char *ca_file;    // whom to trust, PEM; NULL: the system's list
};
struct config_mail {
    struct config_server smtp; // submission
    struct span from;          // sender's address
    struct span bounces;       // address to which bounces go, with +MARK; at == NULL: from
    struct config_server imap; // of the mailbox of that address
    struct span folder;
    const char *openpgp_key_file; // the node's secret key, without a password: signs what is encrypted; NULL: none
    bool is_copied;            // each mail goes to the bounce mailbox too
    int64_t copy_wait_s, poll_s;
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
    const char *law_dir;       // of the state's own law; NULL: none (role/law_files.h)
    const char *database_file; // DIR/node.db
    const char *keys_dir;      // DIR/keys
    struct span user;          // account to change to when started as root; at == NULL: none
    bool is_demo;
    bool is_exercise;          // all that leaves says so, and nothing goes to a peer that is not of exercises
    enum sandbox_mode sandbox;
    int64_t checkpoint_interval_s; // between published heads of the log
    int64_t disk_reserve_mb;       // below this only filings are taken
    struct civil obligations_from; // the first day that the node answers for by the calendar; year 0: the day after its first record
    int64_t workers;               // reading threads of the node
    struct span answer_telephone;  // whom to call about an answer; at == NULL: none
    struct span emergency_telephone, emergency_fax, emergency_post; // for who can't file here; at == NULL: none
    int64_t emergency_per_hour;    // reports without account taken within an hour
    struct span seal_url;          // of the sealing service, https; at == NULL: letters are not sealed
    const char *seal_secret_file;  // to sign what it is asked with
    const char *seal_ca_file;      // NULL: the system's list
    struct span hook_url;          // https; at == NULL: no hook
    const char *hook_secret_file;  // NULL: no hook
    const char *hook_ca_file;      // whom to trust there, PEM; NULL: the system's list
    struct config_mail mail;       // mail.smtp.host.at == NULL: no mail
    size_t provider_count;         // of sign-in
    struct provider_config providers[PROVIDERS_MAX]; // their secrets are read by the node
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

struct law;
struct config_draft { // what init knows
    const struct law *law; // for the offices
    const char *state;
    const char *name;
    const char *log_origin;
    const char *listen;
    const char *certificate_file; // NULL: tls/certificate.pem
    const char *key_file;
    bool is_demo;
    bool is_exercise;
};
// Writes the text of a first varde.yaml, with comments, into BUF.
void config_write(struct buf *buf, const struct config_draft *draft);

#endif
