// SPDX-License-Identifier: EUPL-1.2
/* Loading the law: packs, words, then the books compiled from them. */
#include "law/control.h"
#include "law/scope_private.h"

// The one place where compile steps are listed. Each may use what the earlier ones made.
struct err law_books_load(struct law *law, struct why *why) {
    TRY(scope_book_load(law, why));
    TRY(clocks_load(law, why));
    TRY(reminders_load(law, why));
    TRY(obligations_load(law, why));
    TRY(registry_load(law, why));
    TRY(letters_load(law, why));
    TRY(ceilings_load(law, why));
    TRY(grids_load(law, why));
    TRY(acts_load(law, why));
    TRY(offices_load(law, why));
    TRY(office_terms_load(law, why));
    TRY(catalogues_load(law, why));
    TRY(procedures_load(law, why));
    TRY(statistics_load(law, why));
    return texts_load(law, why);
}

struct err law_load(struct arena *arena, const struct embedded_file *files, size_t count, struct law **ret,
                    struct why *why) {
    struct law *law = ARENA_NEW(arena, struct law);
    if (law == NULL) return why_set(why, ERR_MEMORY, NULL, "law.memory", NULL, "no memory for the law");
    law->arena = arena;
    TRY(packs_load(law, files, count, why));
    TRY(words_load(law, why));
    TRY(law_books_load(law, why));
    *ret = law;
    return err_none();
}

size_t law_pack_count(const struct law *law) { return law->pack_count; }

const struct pack *law_pack_at(const struct law *law, size_t index) {
    return index < law->pack_count ? &law->packs[index] : NULL;
}

const struct pack *law_pack(const struct law *law, struct span id) {
    for (size_t i = 0; i < law->pack_count; i++)
        if (span_equals(law->packs[i].id, id)) return &law->packs[i];
    return NULL;
}

const struct pack *law_pack_of_state(const struct law *law, struct span state) {
    uint8_t id[11] = "national/";
    if (state.len != 2) return NULL;
    for (size_t i = 0; i < 2; i++) {
        uint8_t c = state.at[i];
        id[9 + i] = c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
    }
    return law_pack(law, span_make(id, sizeof id));
}

struct hash law_hash(const struct law *law) { return law->hash; }
