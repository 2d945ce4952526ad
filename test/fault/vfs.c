// SPDX-License-Identifier: EUPL-1.2
#include "vfs.h"

#include <assert.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SECTOR_BYTES = 512, PATH_MAX_BYTES = 512 };

struct image {
    uint8_t *bytes;
    size_t len, capacity;
};

// Something done to a file since its last sync.
struct change {
    struct change *next;
    bool is_truncate;
    bool is_doomed; // a sync of it failed; later ones pretend
    size_t at, len; // truncate: len is the new length
    uint8_t bytes[];
};

// What a disk knows of one path.
struct disk {
    struct disk *next;
    char path[PATH_MAX_BYTES];
    bool is_durable; // the name itself is on disk
    bool is_deleted; // may come back while is_durable
    struct image image;
    struct change *first, **last;
};

struct fault_file {
    sqlite3_file base;
    struct disk *disk; // NULL for temporary files
    sqlite3_file *real;
};

static struct {
    pthread_mutex_t lock;
    sqlite3_vfs vfs;
    sqlite3_vfs *real;
    struct disk *disks;
    struct fault_plan plan;
    uint64_t operations, chance;
    bool is_dead, has_struck;
    int open_files;
} world = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void *need(void *memory) {
    if (memory == NULL) abort();
    return memory;
}

