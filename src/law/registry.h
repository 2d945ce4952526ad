// SPDX-License-Identifier: EUPL-1.2
/*
 * What is drawn from the register for others, as the packs' registry.yaml says it: extracts of entries, and numbers of entities. Pure.
 *
 * Numbers have four levels: all, sector, sub-sector, type. An entity counts once in each place of each level; the setting of the state
 * that `setting:` names says whether one of several sectors counts in each_sector or in its first_sector alone. The total counts it
 * once in either case. Entities identified by a provision count under it as well, by class.
 */
#ifndef LAW_REGISTRY_H
#define LAW_REGISTRY_H

#include "base/json.h"
#include "base/time.h"

struct law;

struct registry_extract {
    struct span id, article, to;   // to: what forms call the recipient
    struct span access;            // article by which others read it there; that of the extract where the row says nothing
    size_t type_count, status_count, attribute_count, alike_count;
    const struct span *types, *statuses, *attributes;
    const struct span *alike; // attributes, or parts of them ("contacts.email"), by which entries of two registers may be of one entity
};
const struct registry_extract *registry_extract(const struct law *law, struct span id); // NULL where there is none
// Whether an entity of that status and these types is in it.
bool registry_extract_has(const struct registry_extract *extract, struct span status, const struct json *types);
// Its attributes of PROFILE, in the order of the row; absent ones as null.
CHECKED struct err registry_extract_of(const struct registry_extract *extract, const struct json *profile, struct arena *arena, struct json *ret);
// Whether a form that writes the register's ATTRIBUTE hides it from ROLE.
bool registry_is_hidden(const struct law *law, struct span state, struct civil at, struct span attribute, struct span role);

enum { REGISTRY_CELLS_MAX = 4096 };
struct registry_cell { // an empty name: all
    struct span provision, class, sector, subsector, type; // provision empty: whatever it is
    int64_t count;
};
struct registry_numbers {
    const struct law *law;
    struct arena *arena;
    struct span article;
    bool is_each_sector;
    size_t count;
    struct registry_cell *cells; // ordered by registry_numbers_end
};
CHECKED struct err registry_numbers_begin(const struct law *law, struct span state, struct civil at, struct arena *arena, struct registry_numbers *ret, struct why *why);
// One entity of the register; those of other statuses or classes count nowhere.
CHECKED struct err registry_numbers_add(struct registry_numbers *numbers, struct span status, struct span class, const struct json *types,
                                        const struct json *profile, struct why *why);
void registry_numbers_end(struct registry_numbers *numbers);

#endif
