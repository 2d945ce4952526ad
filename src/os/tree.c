// SPDX-License-Identifier: EUPL-1.2
#include "os/tree.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "os/file.h"

struct walk {
    struct arena *arena;
    const char *root;
    const char *suffix;
    size_t file_bytes;
    struct embedded_file *files;
    size_t count;
    struct why *why;
};

static struct err walk_dir(struct walk *walk, const char *inside, size_t depth);

// What stands under the name: a file is read, a directory walked, anything else left out.
static struct err walk_entry(struct walk *walk, const char *inside, const char *name, size_t depth) {
    const char *path = inside[0] == '\0' ? name : path_join(walk->arena, inside, name);
    const char *full = path == NULL ? NULL : path_join(walk->arena, walk->root, path);
    if (full == NULL) return err_make(ERR_MEMORY);
    struct stat state;
    if (lstat(full, &state) != 0) return err_none(); // gone in the meantime
    if (S_ISLNK(state.st_mode)) // left out, it would be missed in silence; followed, it would lead anywhere
        return why_set(walk->why, ERR_INPUT, "", "tree.link", "", "%s is a symbolic link; plain files and directories are expected", full);
    if (S_ISDIR(state.st_mode)) return walk_dir(walk, path, depth + 1);
    if (!S_ISREG(state.st_mode) || !span_ends_with(span_of(name), span_of(walk->suffix))) return err_none();
    if (walk->count == TREE_FILES_MAX)
        return why_set(walk->why, ERR_LIMIT, "", "tree.files", "", "%s holds more than %d files", walk->root, (int)TREE_FILES_MAX);
    struct span bytes;
    TRY(file_read(walk->arena, full, walk->file_bytes, &bytes, walk->why));
    char *kept = arena_text(walk->arena, span_of(path));
    if (kept == NULL) return err_make(ERR_MEMORY);
    walk->files[walk->count++] = (struct embedded_file){.path = kept, .bytes = bytes.at, .size_bytes = bytes.len};
    return err_none();
}

static struct err walk_dir(struct walk *walk, const char *inside, size_t depth) {
    const char *full = inside[0] == '\0' ? walk->root : path_join(walk->arena, walk->root, inside);
    if (full == NULL) return err_make(ERR_MEMORY);
    if (depth > TREE_DEPTH_MAX) return why_set(walk->why, ERR_LIMIT, "", "tree.depth", "", "%s is nested too deeply", full);
    DIR *dir = opendir(full);
    if (dir == NULL) return why_set(walk->why, ERR_NOT_FOUND, "", "tree.directory", "", "%s is no directory that can be read", full);
    struct err e = err_none();
    for (const struct dirent *entry; !is_err(e) && (entry = readdir(dir)) != NULL;)
        if (entry->d_name[0] != '.') e = walk_entry(walk, inside, entry->d_name, depth);
    (void)closedir(dir);
    return e;
}

static int path_order(const void *a, const void *b) {
    return strcmp(((const struct embedded_file *)a)->path, ((const struct embedded_file *)b)->path);
}

struct err tree_read(struct arena *arena, const char *dir, const char *suffix, size_t file_bytes,
                     struct embedded_file **ret, size_t *ret_count, struct why *why) {
    struct walk walk = {.arena = arena, .root = dir, .suffix = suffix, .file_bytes = file_bytes, .why = why};
    walk.files = arena_take_array(arena, TREE_FILES_MAX, sizeof *walk.files);
    if (walk.files == NULL) return err_make(ERR_MEMORY);
    TRY(walk_dir(&walk, "", 0));
    qsort(walk.files, walk.count, sizeof *walk.files, path_order);
    *ret = walk.files;
    *ret_count = walk.count;
    return err_none();
}