static uint64_t chance_next(void) { // splitmix64
    uint64_t z = (world.chance += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}
static bool chance_coin(void) {
    return (chance_next() & 1) != 0;
}

static void image_resize(struct image *image, size_t len) {
    if (len > image->capacity) {
        image->capacity = len * 2;
        image->bytes = need(realloc(image->bytes, image->capacity));
    }
    if (len > image->len) memset(image->bytes + image->len, 0, len - image->len);
    image->len = len;
}

static void image_write(struct image *image, size_t at, const uint8_t *bytes, size_t len) {
    if (at + len > image->len) image_resize(image, at + len);
    memcpy(image->bytes + at, bytes, len);
}

static void change_apply(struct image *image, const struct change *change) {
    if (change->is_truncate)
        image_resize(image, change->len);
    else
        image_write(image, change->at, change->bytes, change->len);
}

enum tearing { TEAR_ALL_LOST, TEAR_ALL_KEPT, TEAR_TAIL, TEAR_SECTORS, TEAR_GARBAGE, TEARINGS };

// Of a write, any subset of its sectors; with garbage, half of those kept hold nonsense.
static void change_tear(struct image *image, const struct change *change, bool with_garbage) {
    for (size_t from = change->at; from < change->at + change->len;) {
        size_t to = (from / SECTOR_BYTES + 1) * SECTOR_BYTES;
        if (to > change->at + change->len) to = change->at + change->len;
        if (chance_coin()) {
            image_write(image, from, change->bytes + (from - change->at), to - from);
            if (with_garbage && chance_coin())
                for (size_t i = from; i < to; i++) image->bytes[i] = (uint8_t)chance_next();
        }
        from = to;
    }
}

static void disk_forget_changes(struct disk *disk) {
    while (disk->first != NULL) {
        struct change *next = disk->first->next;
        free(disk->first);
        disk->first = next;
    }
    disk->last = &disk->first;
}

// Makes of the durable image what a disk might hold after the loss.
static void disk_lose(struct disk *disk) {
    enum tearing tearing = (enum tearing)(chance_next() % TEARINGS);
    size_t count = 0, kept;
    for (const struct change *c = disk->first; c != NULL; c = c->next) count++;
    kept = count == 0 ? 0 : (size_t)(chance_next() % (count + 1));
    size_t i = 0;
    for (const struct change *c = disk->first; c != NULL; c = c->next, i++) {
        bool is_whole = tearing == TEAR_ALL_KEPT || (tearing == TEAR_TAIL && i < kept);
        bool is_torn = tearing == TEAR_SECTORS || tearing == TEAR_GARBAGE || (tearing == TEAR_TAIL && i == kept);
        if (is_whole || (is_torn && c->is_truncate && chance_coin()))
            change_apply(&disk->image, c);
        else if (is_torn && !c->is_truncate)
            change_tear(&disk->image, c, tearing == TEAR_GARBAGE);
    }
    disk_forget_changes(disk);
}

static void disk_store(const struct disk *disk) {
    FILE *out = need(fopen(disk->path, "wb"));
    if (disk->image.len > 0 && fwrite(disk->image.bytes, 1, disk->image.len, out) != disk->image.len) abort();
    if (fclose(out) != 0) abort();
}

static struct disk *disk_find(const char *path) {
    for (struct disk *d = world.disks; d != NULL; d = d->next)
        if (!d->is_deleted && strcmp(d->path, path) == 0) return d;
    return NULL;
}

static void power_off(void) {
    world.is_dead = true;
    for (struct disk *d = world.disks; d != NULL; d = d->next) {
        if (d->is_deleted) {
            if (!d->is_durable || disk_find(d->path) != NULL || chance_coin()) continue; // stays deleted
        } else if (!d->is_durable && chance_coin()) {
            (void)remove(d->path);
            continue;
        }
        disk_lose(d);
        disk_store(d);
    }
}

// Counts an operation and says what it shall come to: SQLITE_OK, or the error.
static int strike(int full_code, int eio_code) {
    const struct fault_plan *plan = &world.plan;
    if (world.is_dead) return SQLITE_IOERR;
    uint64_t n = world.operations++;
    if (plan->kind == FAULT_NONE || n < plan->at_operation) return SQLITE_OK;
    uint64_t since = n - plan->at_operation;
    if (plan->kind == FAULT_POWER || (plan->power_off_after > 0 && since >= plan->power_off_after)) {
        world.has_struck = true;
        return -1; // the caller does the operation as far as it goes, then power_off
    }
    if (since >= (plan->lasting_operations == 0 ? 1 : plan->lasting_operations)) return SQLITE_OK;
    int code = plan->kind == FAULT_FULL ? full_code : eio_code;
    world.has_struck = world.has_struck || code != SQLITE_OK;
    return code;
}

static struct fault_file *fault_of(sqlite3_file *file) {
    return (struct fault_file *)(void *)file;
}

#define LOCKED(EXPR)                                                                                                   \
    (void)pthread_mutex_lock(&world.lock);                                                                             \
    int code = (EXPR);                                                                                                 \
    (void)pthread_mutex_unlock(&world.lock);                                                                           \
    return code

static void change_add(struct disk *disk, bool is_truncate, size_t at, const void *bytes, size_t len) {
    size_t size = sizeof(struct change) + (is_truncate ? 0 : len);
    struct change *change = need(malloc(size));
    *change = (struct change){.is_truncate = is_truncate, .at = at, .len = len};
    if (!is_truncate) memcpy(change->bytes, bytes, len);
    *disk->last = change;
    disk->last = &change->next;
}

static int do_write(struct fault_file *file, const void *bytes, int len, sqlite3_int64 at) {
    if (file->disk == NULL) return file->real->pMethods->xWrite(file->real, bytes, len, at);
    sqlite3_int64 size = 0;
    if (!world.is_dead) (void)file->real->pMethods->xFileSize(file->real, &size);
    int code = strike(at + len > size ? SQLITE_FULL : SQLITE_OK, SQLITE_IOERR_WRITE);
    if (code > SQLITE_OK) return code;
    change_add(file->disk, false, (size_t)at, bytes, (size_t)len);
    if (code == SQLITE_OK) return file->real->pMethods->xWrite(file->real, bytes, len, at);
    power_off();
    return SQLITE_IOERR_WRITE;
}

static int do_truncate(struct fault_file *file, sqlite3_int64 size) {
    if (file->disk == NULL) return file->real->pMethods->xTruncate(file->real, size);
    int code = strike(SQLITE_OK, SQLITE_IOERR_TRUNCATE);
    if (code > SQLITE_OK) return code;
    change_add(file->disk, true, 0, NULL, (size_t)size);
    if (code == SQLITE_OK) return file->real->pMethods->xTruncate(file->real, size);
    power_off();
    return SQLITE_IOERR_TRUNCATE;
}

static int do_sync(struct fault_file *file) {
    struct disk *disk = file->disk;
    if (disk == NULL) return SQLITE_OK;
    int code = strike(SQLITE_OK, SQLITE_IOERR_FSYNC);
    if (code < SQLITE_OK) power_off();
    if (code > SQLITE_OK && !world.is_dead)
        for (struct change *c = disk->first; c != NULL; c = c->next) c->is_doomed = true;
    if (code != SQLITE_OK) return SQLITE_IOERR_FSYNC;
    if (world.plan.is_lying) return SQLITE_OK;
    for (const struct change *c = disk->first; c != NULL; c = c->next)
        if (!c->is_doomed || chance_coin()) change_apply(&disk->image, c);
    disk_forget_changes(disk);
    if (!disk->is_durable) // the usual VFS syncs the directory with a new file, and with it what was deleted
        for (struct disk *d = world.disks; d != NULL; d = d->next) d->is_durable = d->is_durable && !d->is_deleted;
    disk->is_durable = true;
    return SQLITE_OK;
}

static int do_read(struct fault_file *file, void *bytes, int len, sqlite3_int64 at) {
    return world.is_dead ? SQLITE_IOERR_READ : file->real->pMethods->xRead(file->real, bytes, len, at);
}

static int file_write_(sqlite3_file *f, const void *b, int n, sqlite3_int64 at) {
    LOCKED(do_write(fault_of(f), b, n, at));
}
static int file_truncate(sqlite3_file *f, sqlite3_int64 size) {
    LOCKED(do_truncate(fault_of(f), size));
}
static int file_sync(sqlite3_file *f, int flags) {
    (void)flags;
    LOCKED(do_sync(fault_of(f)));
}
static int file_read_(sqlite3_file *f, void *b, int n, sqlite3_int64 at) {
    LOCKED(do_read(fault_of(f), b, n, at));
}

static int file_close(sqlite3_file *f) {
    struct fault_file *file = fault_of(f);
    int closed = file->real->pMethods->xClose(file->real);
    free(file->real);
    (void)pthread_mutex_lock(&world.lock);
    world.open_files--;
    (void)pthread_mutex_unlock(&world.lock);
    return closed;
}

// The rest is the usual file's; a dead disk answers nothing, but lets go of locks.
#define REAL (fault_of(f)->real)
static int dead(void) {
    LOCKED(world.is_dead ? SQLITE_IOERR : SQLITE_OK);
}
static int file_size(sqlite3_file *f, sqlite3_int64 *ret) {
    return dead() != SQLITE_OK ? SQLITE_IOERR_FSTAT : REAL->pMethods->xFileSize(REAL, ret);
}
static int file_lock(sqlite3_file *f, int level) {
    return dead() != SQLITE_OK ? SQLITE_IOERR_LOCK : REAL->pMethods->xLock(REAL, level);
}
static int file_unlock(sqlite3_file *f, int level) {
    return REAL->pMethods->xUnlock(REAL, level);
}
static int file_check_lock(sqlite3_file *f, int *ret) {
    return REAL->pMethods->xCheckReservedLock(REAL, ret);
}
static int file_control(sqlite3_file *f, int what, void *argument) {
    if (what == SQLITE_FCNTL_SIZE_HINT || what == SQLITE_FCNTL_CHUNK_SIZE || what == SQLITE_FCNTL_MMAP_SIZE)
        return SQLITE_NOTFOUND; // these would change the file past our eyes
    return REAL->pMethods->xFileControl(REAL, what, argument);
}
static int file_sector(sqlite3_file *f) {
    (void)f;
    return SECTOR_BYTES;
}
static int file_traits(sqlite3_file *f) {
    (void)f;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}
static int file_shm_map(sqlite3_file *f, int region, int size, int extend, void volatile **ret) {
    return dead() != SQLITE_OK ? SQLITE_IOERR_SHMMAP : REAL->pMethods->xShmMap(REAL, region, size, extend, ret);
}
static int file_shm_lock(sqlite3_file *f, int from, int n, int flags) {
    return REAL->pMethods->xShmLock(REAL, from, n, flags);
}
static void file_shm_barrier(sqlite3_file *f) {
    REAL->pMethods->xShmBarrier(REAL);
}
static int file_shm_unmap(sqlite3_file *f, int remove_it) {
    return REAL->pMethods->xShmUnmap(REAL, remove_it);
}

static const sqlite3_io_methods METHODS = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read_,
    .xWrite = file_write_,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_check_lock,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_traits,
    .xShmMap = file_shm_map,
    .xShmLock = file_shm_lock,
    .xShmBarrier = file_shm_barrier,
    .xShmUnmap = file_shm_unmap,
};

