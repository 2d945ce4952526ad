// SPDX-License-Identifier: EUPL-1.2
/* varde serve: runs a node until it is told to stop. */
#include "base/log.h"
#include "cli/commands.h"
#include "role/supervisor.h"

static int serve(const struct call *call) {
    struct config config;
    struct why why = {0};
    struct err e = config_load(call_argument(call, 0), &config, &why);
    if (is_err(e)) return call_fail(call, e, &why);
    log_open("supervisor", LOG_INFO);
    int status = supervisor_run(&config);
    config_fini(&config);
    return status == 0 ? EXIT_DONE : EXIT_MACHINE;
}

const struct command serve_command = {
    .name = "serve",
    .arguments = "DIR",
    .summary = "Run the node of a directory that init made",
    .help = "Starts the node's processes and prints one line when they serve. TERM or INT stops it after the answers in progress; "
            "HUP reads the certificate and its key anew. Events go to standard error, one line each, without anything personal.\n\n"
            "A process that dies is started again. Where the kernel can't hold the processes to their tables, the lines named "
            "sandbox say so; with \"sandbox: required\" in varde.yaml the node then does not run.",
    .run = serve,
};
