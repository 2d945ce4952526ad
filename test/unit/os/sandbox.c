// SPDX-License-Identifier: EUPL-1.2
/* Canaries: in a child of its own each forbidden act is tried, and must be refused. */
#include "os/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static char dir[] = "/tmp/varde-test-XXXXXX", readable[64], writable[64];

static bool is_refused(long result) { return result < 0 && (errno == EPERM || errno == EACCES); }

static int open_file(const char *folder, const char *name, int flags) {
    char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return open(path, flags | O_CLOEXEC, 0600);
}

static void *thread(void *argument) { return argument; }

static bool may_start_thread(void) {
    pthread_t id;
    return pthread_create(&id, NULL, thread, NULL) == 0 && pthread_join(id, NULL) == 0;
}

// What a role with files but no network and no threads can't do: the number of the first act that was not as it must be.
static int try_files_only(void) {
    if (open_file(readable, "there", O_RDONLY) < 0) return 10;
    if (!is_refused(open_file(readable, "there", O_WRONLY))) return 11;
    if (!is_refused(open_file(readable, "new", O_WRONLY | O_CREAT))) return 12;
    if (open_file(writable, "new", O_WRONLY | O_CREAT) < 0) return 13;
    if (!is_refused(open("/etc/passwd", O_RDONLY | O_CLOEXEC))) return 14;
    if (!is_refused(socket(AF_INET, SOCK_STREAM, 0))) return 15;
    if (!is_refused(syscall(SYS_accept4, 0, NULL, NULL, 0))) return 16;
    if (mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED) return 17;
    if (mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED) return 18;
    if (!is_refused(kill(getpid(), 0))) return 19;
    if (may_start_thread()) return 20;
    return 0;
}

static int try_threads(void) { return may_start_thread() && is_refused(syscall(SYS_fork)) && is_refused(open("/etc/passwd", O_RDONLY | O_CLOEXEC)) ? 0 : 30; }

static int try_execute(void) {
    char *const none[] = {NULL};
    (void)execve("/bin/true", none, none);
    return 40; // not reached: the attempt ends the process
}

// Runs ACT in a child that has entered the sandbox; its wait status. -1 where this kernel has no sandbox.
static int run(unsigned allow, int (*act)(void)) {
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        const struct sandbox_path paths[] = {{readable, false}, {writable, true}, {"/tmp/varde-not-there", true}};
        const struct sandbox_rules rules = {.role = "test", .allow = allow, .paths = paths, .path_count = 3, .descriptors = 64};
        struct sandbox_report report;
        if (is_err(sandbox_enter(&rules, &report, NULL))) _exit(99);
        _exit(report.has_seccomp && report.has_landlock ? act() : 98);
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) && WEXITSTATUS(status) == 98 ? -1 : status;
}

static void expect_exit_0(unsigned allow, int (*act)(void)) {
    int status = run(allow, act);
    if (status == -1) skip();
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) fail_msg("act %d was not as it must be (status %x)", WEXITSTATUS(status), (unsigned)status);
}

static void files_are_bounded(void **state) {
    (void)state;
    expect_exit_0(SANDBOX_FILES, try_files_only);
}

static void threads_are_no_processes(void **state) {
    (void)state;
    expect_exit_0(SANDBOX_FILES | SANDBOX_THREADS, try_threads);
}

static void executing_ends_the_process(void **state) {
    (void)state;
    int status = run(SANDBOX_FILES | SANDBOX_THREADS | SANDBOX_CONNECT | SANDBOX_ACCEPT, try_execute);
    if (status == -1) skip();
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGSYS);
}

static void unknown_accounts_are_refused(void **state) {
    (void)state;
    struct why why = {0};
    struct err e = sandbox_change_user("no-such-account-here", &why);
    assert_int_equal(e.code, geteuid() == 0 ? ERR_NOT_FOUND : ERR_NONE);
}

static int make_dirs(void **state) {
    (void)state;
    if (mkdtemp(dir) == NULL) return 1;
    (void)snprintf(readable, sizeof readable, "%s/readable", dir);
    (void)snprintf(writable, sizeof writable, "%s/writable", dir);
    if (mkdir(readable, 0700) != 0 || mkdir(writable, 0700) != 0) return 1;
    int fd = open_file(readable, "there", O_WRONLY | O_CREAT);
    return fd < 0 || close(fd) != 0;
}

static int remove_dirs(void **state) {
    (void)state;
    char path[96];
    (void)snprintf(path, sizeof path, "%s/there", readable);
    (void)unlink(path);
    (void)snprintf(path, sizeof path, "%s/new", writable);
    (void)unlink(path);
    return rmdir(readable) != 0 || rmdir(writable) != 0 || rmdir(dir) != 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_bounded),
        cmocka_unit_test(threads_are_no_processes),
        cmocka_unit_test(executing_ends_the_process),
        cmocka_unit_test(unknown_accounts_are_refused),
    };
    return cmocka_run_group_tests(tests, make_dirs, remove_dirs);
}