static struct disk *disk_make(const char *path, sqlite3_file *real, bool is_durable) {
    struct disk *disk = need(calloc(1, sizeof *disk));
    if (strlen(path) >= sizeof disk->path) abort();
    memcpy(disk->path, path, strlen(path));
    disk->last = &disk->first;
    disk->is_durable = is_durable;
    sqlite3_int64 size = 0;
    if (real->pMethods->xFileSize(real, &size) != SQLITE_OK) abort();
    image_resize(&disk->image, (size_t)size);
    if (size > 0 && real->pMethods->xRead(real, disk->image.bytes, (int)size, 0) != SQLITE_OK) abort();
    disk->next = world.disks;
    world.disks = disk;
    return disk;
}

static int do_open(const char *path, struct fault_file *file, int flags, int *ret_flags) {
    if (world.is_dead) return SQLITE_CANTOPEN;
    int exists = 0;
    if (path != NULL) (void)world.real->xAccess(world.real, path, SQLITE_ACCESS_EXISTS, &exists);
    if (path != NULL && exists == 0 && (flags & SQLITE_OPEN_CREATE) != 0) {
        int code = strike(SQLITE_FULL, SQLITE_IOERR);
        if (code < SQLITE_OK) power_off();
        if (code != SQLITE_OK) return SQLITE_CANTOPEN;
    }
    sqlite3_file *real = need(calloc(1, (size_t)world.real->szOsFile));
    int code = world.real->xOpen(world.real, path, real, flags, ret_flags);
    if (code != SQLITE_OK) {
        free(real);
        return code;
    }
    file->real = real;
    if (path != NULL && (flags & SQLITE_OPEN_DELETEONCLOSE) == 0) {
        file->disk = disk_find(path);
        if (file->disk == NULL) file->disk = disk_make(path, real, exists != 0);
    }
    file->base.pMethods = &METHODS;
    world.open_files++;
    return SQLITE_OK;
}

