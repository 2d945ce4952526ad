// SPDX-License-Identifier: EUPL-1.2
/* Whether people can be reached: the settings of mail and hooks, who is on call, what failed. Looks at files and rows, sends nothing. */
#include "cli/doctor.h"
#include "cli/packs.h"
#include "law/office.h"
#include "os/file.h"
#include "store/store.h"

enum { SECRET_BYTES = 256 * 1024 };

static bool can_read(struct doctor *doctor, const char *subject, const char *path, const char *what) {
    struct span bytes;
    struct why why = {0};
    if (path == NULL) return true;
    struct err e = file_read(&doctor->arena, path, SECRET_BYTES, &bytes, &why);
    if (is_err(e)) doctor_fail(doctor, subject, e, &why, what);
    else if (span_trim(bytes).len == 0) doctor_find(doctor, FINDING_FAIL, subject, what, "%s is empty", path);
    return !is_err(e) && span_trim(bytes).len > 0;
}

static void look_at_mail(struct doctor *doctor) {
    const struct config_mail *mail = &doctor->config->mail;
    if (mail->smtp.host.at == NULL) {
        doctor_find(doctor, FINDING_WARN, "mail", "add mail: to varde.yaml (doc/reach.md); until then nobody gets mail", "no mail server is configured");
        return;
    }
    bool is_good = can_read(doctor, "mail", mail->smtp.password_file, "the password of the mail server") &&
                   can_read(doctor, "mail", mail->smtp.ca_file, "whom to trust for the mail server") &&
                   can_read(doctor, "mail", mail->imap.password_file, "the password of the bounce mailbox") &&
                   can_read(doctor, "mail", mail->imap.ca_file, "whom to trust for the bounce mailbox") &&
                   can_read(doctor, "mail", mail->openpgp_key_file, "the key that signs encrypted mail");
    if (mail->bounces.at == NULL)
        doctor_find(doctor, FINDING_WARN, "mail", "set bounces: to an address of its own", "bounces go to %.*s and are not read", SPAN_FMT(mail->from));
    else if (mail->imap.host.at == NULL)
        doctor_find(doctor, FINDING_WARN, "mail", "set imap: to read them", "bounces to %.*s are not read: nobody learns that a message did not arrive", SPAN_FMT(mail->bounces));
    if (is_good)
        doctor_find(doctor, FINDING_OK, "mail", NULL, "%.*s:%lld, from %.*s; try it with varde mail test", SPAN_FMT(mail->smtp.host), (long long)mail->smtp.port,
                    SPAN_FMT(mail->from));
}

static void look_at_hook(struct doctor *doctor) {
    const struct config *config = doctor->config;
    if (config->hook_url.at == NULL) return;
    if (can_read(doctor, "hook", config->hook_secret_file, "the secret that signs webhooks") && can_read(doctor, "hook", config->hook_ca_file, "whom to trust for webhooks"))
        doctor_find(doctor, FINDING_OK, "hook", NULL, "%.*s", SPAN_FMT(config->hook_url));
}

// An office of a kind that the node has not: it would not start.
static void look_at_offices(struct doctor *doctor, const struct law *law) {
    for (size_t i = 0; i < doctor->config->office_count; i++) {
        const struct config_office *office = &doctor->config->offices[i];
        const struct office_kind *kind = office_kind_find(law, office->kind);
        if (kind == NULL || kind->is_of_union != state_is_union(doctor->config->state))
            doctor_find(doctor, FINDING_FAIL, "configuration", "give it another kind", "the office %.*s: a node of %.*s has no offices of the kind \"%.*s\"", SPAN_FMT(office->id),
                        SPAN_FMT(doctor->config->state), SPAN_FMT(office->kind));
    }
}

static bool is_on_call(const struct law *law, struct span kind) {
    const struct office_kind *found = office_kind_find(law, kind);
    return found != NULL && (found->does & OFFICE_ON_CALL) != 0;
}

static struct err look_at_rows(struct doctor *doctor, const struct law *law, struct store_conn *conn, struct why *why) {
    struct rows rows;
    for (size_t i = 0; i < doctor->config->office_count; i++) {
        const struct config_office *office = &doctor->config->offices[i];
        struct value params[] = {value_text(office->id), value_int(1), value_int(doctor->now_ms)};
        if (!is_on_call(law, office->kind)) continue; // calls go there
        TRY(store_read(conn, STMT_ROTA_AT, params, 3, &doctor->arena, &rows, why));
        if (rows.count == 0)
            doctor_find(doctor, FINDING_WARN, "on call", "set the rota (varde rota); until then all heads are called", "nobody is first on call at %.*s now", SPAN_FMT(office->id));
        else if (rows_int(&rows, 0, 1) != 0)
            doctor_find(doctor, FINDING_WARN, "on call", "change the rota (varde rota); until then the next are called at once", "%.*s is first on call at %.*s and noted absent",
                        SPAN_FMT(rows_span(&rows, 0, 0)), SPAN_FMT(office->id));
        else doctor_find(doctor, FINDING_OK, "on call", NULL, "%.*s: %.*s", SPAN_FMT(office->id), SPAN_FMT(rows_span(&rows, 0, 0)));
    }
    TRY(store_read(conn, STMT_DELIVERY_COUNTS, NULL, 0, &doctor->arena, &rows, why));
    for (size_t i = 0; i < rows.count; i++)
        if (span_is(rows_span(&rows, i, 0), "failed"))
            doctor_find(doctor, FINDING_WARN, "deliveries", "look at them: varde deliveries", "%lld messages did not arrive, and nobody has seen to them", (long long)rows_int(&rows, i, 1));
    TRY(store_read(conn, STMT_PAGE_COUNTS, NULL, 0, &doctor->arena, &rows, why));
    if (rows_int(&rows, 0, 0) > 0)
        doctor_find(doctor, FINDING_WARN, "on call", "take them: varde calls", "%lld calls are open", (long long)rows_int(&rows, 0, 0));
    return err_none();
}

void doctor_look_at_reach(struct doctor *doctor) {
    struct store *store = NULL;
    struct store_conn *conn = NULL;
    struct packs packs;
    if (doctor->config == NULL) return;
    look_at_mail(doctor);
    look_at_hook(doctor);
    if (!file_exists(doctor->config->database_file)) return;
    struct err e = store_open_as_is(doctor->config->database_file, &store, NULL);
    if (is_err(e)) return; // said by doctor_look_at_store
    e = store_connect(store, STORE_READ, &conn, NULL);
    if (!is_err(e)) e = packs_open_own(&packs, doctor->config->law_dir, doctor->config->state, NULL);
    if (!is_err(e)) {
        look_at_offices(doctor, packs.law);
        e = look_at_rows(doctor, packs.law, conn, NULL); // an older schema has no such rows: it is brought up to date at the next start
        packs_close(&packs);
    }
    store_disconnect(conn);
    store_close(store);
}
