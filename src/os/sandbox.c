// SPDX-License-Identifier: EUPL-1.2
#include "os/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/landlock.h>
#include <pwd.h>
#include <sched.h>
#include <seccomp.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *const COMMON[] = {
    "brk", "clock_gettime", "clock_nanosleep", "close", "dup", "epoll_create1", "epoll_ctl", "epoll_pwait", "epoll_wait", "eventfd2",
    "exit", "exit_group", "fcntl", "fstat", "futex", "getegid", "geteuid", "getgid", "getpeername", "getpid", "getrandom", "getrusage",
    "getsockname", "getsockopt", "gettid", "gettimeofday", "getuid", "lseek", "madvise", "membarrier", "mremap", "munmap",
    "nanosleep", "newfstatat", "pipe2", "poll", "ppoll", "prlimit64", "read", "readv", "recvfrom", "recvmsg", "restart_syscall", "rseq",
    "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sched_getaffinity", "sched_yield", "sendmsg", "sendto", "set_robust_list",
    "set_tid_address", "setsockopt", "shutdown", "sigaltstack", "sysinfo", "tgkill", "times", "uname", "write", "writev", NULL};
static const char *const ACCEPTING[] = {"accept4", NULL};
// name resolution and trust need some files, which the paths bound
static const char *const CONNECTING[] = {"access", "bind", "connect", "faccessat2", "getdents64", "ioctl", "lstat", "open", "openat",
                                         "pread64", "readlink", "recvmmsg", "select", "pselect6", "sendmmsg", "socket", "socketpair",
                                         "stat", "statfs", "fstatfs", NULL};
static const char *const FILING[] = {
    "access", "chmod", "faccessat", "faccessat2", "fadvise64", "fallocate", "fchmod", "fchmodat", "fchown", "fdatasync", "flock", "fsync",
    "ftruncate", "getcwd", "getdents64", "link", "linkat", "lstat", "mkdir", "mkdirat", "open", "openat", "pread64", "preadv", "pwrite64",
    "pwritev", "readlink", "readlinkat", "rename", "renameat", "renameat2", "rmdir", "stat", "statfs", "fstatfs", "statx", "sync_file_range",
    "umask", "unlink", "unlinkat", "utimensat", NULL};
// What no role ever does: an intruder at work. The process ends.
static const char *const DEADLY[] = {"bpf", "execve", "execveat", "init_module", "finit_module", "kexec_load", "keyctl", "mount",
                                     "pivot_root", "process_vm_readv", "process_vm_writev", "ptrace", "setns", "unshare",
                                     "userfaultfd", NULL};

static int add_all(scmp_filter_ctx filter, const char *const *names, uint32_t action) {
    for (size_t i = 0; names[i] != NULL; i++) {
        int call = seccomp_syscall_resolve_name(names[i]);
        if (call == __NR_SCMP_ERROR || call < 0) continue; // not on this machine
        int failed = seccomp_rule_add(filter, action, call, 0);
        if (failed != 0) return failed;
    }
    return 0;
}

// Memory that is written can't become code; only roles that load libraries late (name resolution) may map code at all.
static int add_memory(scmp_filter_ctx filter, bool may_map_code) {
    if (may_map_code) {
        static const char *const MAPPING[] = {"mmap", "mprotect", NULL};
        return add_all(filter, MAPPING, SCMP_ACT_ALLOW);
    }
    int failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    return failed != 0 ? failed : seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
}

static int add_threads(scmp_filter_ctx filter) {
    int failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1, SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
    if (failed == 0) // its flags stand in memory, where no filter sees them: libc then falls back to clone
        failed = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    if (failed == 0) failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1, SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME, 0));
    return failed;
}

