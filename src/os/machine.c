// SPDX-License-Identifier: EUPL-1.2
#include "os/machine.h"

#include <errno.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <unistd.h>

struct err disk_space(const char *path, int64_t *ret_free_bytes, int64_t *ret_size_bytes, struct why *why) {
    struct statvfs space;
    if (statvfs(path, &space) != 0)
        return why_set(why, ERR_IO, "", "disk.space", "", "%s: %s", path, strerrordesc_np(errno));
    *ret_free_bytes = (int64_t)(space.f_bavail * space.f_frsize);
    *ret_size_bytes = (int64_t)(space.f_blocks * space.f_frsize);
    return err_none();
}

bool clock_is_synchronised(int64_t *ret_error_ms) {
    struct timex state = {.modes = 0};
    int code = adjtimex(&state);
    *ret_error_ms = state.maxerror / 1000;
    return code >= 0 && code != TIME_ERROR && (state.status & STA_UNSYNC) == 0;
}

int landlock_version(void) {
    long version = syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, LANDLOCK_CREATE_RULESET_VERSION);
    return version > 0 ? (int)version : 0;
}

bool has_seccomp(void) {
    // Asking for a filter without giving one: EFAULT from a kernel that has filters, EINVAL from one that has none.
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL, 0, 0) == -1 && errno == EFAULT;
}

struct err path_owner(const char *path, unsigned *ret_mode, bool *ret_is_own, struct why *why) {
    struct stat state;
    if (stat(path, &state) != 0)
        return why_set(why, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "", "path.stat", "", "%s: %s", path, strerrordesc_np(errno));
    *ret_mode = state.st_mode & 07777;
    *ret_is_own = state.st_uid == geteuid() || geteuid() == 0;
    return err_none();
}
