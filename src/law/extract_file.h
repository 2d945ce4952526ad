// SPDX-License-Identifier: EUPL-1.2
/*
 * The file of an extract of a register (law/registry.h), as the node that made it gives it, read by the node to which it goes. Pure.
 *
 * Untrusted. Whatever is wrong is named by its place in the file ("/changed/3/entry/types"); with one fault nothing of the file is taken.
 * An entry has the attributes of the extract's row and no other, each as the forms of the sending state's law have it; its name and
 * types are there, and one of the types is of the extract.
 */
#ifndef LAW_EXTRACT_FILE_H
#define LAW_EXTRACT_FILE_H

#include "base/limits.h"
#include "law/field.h"
#include "law/registry.h"

enum { EXTRACT_FILE_ENTRIES_MAX = 2000, EXTRACT_FILE_BYTES_MAX = LIMIT_RECEIPT_BYTES };

struct extract_change {
    struct span entity;
    struct json entry; // every attribute, absent ones as null
};
struct extract_file {
    struct span version;
    int64_t made_ms;
    int64_t total;  // entries of the register in the extract, sent now or before
    bool is_whole;  // all of them stand in it: what it does not name is gone
    bool is_exercise; // of a register that is only exercised with
    bool has_more;  // more differs than it holds
    size_t change_count, removed_count;
    struct extract_change *changes;
    struct span *removed; // entities that are in the extract no more
};
// TEXT as the node of STATE made it of EXTRACT. ERR_INPUT where it is no JSON; otherwise faults say what is wrong, and *ret counts only without any.
CHECKED struct err extract_file_read(const struct law *law, const struct registry_extract *extract, struct span state, struct civil at, struct span text,
                                     struct arena *arena, struct fault_list *faults, struct extract_file *ret, struct why *why);

// Texts of the entry by which it may be alike with another's, as the extract's row says, folded: {"name:a cloud", "contacts.email:.."}. At most MAX.
size_t extract_keys(const struct registry_extract *extract, const struct json *entry, struct arena *arena, struct span *ret, size_t max);

#endif
