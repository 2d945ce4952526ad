// SPDX-License-Identifier: EUPL-1.2
#include "os/socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 1024 };

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static struct err fail(struct why *why, const char *host, uint16_t port, const char *act) {
    char words[128];
    return why_set(why, ERR_IO, "listen", "socket.listen", "", "%s port %u: cannot %s: %s", host, port, act,
                   strerror_r(errno, words, sizeof words));
}

static bool fill(const char *host, uint16_t port, union address *ret, socklen_t *ret_len) {
    *ret = (union address){.v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)}};
    *ret_len = sizeof ret->v6;
    if (inet_pton(AF_INET6, host, &ret->v6.sin6_addr) == 1) return true;
    *ret = (union address){.v4 = {.sin_family = AF_INET, .sin_port = htons(port)}};
    *ret_len = sizeof ret->v4;
    return inet_pton(AF_INET, host, &ret->v4.sin_addr) == 1;
}

struct err socket_listen(const char *host, uint16_t port, int *ret_fd, uint16_t *ret_port, struct why *why) {
    union address address;
    socklen_t len;
    if (!fill(host, port, &address, &len)) return why_set(why, ERR_INPUT, "listen", "socket.address", "", "%s is not an address", host);
    int fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;
    if (fd < 0) return fail(why, host, port, "make a socket");
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 || bind(fd, &address.any, len) != 0 || listen(fd, BACKLOG) != 0 ||
        getsockname(fd, &address.any, &len) != 0) {
        struct err e = fail(why, host, port, "listen");
        (void)close(fd);
        return e;
    }
    *ret_fd = fd;
    *ret_port = ntohs(address.any.sa_family == AF_INET6 ? address.v6.sin6_port : address.v4.sin_port);
    return err_none();
}
