// SPDX-License-Identifier: EUPL-1.2
#include "os/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/file.h"

static struct err fail(struct why *why, const char *path, const char *act) {
    int number = errno;
    enum err_code code = number == ENOENT                          ? ERR_NOT_FOUND
                         : number == EACCES || number == EPERM     ? ERR_DENIED
                         : number == EEXIST || number == ENOTEMPTY ? ERR_CONFLICT
                                                                   : ERR_IO;
    char words[128];
    return why_set(why, code, "", "file.io", "", "%s: cannot %s: %s", path, act, strerror_r(number, words, sizeof words));
}

struct err stream_make(const char *path, unsigned mode, struct stream *ret, struct why *why) {
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, (mode_t)mode);
    if (fd < 0) return fail(why, path, "make");
    *ret = (struct stream){fd, path};
    return err_none();
}

struct err stream_open(const char *path, struct stream *ret, struct why *why) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0) return fail(why, path, "open");
    struct stat about;
    struct err e = err_none();
    if (fstat(fd, &about) != 0)
        e = fail(why, path, "look at it");
    else if (!S_ISREG(about.st_mode))
        e = why_set(why, ERR_INPUT, "", "file.kind", "", "%s: not a regular file", path);
    if (is_err(e))
        (void)close(fd);
    else
        *ret = (struct stream){fd, path};
    return e;
}

struct err stream_size(const struct stream *stream, uint64_t *ret_bytes, struct why *why) {
    struct stat about;
    if (fstat(stream->fd, &about) != 0) return fail(why, stream->path, "look at it");
    *ret_bytes = (uint64_t)about.st_size;
    return err_none();
}

struct err stream_write(struct stream *stream, struct span bytes, struct why *why) {
    for (size_t done = 0; done < bytes.len;) {
        ssize_t put = write(stream->fd, bytes.at + done, bytes.len - done);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return fail(why, stream->path, "write");
        done += (size_t)put;
    }
    return err_none();
}

struct err stream_read(struct stream *stream, uint8_t *at, size_t len, size_t *ret_len, struct why *why) {
    size_t done = 0;
    while (done < len) {
        ssize_t got = read(stream->fd, at + done, len - done);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail(why, stream->path, "read");
        if (got == 0) break;
        done += (size_t)got;
    }
    *ret_len = done;
    return err_none();
}

struct err stream_sync(struct stream *stream, struct why *why) {
    return fsync(stream->fd) == 0 ? err_none() : fail(why, stream->path, "sync");
}

void stream_close(struct stream *stream) {
    if (stream->fd >= 0) (void)close(stream->fd);
    stream->fd = -1;
}

static struct err parent_sync(const char *path, struct why *why) {
    char dir[PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t len = slash == NULL ? 0 : (size_t)(slash - path);
    if (len >= sizeof dir) return why_set(why, ERR_INPUT, "", "file.path", "", "the path is too long");
    memcpy(dir, path, len);
    dir[len] = '\0';
    return dir_sync(slash == NULL ? "." : len == 0 ? "/" : dir, why);
}

struct err path_rename(const char *from, const char *to, struct why *why) {
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) != 0) return fail(why, to, "put in place");
    TRY(parent_sync(to, why));
    return parent_sync(from, why);
}

struct err dir_remove(const char *path, struct why *why) {
    return rmdir(path) == 0 ? err_none() : fail(why, path, "remove");
}
