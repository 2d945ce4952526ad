// SPDX-License-Identifier: EUPL-1.2
/* The first varde.yaml, as `varde init` writes it: every name that the reader knows, with what it means. */
#include "role/config.h"

#include "law/office.h"
#include "law/pack.h"

// A YAML scalar in single quotes, whatever it holds.
static void add_quoted(struct buf *buf, const char *text) {
    buf_add_byte(buf, '\'');
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '\'') buf_add_byte(buf, '\'');
        buf_add_byte(buf, (uint8_t)*at);
    }
    buf_add_byte(buf, '\'');
}

static void add_line(struct buf *buf, const char *name, const char *value) {
    buf_add_text(buf, name);
    buf_add_text(buf, ": ");
    add_quoted(buf, value);
    buf_add_byte(buf, '\n');
}

// An office of the kind; with a STATE one that speaks for it.
static void add_office(struct buf *buf, const struct office_kind *kind, struct span state, struct span title) {
    buf_add_text(buf, "  - id: ");
    for (size_t i = 0; i < kind->id.len; i++) buf_add_byte(buf, kind->id.at[i] == '_' ? '-' : kind->id.at[i]);
    if (state.len > 0) buf_printf(buf, "-%c%c", state.at[0] | 32, state.at[1] | 32);
    buf_printf(buf, "\n    kind: %.*s\n    name: \"%.*s", SPAN_FMT(kind->id), SPAN_FMT(kind->label));
    if (state.len > 0) buf_printf(buf, ", %.*s\"\n    state: %.*s\n", SPAN_FMT(title), SPAN_FMT(state));
    else buf_add_text(buf, "\"\n");
}

static void add_offices(struct buf *buf, const struct config_draft *draft) {
    const struct office_kind *kinds;
    size_t count = office_kinds(draft->law, &kinds);
    buf_add_text(buf, "\n# The bodies that act at this node. kind: a row of the law's offices.yaml. sectors: all (the default), or a list for an\n"
                      "# authority of some sectors. state: the member for which it speaks, where that is not this node's.\n"
                      "# page_after_s: seconds until a call goes to the next person (900); reminders: no for none of its own duties.\n"
                      "offices:\n");
    for (size_t k = 0; k < count; k++) {
        if (kinds[k].is_of_union != state_is_union(span_of(draft->state))) continue;
        if (!kinds[k].is_of_each_state) add_office(buf, &kinds[k], SPAN(""), SPAN(""));
        for (size_t i = 0; kinds[k].is_of_each_state && i < law_pack_count(draft->law); i++) {
            const struct pack *pack = law_pack_at(draft->law, i);
            if (span_starts_with(pack->id, SPAN("national/"))) add_office(buf, &kinds[k], yaml_get_text(pack->manifest, "state"), pack->title);
        }
    }
}

void config_write(struct buf *buf, const struct config_draft *draft) {
    buf_add_text(buf, "# The configuration of this Varde node. A name that is not known is refused at the start.\n"
                      "# SIGHUP reads the certificate and its key anew; everything else needs a restart.\n\n");
    add_line(buf, "state", draft->state);
    add_line(buf, "name", draft->name);
    buf_add_text(buf, "\n# The name under which the log signs its heads. Receipts carry it: settle it before the first filing.\n");
    add_line(buf, "log_origin", draft->log_origin);
    buf_add_text(buf, "\n# Where the public port listens (TLS 1.3), and the address that people write.\n");
    add_line(buf, "listen", draft->listen);
    buf_add_text(buf, "public_url: 'https://");
    buf_add_text(buf, draft->listen);
    buf_add_text(buf, "'\n# Plain HTTP for a reverse proxy on this machine (loopback only):\n# listen_plain: 127.0.0.1:8080\n");
    add_line(buf, "certificate", draft->certificate_file != NULL ? draft->certificate_file : "tls/certificate.pem");
    add_line(buf, "key", draft->key_file != NULL ? draft->key_file : "tls/key.pem");
    buf_add_text(buf, "\n# Accounts with known passwords, for a demonstration; refused on a public address.\n");
    buf_add_text(buf, draft->is_demo ? "demo: true\n" : "demo: false\n");
    buf_add_text(buf, "# An exercise: all that leaves says so, and nothing goes to a peer that is not of exercises (doc/union.md).\n");
    buf_add_text(buf, draft->is_exercise ? "exercise: true\n" : "exercise: false\n");
    buf_add_text(buf, "\n# required: refuse to run where the kernel can't hold the processes; possible: say so and run; off: for debugging.\n"
                      "sandbox: possible\n"
                      "# The account to change to when started as root:\n# user: varde\n"
                      "\n# Heads of the log are published at this interval, whatever happens, so that growth tells no one of an incident.\n"
                      "checkpoint_interval_s: 600\n"
                      "workers: 4\n"
                      "\n# Whom a filer can call about an answer:\n# answer_telephone: '+00 0 000 00 00'\n"
                      "\n# For who can't file here or has no account; on the page /emergency and the paper form. Reports without account an hour:\n"
                      "# emergency:\n#   telephone: '+00 0 000 00 00'\n#   fax: '+00 0 000 00 01'\n#   post: 'Street 1, 0000 Town'\n#   per_hour: 600\n"
                      "\n# Messages to a system of the authority's own, signed with the secret in a file (at least 32 bytes):\n"
                      "# hook:\n#   url: https://soc.example/varde\n#   secret: hook.secret\n"
                      "#   ca: hook-ca.pem   # where it is not signed by one of the system's authorities\n");
    buf_add_text(buf, "\n# Mail, by submission to a server, always under TLS (doc/reach.md):\n"
                      "# mail:\n#   server: mail.example\n#   port: 587\n#   tls: starttls          # or implicit\n"
                      "#   user: varde\n#   password: mail.password\n#   ca: mail-ca.pem        # where it is not signed by one of the system's authorities\n"
                      "#   from: varde@nis2.example\n#   bounces: varde-bounces@nis2.example   # takes varde-bounces+ANYTHING@ as well\n"
                      "#   imap:                  # the mailbox of that address\n#     server: mail.example\n#     user: varde-bounces\n#     password: imap.password\n"
                      "# Sign-in through other providers (OpenID Connect); doc/access.md tells all of it.\n"
                      "# providers:\n#   - {id: eid, name: National eID, issuer: 'https://eid.example', client_id: varde, client_secret: eid.secret}\n");
    buf_add_text(buf, "\n# A service that seals letters (doc/letters.md): it gets the hash of the PDF and answers with a CMS signature over it.\n"
                      "# seal:\n#   url: https://seal.example/varde\n#   secret: seal.secret    # at least 32 bytes; the request is signed like a hook\n"
                      "#   ca: seal-ca.pem\n");
    add_offices(buf, draft);
}
