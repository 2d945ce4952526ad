// SPDX-License-Identifier: EUPL-1.2
/* varde doctor: looks at a data directory and the machine under it, and says what to do. Changes nothing. */
#include "cli/doctor.h"

#include <stdarg.h>
#include <stdio.h>

#include "cli/commands.h"
#include "cli/print.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/machine.h"

enum { DOCTOR_ARENA_BYTES = 64 * 1024 * 1024, WORDS_BYTES = 1024 };

void doctor_find(struct doctor *doctor, enum finding_level level, const char *subject, const char *advice,
                 const char *format, ...) {
    if (doctor->count == FINDINGS_MAX) return;
    char words[WORDS_BYTES];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(words, sizeof words, format, args);
    va_end(args);
    doctor->findings[doctor->count++] = (struct finding){
        .level = level,
        .subject = subject,
        .words = arena_copy(&doctor->arena, span_of(words)),
        .advice = span_of(level == FINDING_OK ? NULL : advice),
    };
}

void doctor_fail(struct doctor *doctor, const char *subject, struct err e, const struct why *why, const char *advice) {
    doctor_find(doctor, FINDING_FAIL, subject, advice, "%s", why->words[0] != '\0' ? why->words : err_name(e.code));
}

const char *doctor_path(struct doctor *doctor, const char *name) {
    const char *path = path_join(&doctor->arena, doctor->dir, name);
    return path != NULL ? path : "";
}

static const struct place {
    const char *path;    // in the data directory; "" for itself
    unsigned mode;       // the most that is right
    bool may_be_absent;
    const char *advice;
} PLACES[] = {
    {"", 0700, false, "chmod 700 the directory: it holds everything that was filed"},
    {"varde.yaml", 0640, false, "chmod 600 varde.yaml"},
    {"node.db", 0600, true, "chmod 600 node.db"},
    {"node.secret", 0600, true, "chmod 600 node.secret; if others could read it, treat drafts and second factors as read"},
    {"setup.code", 0600, true, "chmod 600 setup.code"},
    {"keys", 0700, false, "chmod 700 keys"},
    {"keys/signing.key", 0600, false, "chmod 600 keys/signing.key; if others could read it, treat it as stolen"},
    {"tls", 0755, true, "chmod 700 tls"},
};

void doctor_look_at_files(struct doctor *doctor) {
    size_t right = 0;
    for (size_t i = 0; i < sizeof PLACES / sizeof PLACES[0]; i++) {
        const struct place *place = &PLACES[i];
        const char *path = place->path[0] == '\0' ? doctor->dir : doctor_path(doctor, place->path);
        unsigned mode = 0;
        bool is_own = false;
        struct why why = {0};
        struct err e = path_owner(path, &mode, &is_own, &why);
        if (e.code == ERR_NOT_FOUND && place->may_be_absent) continue;
        if (is_err(e)) doctor_fail(doctor, "files", e, &why, "was varde init run for this directory?");
        else if ((mode & ~place->mode) != 0)
            doctor_find(doctor, FINDING_FAIL, "files", place->advice, "%s may be used by others (mode %04o)", path, mode);
        else if (!is_own)
            doctor_find(doctor, FINDING_WARN, "files", "run the doctor as the account that runs the node", "%s belongs to another account", path);
        else right++;
    }
    if (right > 0) doctor_find(doctor, FINDING_OK, "files", NULL, "%zu files and directories are closed to others", right);
}

static void print_findings(const struct doctor *doctor) {
    static const char *const LEVELS[] = {"ok  ", "warn", "FAIL"};
    for (size_t i = 0; i < doctor->count; i++) {
        const struct finding *f = &doctor->findings[i];
        (void)printf("%s  %-14s %.*s\n", LEVELS[f->level], f->subject, SPAN_FMT(f->words));
        if (f->advice.len > 0) (void)printf("      %-14s -> %.*s\n", "", SPAN_FMT(f->advice));
    }
}

static void print_findings_json(const struct doctor *doctor) {
    static const char *const LEVELS[] = {"ok", "warn", "fail"};
    struct buf buf;
    buf_init(&buf, NULL, 1024 * 1024);
    struct json_out out;
    json_out_init(&out, &buf);
    json_out_array(&out);
    for (size_t i = 0; i < doctor->count; i++) {
        const struct finding *f = &doctor->findings[i];
        json_out_object(&out);
        json_out_member_text(&out, "level", LEVELS[f->level]);
        json_out_member_text(&out, "subject", f->subject);
        json_out_member_string(&out, "words", f->words);
        if (f->advice.len > 0) json_out_member_string(&out, "advice", f->advice);
        json_out_object_end(&out);
    }
    json_out_array_end(&out);
    buf_add_byte(&buf, '\n');
    print_span(buf_span(&buf));
    buf_fini(&buf);
}

static int doctor_run(const struct call *call) {
    struct doctor *doctor = mem_take(sizeof *doctor);
    struct config *config = mem_take(sizeof *config);
    if (doctor == NULL || config == NULL) {
        mem_give(doctor);
        mem_give(config);
        return call_fail(call, err_make(ERR_MEMORY), NULL);
    }
    arena_init(&doctor->arena, DOCTOR_ARENA_BYTES);
    doctor->dir = call_argument(call, 0);
    doctor->now_ms = clock_now_ms();
    struct why why = {0};
    struct err e = config_load(doctor->dir, config, &why);
    if (is_err(e)) {
        doctor_fail(doctor, "configuration", e, &why, "correct varde.yaml; a new directory is made by varde init");
    } else {
        doctor->config = config;
        doctor_find(doctor, FINDING_OK, "configuration", NULL, "%.*s, state %.*s", SPAN_FMT(config->name), SPAN_FMT(config->state));
        if (config->is_demo) doctor_find(doctor, FINDING_WARN, "configuration", "never use this directory for real filings", "demo accounts with known passwords");
    }
    doctor_look_at_files(doctor);
    doctor_look_at_certificate(doctor);
    doctor_look_at_store(doctor);
    doctor_look_at_reach(doctor);
    doctor_look_at_machine(doctor);
    if (doctor->config != NULL) config_fini(config);
    int code = EXIT_DONE;
    for (size_t i = 0; i < doctor->count; i++)
        if (doctor->findings[i].level == FINDING_FAIL) code = EXIT_NO;
    if (call_has(call, "--json")) print_findings_json(doctor);
    else print_findings(doctor);
    arena_fini(&doctor->arena);
    mem_give(doctor);
    mem_give(config);
    return code;
}

static const struct option DOCTOR_OPTIONS[] = {
    {"--json", NULL, "print the findings as JSON"},
    {NULL, NULL, NULL},
};
const struct command doctor_command = {
    .name = "doctor",
    .arguments = "DIR",
    .summary = "Look at a node's data directory and machine, and say what to do",
    .help = "Permissions, configuration, certificate, database, the remembered head against the log, mail and who is on call, time zones, clock, disk,\n"
            "and what the kernel can hold processes with. Each line is ok, warn or FAIL, with what to do. Changes nothing; the\n"
            "node may be running. Exit code 1 where something fails.",
    .options = DOCTOR_OPTIONS,
    .run = doctor_run,
};
