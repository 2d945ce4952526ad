// SPDX-License-Identifier: EUPL-1.2
/* Child processes and signals of a single-threaded parent (the supervisor). */
#ifndef OS_PROCESS_H
#define OS_PROCESS_H

#include <sys/types.h>

#include "base/span.h"

enum { PROCESS_FDS = 4, PROCESS_FIRST_FD = 3 };

// Starts this same program anew with ARGV (ended by NULL, ARGV[0] included). The child has standard output and error of
// the parent's standard error, FDS[0..COUNT) as descriptors 3, 4, ..., nothing else open, all signals at their defaults,
// and only those variables of the environment that configure TLS trust and sanitizers.
CHECKED struct err process_start(const char *const *argv, const int *fds, size_t count, pid_t *ret, struct why *why);

// A child that has ended: false where there is none (now).
struct process_end {
    pid_t pid;
    bool is_signal; // killed by signal NUMBER, else NUMBER is the exit status
    int number;
};
bool process_reap(struct process_end *ret);
void process_kill(pid_t pid); // at once, without asking
void process_sleep_ms(int ms);

// Blocks TERM, INT, HUP and CHLD and gives a descriptor that is readable when one of them is pending.
CHECKED struct err process_signals(int *ret_fd, struct why *why);
// The next pending signal's number, or 0.
int process_next_signal(int fd);
// What a role does first: ignores PIPE, INT and HUP (the supervisor decides), and dies with its parent.
void process_begin_role(void);

#endif
