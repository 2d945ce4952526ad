// SPDX-License-Identifier: EUPL-1.2
#include "os/late.h"

#include <assert.h>
#include <dlfcn.h>
#include <string.h>

#include "base/limits.h"

enum { FUNCTIONS_MAX = 64 };

struct err late_open(const char *library, const char *const *names, size_t count, void *table, size_t size_bytes, struct why *why) {
    void *found[FUNCTIONS_MAX];
    assert(count <= FUNCTIONS_MAX && size_bytes == count * sizeof *found);
    void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL) return why_set(why, ERR_IO, "", "late.library", "", "%s can't be opened; is its package installed?", library);
    for (size_t i = 0; i < count; i++) {
        found[i] = dlsym(handle, names[i]);
        if (found[i] == NULL) return why_set(why, ERR_IO, "", "late.library", "", "%s has no %s", library, names[i]);
    }
    memcpy(table, found, size_bytes);
    return err_none();
}
