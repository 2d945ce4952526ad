// SPDX-License-Identifier: EUPL-1.2
#include "os/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/random.h"

static struct err fail(struct why *why, const char *path, const char *act) {
    int number = errno;
    enum err_code code = number == ENOENT                         ? ERR_NOT_FOUND
                         : number == EACCES || number == EPERM    ? ERR_DENIED
                         : number == EEXIST || number == ENOTEMPTY ? ERR_CONFLICT
                                                                  : ERR_IO;
    char words[128];
    return why_set(why, code, "", "file.io", "", "%s: cannot %s: %s", path, act, strerror_r(number, words, sizeof words));
}

const char *path_join(struct arena *arena, const char *dir, const char *name) {
    struct span path = name[0] == '/' ? arena_copy(arena, span_of(name)) : arena_printf(arena, "%s/%s", dir, name);
    return (const char *)path.at;
}

const char *path_absolute(struct arena *arena, const char *path) {
    char dir[PATH_MAX];
    return getcwd(dir, sizeof dir) == NULL ? NULL : path_join(arena, dir, path);
}

static struct err read_all(struct arena *arena, int fd, const char *path, size_t limit_bytes, struct span *ret, struct why *why) {
    struct stat about;
    if (fstat(fd, &about) != 0) return fail(why, path, "look at it");
    if (!S_ISREG(about.st_mode)) return why_set(why, ERR_INPUT, "", "file.kind", "", "%s: not a regular file", path);
    if (about.st_size < 0 || (uintmax_t)about.st_size > limit_bytes)
        return why_set(why, ERR_LIMIT, "", "file.size", "", "%s: more than %zu bytes", path, limit_bytes);
    size_t size = (size_t)about.st_size, len = 0;
    uint8_t *bytes = arena_take(arena, size + 1);
    if (bytes == NULL) return why_set(why, ERR_MEMORY, "", "file.memory", "", "%s: no memory for %zu bytes", path, size);
    while (len < size) {
        ssize_t got = read(fd, bytes + len, size - len);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail(why, path, "read");
        if (got == 0) break; // it became shorter meanwhile
        len += (size_t)got;
    }
    *ret = span_make(bytes, len);
    return err_none();
}

struct err file_read(struct arena *arena, const char *path, size_t limit_bytes, struct span *ret, struct why *why) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0) return fail(why, path, "open");
    struct err e = read_all(arena, fd, path, limit_bytes, ret, why);
    (void)close(fd);
    return e;
}

static struct err write_all(int fd, const char *path, struct span bytes, struct why *why) {
    for (size_t done = 0; done < bytes.len;) {
        ssize_t put = write(fd, bytes.at + done, bytes.len - done);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return fail(why, path, "write");
        done += (size_t)put;
    }
    return fsync(fd) == 0 ? err_none() : fail(why, path, "sync");
}

struct err dir_sync(const char *path, struct why *why) {
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return fail(why, path, "open");
    struct err e = fsync(fd) == 0 ? err_none() : fail(why, path, "sync");
    (void)close(fd);
    return e;
}

// Syncs the directory in which PATH stands.
static struct err parent_sync(const char *path, struct why *why) {
    char dir[PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t len = slash == NULL ? 0 : (size_t)(slash - path);
    if (len >= sizeof dir) return why_set(why, ERR_INPUT, "", "file.path", "", "the path is too long");
    memcpy(dir, path, len);
    dir[len] = '\0';
    return dir_sync(slash == NULL ? "." : len == 0 ? "/" : dir, why);
}

static struct err write_new(const char *temp, const char *path, struct span bytes, unsigned mode, bool may_replace, struct why *why) {
    int fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return fail(why, temp, "make");
    struct err e = write_all(fd, temp, bytes, why);
    if (!is_err(e) && fchmod(fd, (mode_t)mode) != 0) e = fail(why, temp, "set the mode of");
    if (close(fd) != 0 && !is_err(e)) e = fail(why, temp, "close");
    if (!is_err(e) && (may_replace ? rename(temp, path) : link(temp, path)) != 0) e = fail(why, path, "put in place");
    if (is_err(e) || !may_replace) (void)unlink(temp);
    return is_err(e) ? e : parent_sync(path, why);
}

static struct err write_beside(const char *path, struct span bytes, unsigned mode, bool may_replace, struct why *why) {
    char id[RANDOM_ID_BYTES], temp[PATH_MAX];
    random_id('t', id);
    int len = snprintf(temp, sizeof temp, "%s.%s", path, id);
    if (len < 0 || (size_t)len >= sizeof temp) return why_set(why, ERR_INPUT, "", "file.path", "", "the path is too long");
    return write_new(temp, path, bytes, mode, may_replace, why);
}

struct err file_write(const char *path, struct span bytes, unsigned mode, struct why *why) {
    return write_beside(path, bytes, mode, true, why);
}

struct err file_create(const char *path, struct span bytes, unsigned mode, struct why *why) {
    return write_beside(path, bytes, mode, false, why);
}

struct err file_remove(const char *path, struct why *why) {
    if (unlink(path) != 0) return fail(why, path, "remove");
    return parent_sync(path, why);
}

bool file_exists(const char *path) {
    struct stat about;
    return lstat(path, &about) == 0;
}

struct err dir_make(const char *path, unsigned mode, struct why *why) {
    if (mkdir(path, (mode_t)mode) != 0) return fail(why, path, "make the directory");
    if (chmod(path, (mode_t)mode) != 0) return fail(why, path, "set the mode of"); // whatever the umask is
    return parent_sync(path, why);
}

bool dir_is_empty(const char *path) {
    DIR *dir = opendir(path);
    if (dir == NULL) return false;
    bool is_empty = true;
    for (const struct dirent *entry; is_empty && (entry = readdir(dir)) != NULL;)
        is_empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    (void)closedir(dir);
    return is_empty;
}