static int do_delete(const char *path, int sync_directory) {
    int code = strike(SQLITE_OK, SQLITE_IOERR_DELETE);
    if (code > SQLITE_OK) return code;
    struct disk *disk = disk_find(path);
    if (code == SQLITE_OK || chance_coin()) {
        int done = world.real->xDelete(world.real, path, 0);
        if (done != SQLITE_OK && code == SQLITE_OK) return done;
        if (disk != NULL) disk->is_deleted = true;
        if (disk != NULL && sync_directory && !world.plan.is_lying) disk->is_durable = false; // does not come back
    }
    if (code == SQLITE_OK) return SQLITE_OK;
    power_off();
    return SQLITE_IOERR_DELETE;
}

static int vfs_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *f, int flags, int *ret_flags) {
    (void)vfs;
    *fault_of(f) = (struct fault_file){.disk = NULL};
    LOCKED(do_open(path, fault_of(f), flags, ret_flags));
}
static int vfs_delete(sqlite3_vfs *vfs, const char *path, int sync_directory) {
    (void)vfs;
    LOCKED(do_delete(path, sync_directory));
}
static int vfs_access(sqlite3_vfs *vfs, const char *path, int flags, int *ret) {
    (void)vfs;
    return dead() != SQLITE_OK ? SQLITE_IOERR_ACCESS : world.real->xAccess(world.real, path, flags, ret);
}

const char *fault_vfs_register(void) {
    (void)pthread_mutex_lock(&world.lock);
    if (world.real == NULL) {
        world.real = need(sqlite3_vfs_find(NULL));
        world.vfs = *world.real;
        world.vfs.pNext = NULL;
        world.vfs.iVersion = world.real->iVersion < 2 ? world.real->iVersion : 2;
        world.vfs.szOsFile = (int)sizeof(struct fault_file);
        world.vfs.zName = "varde-fault";
        world.vfs.xOpen = vfs_open;
        world.vfs.xDelete = vfs_delete;
        world.vfs.xAccess = vfs_access;
        if (sqlite3_vfs_register(&world.vfs, 0) != SQLITE_OK) abort();
    }
    (void)pthread_mutex_unlock(&world.lock);
    return world.vfs.zName;
}

void fault_vfs_arm(const struct fault_plan *plan) {
    (void)pthread_mutex_lock(&world.lock);
    world.plan = *plan;
    world.chance = plan->seed;
    world.operations = 0;
    world.has_struck = false;
    (void)pthread_mutex_unlock(&world.lock);
}

uint64_t fault_vfs_operations(void) {
    (void)pthread_mutex_lock(&world.lock);
    uint64_t n = world.operations;
    (void)pthread_mutex_unlock(&world.lock);
    return n;
}

bool fault_vfs_is_dead(void) {
    return dead() != SQLITE_OK;
}

bool fault_vfs_has_struck(void) {
    (void)pthread_mutex_lock(&world.lock);
    bool has = world.has_struck;
    (void)pthread_mutex_unlock(&world.lock);
    return has;
}

void fault_vfs_power_off(void) {
    (void)pthread_mutex_lock(&world.lock);
    if (!world.is_dead) power_off();
    world.has_struck = true;
    (void)pthread_mutex_unlock(&world.lock);
}

void fault_vfs_restart(void) {
    (void)pthread_mutex_lock(&world.lock);
    if (world.open_files != 0) abort(); // the test left something open
    while (world.disks != NULL) {
        struct disk *next = world.disks->next;
        disk_forget_changes(world.disks);
        free(world.disks->image.bytes);
        free(world.disks);
        world.disks = next;
    }
    world.is_dead = false;
    world.plan = (struct fault_plan){.kind = FAULT_NONE};
    (void)pthread_mutex_unlock(&world.lock);
}
