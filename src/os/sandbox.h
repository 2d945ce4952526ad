// SPDX-License-Identifier: EUPL-1.2
/*
 * Holds a process to what its role needs: resource limits, no new privileges, a list of system calls (seccomp; all others
 * answer EPERM, those that only an intruder makes end the process) and a list of paths (Landlock).
 * Entered once, after the role has opened what it needs, and before threads are started: they inherit it.
 */
#ifndef OS_SANDBOX_H
#define OS_SANDBOX_H

#include "base/span.h"

enum sandbox_allow { // groups of system calls beside the common ones (memory, time, reading and writing, polling, ending)
    SANDBOX_ACCEPT = 1,  // take connections from a listening socket
    SANDBOX_CONNECT = 2, // make sockets and connect them, resolve names, read files (paths below)
    SANDBOX_FILES = 4,   // open, write, lock, rename and remove files (paths below)
    SANDBOX_THREADS = 8, // start threads
};

struct sandbox_path {
    const char *path; // a directory or file; absent ones are skipped
    bool may_write;
};

struct sandbox_rules {
    const char *role;
    unsigned allow; // of enum sandbox_allow
    const struct sandbox_path *paths;
    size_t path_count;
    unsigned descriptors;     // most open files; 0: unchanged
};

struct sandbox_report { // what holds now
    bool has_seccomp;
    bool has_landlock;
};

// ERR_UNSUPPORTED never: what the kernel lacks is false in the report. ERR_IO where entering failed halfway: end the role.
CHECKED struct err sandbox_enter(const struct sandbox_rules *rules, struct sandbox_report *ret, struct why *why);
// Changes to an account for good. ERR_NOT_FOUND where there is none of that name; nothing where we are not root.
CHECKED struct err sandbox_change_user(const char *name, struct why *why);

#endif
