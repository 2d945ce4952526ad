// SPDX-License-Identifier: EUPL-1.2
#include "base/time.h"
#include "cli/doctor.h"
#include "os/file.h"
#include "os/machine.h"

#define ZONES "/usr/share/zoneinfo"

enum { FREE_MB_FAIL = 256, FREE_MB_WARN = 2048, FREE_PERCENT_WARN = 10, ERROR_MS_WARN = 1000 };

static void look_at_disk(struct doctor *doctor) {
    int64_t free_bytes = 0, size_bytes = 0;
    struct why why = {0};
    struct err e = disk_space(doctor->dir, &free_bytes, &size_bytes, &why);
    if (is_err(e)) {
        doctor_fail(doctor, "disk", e, &why, "can the directory be reached?");
        return;
    }
    long long free_mb = (long long)(free_bytes >> 20);
    int64_t percent = size_bytes > 0 ? free_bytes / (size_bytes / 100 + 1) : 0;
    enum finding_level level = free_mb < FREE_MB_FAIL ? FINDING_FAIL : free_mb < FREE_MB_WARN || percent < FREE_PERCENT_WARN ? FINDING_WARN : FINDING_OK;
    doctor_find(doctor, level, "disk", "make room: on a full disk nothing can be filed", "%lld MB free (%lld %%)", free_mb, (long long)percent);
}

static void look_at_clock(struct doctor *doctor) {
    int64_t error_ms = 0;
    bool is_synchronised = clock_is_synchronised(&error_ms);
    if (!is_synchronised)
        doctor_find(doctor, FINDING_WARN, "clock", "start a time service (systemd-timesyncd, chrony): every period is counted by this clock",
                    "it follows no time server, as far as the kernel knows");
    else if (error_ms > ERROR_MS_WARN)
        doctor_find(doctor, FINDING_WARN, "clock", "look at the time service", "it may be wrong by %lld ms", (long long)error_ms);
    else doctor_find(doctor, FINDING_OK, "clock", NULL, "follows a time server, within %lld ms", (long long)error_ms);
    struct civil today = wall_at(doctor->now_ms, 0).date;
    if (today.year < 2026) doctor_find(doctor, FINDING_FAIL, "clock", "set it", "it says %d, before this program was made", today.year);
}

static void look_at_zones(struct doctor *doctor) {
    if (file_exists(ZONES "/Europe/Brussels")) doctor_find(doctor, FINDING_OK, "time zones", NULL, "the system's are there");
    else doctor_find(doctor, FINDING_FAIL, "time zones", "install tzdata", "there are none in " ZONES);
}

static void look_at_sandbox(struct doctor *doctor) {
    bool is_required = doctor->config != NULL && doctor->config->sandbox == SANDBOX_REQUIRED;
    enum finding_level missing = is_required ? FINDING_FAIL : FINDING_WARN;
    int landlock = landlock_version();
    if (doctor->config != NULL && doctor->config->sandbox == SANDBOX_OFF)
        doctor_find(doctor, FINDING_WARN, "sandbox", "set sandbox: possible, or required", "it is switched off in varde.yaml");
    if (has_seccomp()) doctor_find(doctor, FINDING_OK, "sandbox", NULL, "the kernel filters system calls (seccomp)");
    else doctor_find(doctor, missing, "sandbox", "use a kernel with seccomp", "the kernel does not filter system calls");
    if (landlock > 0) doctor_find(doctor, FINDING_OK, "sandbox", NULL, "the kernel bounds paths (Landlock, version %d)", landlock);
    else doctor_find(doctor, missing, "sandbox", "use a kernel with Landlock (5.13 or later, lsm=landlock,...)", "the kernel does not bound paths");
}

void doctor_look_at_machine(struct doctor *doctor) {
    look_at_disk(doctor);
    look_at_clock(doctor);
    look_at_zones(doctor);
    look_at_sandbox(doctor);
}
