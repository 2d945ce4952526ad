// SPDX-License-Identifier: EUPL-1.2
/* What the machine under a node is like: disk, clock, and what its kernel can hold processes with. */
#ifndef OS_MACHINE_H
#define OS_MACHINE_H

#include "base/span.h"

// Bytes that an ordinary user can still write on the disk of PATH, and its size.
CHECKED struct err disk_space(const char *path, int64_t *ret_free_bytes, int64_t *ret_size_bytes, struct why *why);
// Whether the kernel's clock follows a time server (its estimate of the error is then in *ret_error_ms).
bool clock_is_synchronised(int64_t *ret_error_ms);
// Version of the kernel's Landlock interface; 0: it has none, or it is switched off.
int landlock_version(void);
// Whether the kernel filters system calls.
bool has_seccomp(void);
// Permission bits and owner of a path. ERR_NOT_FOUND where nothing is there.
CHECKED struct err path_owner(const char *path, unsigned *ret_mode, bool *ret_is_own, struct why *why);

#endif
