// SPDX-License-Identifier: EUPL-1.2
/*
 * Law packs: directories of YAML with an article beside every rule. This header loads them; what they mean is compiled
 * by the rest of the room (facts and tables in scope.h, procedures, clocks).
 *
 * A pack is a directory: `eu/NAME`, `national/XX` (XX a state in lower case), or another top directory (`calendars`).
 * The first two need a `pack.yaml`. The law of a state is the eu packs, overlaid by `national/XX`.
 * After law_load nothing changes: a `struct law` is shared by threads without locks.
 */
#ifndef LAW_PACK_H
#define LAW_PACK_H

#include "base/embed.h"
#include "base/hash.h"
#include "base/time.h"
#include "base/yaml.h"

struct law;

struct pack_file {
    struct span path; // inside the pack: "size.yaml", "procedures/incident.yaml"
    const struct yaml *root;
    struct hash hash; // of the file's bytes
    bool is_added;    // by the operator of the node, whose own procedures want words in no language but those that they bring
};

struct pack {
    struct span id; // "eu/nis2", "national/be"
    struct span title;
    struct span version;
    bool has_from;              // eu packs: without a date it is no law but a proposal; national: the date is not known
    struct civil from;          // first day on which it applies
    struct hash hash;           // over path, size and bytes of all files, in order of path
    size_t file_count;
    const struct pack_file *files; // ordered by path
    const struct yaml *manifest;   // root of pack.yaml; NULL where a directory needs none
};

// Reads all packs and compiles them. FILES are the embedded ones or read from a directory; they and ARENA must outlive
// the law. Reasons name file and line: rules yaml.*, pack.*, words.*, and those of the compilers.
CHECKED struct err law_load(struct arena *arena, const struct embedded_file *files, size_t count, struct law **ret,
                            struct why *why);

size_t law_pack_count(const struct law *law);
const struct pack *law_pack_at(const struct law *law, size_t index); // in order of id
const struct pack *law_pack(const struct law *law, struct span id);  // NULL where there is none
// The pack of a state ("BE", "EL"; upper or lower case); NULL where there is none.
const struct pack *law_pack_of_state(const struct law *law, struct span state);
// Over all packs, in order of id.
struct hash law_hash(const struct law *law);

// Name of the time zone of a state ("Europe/Brussels"), from calendars/zones.yaml; at == NULL for an unknown state.
struct span law_zone(const struct law *law, struct span state);

// Root of a file of the pack ("size.yaml"), or NULL. PACK may be NULL.
const struct yaml *pack_file_root(const struct pack *pack, const char *file);
// Whether the file stands under the folder ("procedures/").
bool pack_file_is_under(const struct pack_file *file, const char *folder);

/*
 * Words: what people read. A pack's words stand in words/LL.yaml or words/TOPIC.LL.yaml (LL one of the 24 official
 * languages), as nested mappings; "rule: {R3: text}" is the key "rule.R3". The manifest's `languages:` names the
 * languages that the pack claims complete (law check proves it); `official:` those that the state approved.
 */
// The text for a reader in LANG ("fr"): the state's own, then the Union's, then both in English. STATE may be empty.
// at == NULL where no pack has the key.
struct span law_word(const struct law *law, struct span state, struct span key, struct span lang);
// The same without falling back to English.
struct span law_word_exact(const struct law *law, struct span state, struct span key, struct span lang);
// Each text in words/ of the pack, language by language in the order of keys.
typedef void law_word_visitor(void *context, struct span lang, struct span key, struct span text);
void pack_words_visit(const struct law *law, const struct pack *pack, law_word_visitor *visitor, void *context);
// What stands beside texts and uploads: the word KEY ("notice.long_text", "notice.attachment"), in LANG or English; at == NULL where
// the packs say nothing.
struct span law_notice(const struct law *law, struct span state, const char *key, struct span lang);
// The text of one pack in one language, without any falling back.
struct span pack_word(const struct law *law, const struct pack *pack, struct span key, struct span lang);
// Whether LANG is one of the 24 official languages of the Union.
bool language_is_official(struct span lang);

#endif
