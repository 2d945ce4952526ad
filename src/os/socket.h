// SPDX-License-Identifier: EUPL-1.2
/* Listening sockets. */
#ifndef OS_SOCKET_H
#define OS_SOCKET_H

#include "base/span.h"

// A non-blocking listening TCP socket on a numeric address; port 0 takes a free one. *ret_port is the port it got.
CHECKED struct err socket_listen(const char *host, uint16_t port, int *ret_fd, uint16_t *ret_port, struct why *why);

#endif