static int fill_filter(scmp_filter_ctx filter, unsigned allow) {
    int failed = add_all(filter, COMMON, SCMP_ACT_ALLOW);
    if (failed == 0) failed = add_all(filter, DEADLY, SCMP_ACT_KILL_PROCESS);
    if (failed == 0) failed = add_memory(filter, (allow & SANDBOX_CONNECT) != 0);
    if (failed == 0 && (allow & SANDBOX_ACCEPT) != 0) failed = add_all(filter, ACCEPTING, SCMP_ACT_ALLOW);
    if (failed == 0 && (allow & SANDBOX_CONNECT) != 0) failed = add_all(filter, CONNECTING, SCMP_ACT_ALLOW);
    if (failed == 0 && (allow & SANDBOX_FILES) != 0) failed = add_all(filter, FILING, SCMP_ACT_ALLOW);
    if (failed == 0 && (allow & SANDBOX_THREADS) != 0) failed = add_threads(filter);
    return failed;
}

static bool enter_seccomp(unsigned allow) {
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (filter == NULL) return false;
    bool is_loaded = fill_filter(filter, allow) == 0 && seccomp_load(filter) == 0;
    seccomp_release(filter);
    return is_loaded;
}

enum {
    READING = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
    WRITING = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
              LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_DIR,
    OTHERS = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
             LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM,
    ON_FILES = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE,
    TRUNCATE = 1 << 14, // since the third version of the interface; older headers do not name it
};

static bool allow_path(int ruleset, const struct sandbox_path *path, bool has_truncate) {
    int fd = open(path->path, O_PATH | O_CLOEXEC);
    if (fd < 0) return true; // nothing there: nothing to allow
    struct stat about;
    bool is_dir = fstat(fd, &about) == 0 && S_ISDIR(about.st_mode);
    unsigned access = READING | (path->may_write ? (unsigned)WRITING | (has_truncate ? TRUNCATE : 0u) : 0u);
    if (!is_dir) access &= (unsigned)ON_FILES | TRUNCATE;
    struct landlock_path_beneath_attr rule = {.allowed_access = access, .parent_fd = fd};
    bool is_added = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
    (void)close(fd);
    return is_added;
}

static bool enter_landlock(const struct sandbox_rules *rules) {
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version < 1) return false;
    bool has_truncate = version >= 3;
    struct landlock_ruleset_attr handled = {.handled_access_fs = (unsigned)READING | WRITING | OTHERS | (has_truncate ? TRUNCATE : 0u)};
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &handled, sizeof handled, 0);
    if (ruleset < 0) return false;
    bool is_good = true;
    for (size_t i = 0; is_good && i < rules->path_count; i++) is_good = allow_path(ruleset, &rules->paths[i], has_truncate);
    if (is_good) is_good = syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
    (void)close(ruleset);
    return is_good;
}

static bool limit_resources(const struct sandbox_rules *rules) {
    const struct rlimit none = {.rlim_cur = 0, .rlim_max = 0};
    if (setrlimit(RLIMIT_CORE, &none) != 0) return false; // a core would hold keys and filings
    struct rlimit files;
    if (rules->descriptors == 0) return true;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0) return false;
    files.rlim_cur = rules->descriptors < files.rlim_max ? rules->descriptors : files.rlim_max;
    return setrlimit(RLIMIT_NOFILE, &files) == 0;
}

struct err sandbox_enter(const struct sandbox_rules *rules, struct sandbox_report *ret, struct why *why) {
    *ret = (struct sandbox_report){false, false};
    if (!limit_resources(rules)) return why_set(why, ERR_IO, "", "sandbox.limits", "", "resource limits can't be set: errno %d", errno);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return why_set(why, ERR_IO, "", "sandbox.privileges", "", "new privileges can't be given up: errno %d", errno);
    ret->has_landlock = enter_landlock(rules); // before the filter, which knows none of its calls
    ret->has_seccomp = enter_seccomp(rules->allow);
    return err_none();
}

struct err sandbox_change_user(const char *name, struct why *why) {
    if (geteuid() != 0) return err_none();
    const struct passwd *user = getpwnam(name);
    if (user == NULL) return why_set(why, ERR_NOT_FOUND, "user", "sandbox.user", "", "there is no account \"%s\"", name);
    if (setgroups(0, NULL) != 0 || setresgid(user->pw_gid, user->pw_gid, user->pw_gid) != 0 ||
        setresuid(user->pw_uid, user->pw_uid, user->pw_uid) != 0)
        return why_set(why, ERR_IO, "user", "sandbox.user", "", "changing to the account \"%s\" failed: errno %d", name, errno);
    return err_none();
}
