// SPDX-License-Identifier: EUPL-1.2
#include "os/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { HIGH_FD = 64, ENVIRONMENT = 16 };

extern char **environ;

// Keeps the few variables that a role may depend on.
static void filter_environment(char *kept[ENVIRONMENT]) {
    static const char *const NAMES[] = {"SSL_CERT_FILE=", "SSL_CERT_DIR=", "ASAN_OPTIONS=", "UBSAN_OPTIONS=", "TSAN_OPTIONS=", "VARDE_", NULL};
    size_t count = 0;
    for (size_t i = 0; environ[i] != NULL; i++)
        for (size_t k = 0; NAMES[k] != NULL; k++)
            if (strncmp(environ[i], NAMES[k], strlen(NAMES[k])) == 0 && count + 1 < ENVIRONMENT) kept[count++] = environ[i];
    kept[count] = NULL;
}

static bool place_descriptors(const int *fds, size_t count) {
    int high[PROCESS_FDS]; // out of the way first: a source may have the number of another's place
    for (size_t i = 0; i < count; i++)
        if ((high[i] = fcntl(fds[i], F_DUPFD, HIGH_FD)) < 0) return false;
    for (size_t i = 0; i < count; i++)
        if (dup2(high[i], PROCESS_FIRST_FD + (int)i) < 0) return false;
    int nothing = open("/dev/null", O_RDONLY);
    if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0) return false;
    return close_range(PROCESS_FIRST_FD + (unsigned)count, ~0u, 0) == 0;
}

static void become(const char *const *argv, const int *fds, size_t count) {
    sigset_t none;
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    char *environment[ENVIRONMENT];
    filter_environment(environment);
    if (!place_descriptors(fds, count)) _exit(126);
    union {
        const char *const *given;
        char *const *taken; // execve does not write
    } arguments = {.given = argv};
    (void)execve("/proc/self/exe", arguments.taken, environment);
    _exit(127);
}

struct err process_start(const char *const *argv, const int *fds, size_t count, pid_t *ret, struct why *why) {
    pid_t pid = count > PROCESS_FDS ? -1 : fork();
    if (pid < 0) return why_set(why, ERR_IO, "", "process.start", "", "a process can't be started: errno %d", errno);
    if (pid == 0) become(argv, fds, count);
    *ret = pid;
    return err_none();
}

bool process_reap(struct process_end *ret) {
    int status = 0;
    pid_t pid = waitpid(-1, &status, WNOHANG);
    if (pid <= 0) return false;
    *ret = (struct process_end){.pid = pid, .is_signal = WIFSIGNALED(status),
                                .number = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status)};
    return true;
}

void process_kill(pid_t pid) {
    if (pid > 0) (void)kill(pid, SIGKILL); // already gone: as well
}

void process_sleep_ms(int ms) {
    const struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
    (void)nanosleep(&pause, NULL);
}

struct err process_signals(int *ret_fd, struct why *why) {
    sigset_t set;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGHUP);
    (void)sigaddset(&set, SIGCHLD);
    int fd = sigprocmask(SIG_BLOCK, &set, NULL) == 0 ? signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC) : -1;
    if (fd < 0) return why_set(why, ERR_IO, "", "process.signals", "", "signals can't be watched: errno %d", errno);
    *ret_fd = fd;
    return err_none();
}

int process_next_signal(int fd) {
    struct signalfd_siginfo info;
    return read(fd, &info, sizeof info) == (ssize_t)sizeof info ? (int)info.ssi_signo : 0;
}

void process_begin_role(void) {
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGINT, SIG_IGN);
    (void)signal(SIGHUP, SIG_IGN);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL); // a supervisor that is killed takes its roles along
}
