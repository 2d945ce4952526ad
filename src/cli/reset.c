// SPDX-License-Identifier: EUPL-1.2
/* varde reset: the way back in for a person whom nobody else can let in, from the node's own console. */
#include <stdio.h>

#include "base/time.h"
#include "cli/commands.h"
#include "cli/offline.h"
#include "os/clock.h"
#include "os/random.h"

static struct err issue(struct offline *offline, struct span login, struct access_code_issued *ret, struct why *why) {
    struct span person;
    struct access_env env = {.now_ms = clock_now_ms(), .random = random_bytes};
    TRY(access_person_by_login(offline->conn, login, &offline->arena, &person, why));
    if (person.at == NULL) return why_set(why, ERR_NOT_FOUND, "LOGIN", "reset.unknown", "", "nobody signs in as %.*s", SPAN_FMT(login));
    TRY(store_begin(offline->conn, why));
    struct err e = access_code_issue(offline->conn, CODE_RESET, person, span_make(NULL, 0), &env, &offline->arena, ret, why);
    if (!is_err(e)) e = store_commit(offline->conn, why);
    if (is_err(e)) store_rollback(offline->conn);
    return e;
}

static int reset_run(const struct call *call) {
    struct offline offline;
    struct why why = {0};
    struct access_code_issued issued = {.needs_second = false};
    struct err e = offline_open(&offline, call_argument(call, 0), &why);
    if (!is_err(e)) e = issue(&offline, span_of(call_argument(call, 1)), &issued, &why);
    if (!is_err(e)) {
        struct span until = instant_text(&offline.arena, issued.expires_ms);
        (void)printf("%.*s\n", SPAN_FMT(issued.code));
        (void)fprintf(stderr, "good once, until %.*s: POST /api/v1/redeem with \"code\" and a new \"password\"\n", SPAN_FMT(until));
    }
    offline_close(&offline);
    return is_err(e) ? call_fail(call, e, &why) : EXIT_DONE;
}

const struct command reset_command = {
    .name = "reset",
    .arguments = "DIR LOGIN",
    .summary = "Let a person back in who lost password and second factor, while no node runs",
    .help = "Prints a code that is good once. With it the person sets a new password; her second factor, sessions and tokens end, and she "
            "sets up a second factor anew. This is for a node whose only administrator is locked out; where two administrators or heads "
            "are left, they do it together over the API. It is written down like every reset.",
    .run = reset_run,
};
