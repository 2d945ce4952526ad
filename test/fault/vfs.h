// SPDX-License-Identifier: EUPL-1.2
/*
 * A disk that fails on purpose: an SQLite VFS for tests. It stands over the usual one, counts every operation that
 * changes a file (write, truncate, sync, delete, create), keeps in mind what was written since the last sync, and at a
 * chosen operation loses power, runs full, or gives an I/O error.
 *
 * At a loss of power each file becomes what a disk might hold then: all that was synced, and of the rest, by a choice
 * of the seed: nothing, everything, the first operations and a torn one, any subset of its 512-byte sectors, or such a
 * subset with garbage in place of some. From then on every access fails until fault_vfs_restart. Files made but never
 * synced may be gone; files deleted without a synced directory may be back. Bytes outside a write are never damaged.
 *
 *     store_use_vfs(fault_vfs_register());
 *     fault_vfs_arm(&(struct fault_plan){.kind = FAULT_POWER, .at_operation = 17, .seed = 4});
 *     ... work until the first error; close everything ...
 *     fault_vfs_restart();
 *     ... open again and look ...
 *
 * Thread-safe, for all databases of the process at once. The WAL index (shared memory) is the usual one.
 */
#ifndef TEST_FAULT_VFS_H
#define TEST_FAULT_VFS_H

#include <stdbool.h>
#include <stdint.h>

enum fault_kind {
    FAULT_NONE,
    FAULT_POWER, // power is lost in the middle of the operation
    FAULT_FULL,  // writes that make a file longer fail from here on, `lasting_operations` long
    FAULT_EIO,   // the operation fails; a failed sync may drop what it should have written although later syncs succeed
};

struct fault_plan {
    enum fault_kind kind;
    uint64_t at_operation;       // from 0, counted from fault_vfs_arm
    uint64_t lasting_operations; // of FULL and EIO; 0 is the same as 1
    uint64_t power_off_after;    // with FULL and EIO: power is lost so many operations later; 0: never
    uint64_t seed;
    bool is_lying; // canary: syncs do nothing, as a disk with a lying cache; a test must notice
};

// Registers the VFS (once) and returns its name.
const char *fault_vfs_register(void);
// Starts counting anew under this plan. Files that exist are taken as durable.
void fault_vfs_arm(const struct fault_plan *plan);
uint64_t fault_vfs_operations(void); // since armed
bool fault_vfs_is_dead(void);        // power was lost
bool fault_vfs_has_struck(void);     // the planned fault happened
void fault_vfs_power_off(void);      // now, between two operations
// Power is back and no fault is planned. All files must be closed.
void fault_vfs_restart(void);

#endif
