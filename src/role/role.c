// SPDX-License-Identifier: EUPL-1.2
#include "role/role.h"

#include <stdio.h>

#include "base/log.h"
#include "os/process.h"

static int run(const struct process_role *role, const char *dir) {
    struct config config;
    struct why why = {0};
    struct err e = config_load(dir, &config, &why);
    if (!is_err(e) && config.user.at != NULL) e = sandbox_change_user((const char *)config.user.at, &why);
    if (is_err(e)) {
        log_error("role_refused", "why=\"%s\"", why.words);
        return 2;
    }
    process_begin_role(); // after the change of account, which would undo the tie to the parent
    int status = role->run(&config);
    config_fini(&config);
    return status;
}

int role_main(const struct process_role *roles, int argc, char **argv) {
    if (argc != 4 || strcmp(argv[1], "--role") != 0) {
        (void)fprintf(stderr, "varde: --role is for the supervisor's own use\n");
        return 2;
    }
    for (; roles->name != NULL; roles++) {
        if (strcmp(roles->name, argv[2]) != 0) continue;
        log_open(roles->name, LOG_INFO);
        return run(roles, argv[3]);
    }
    (void)fprintf(stderr, "varde: there is no role %s\n", argv[2]);
    return 2;
}

bool role_enter_sandbox(const struct config *config, const struct sandbox_rules *rules) {
    if (config->sandbox == SANDBOX_OFF) {
        log_warn("sandbox", "seccomp=off landlock=off");
        return true;
    }
    struct sandbox_report report;
    struct why why = {0};
    if (is_err(sandbox_enter(rules, &report, &why))) {
        log_error("sandbox_failed", "why=\"%s\"", why.words);
        return false;
    }
    bool is_whole = report.has_seccomp && report.has_landlock;
    log_line(is_whole ? LOG_INFO : LOG_WARN, "sandbox", "seccomp=%s landlock=%s", report.has_seccomp ? "yes" : "no",
             report.has_landlock ? "yes" : "no");
    if (is_whole || config->sandbox == SANDBOX_POSSIBLE) return true;
    log_error("sandbox_refused", "why=\"the configuration requires a sandbox that this kernel does not have\"");
    return false;
}
