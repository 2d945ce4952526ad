// SPDX-License-Identifier: EUPL-1.2
/*
 * What the packs and the program say in English, said in another language. An English text of a pack's row is found by itself, so that
 * whoever shows a duty, a message or a reason needs no key; a sentence of the program is found by its template among the words
 * `sentence.NAME` ("The text has {count} characters; {least} to {most} are taken."), whose parts in braces are carried over. A part
 * called {label..} is itself a text of a pack and is said in that language too.
 */
#ifndef LAW_TRANSLATE_H
#define LAW_TRANSLATE_H

#include "law/pack.h"

// ENGLISH in LANG; ENGLISH itself where the packs don't say it, and where ARENA is full.
struct span law_say(const struct law *law, struct span state, struct span english, struct span lang, struct arena *arena);
// The same of a text that stands in a row of a pack, no sentence of the program.
struct span law_say_row(const struct law *law, struct span state, struct span english, struct span lang);
// Whether the packs (the state's, or the Union's) have words in LANG at all. English always.
bool law_speaks(const struct law *law, struct span state, struct span lang);
// What PACK says for the text ENGLISH under KEY: its own word, or for a state's text the Union's for the same text; at == NULL without.
struct span pack_say(const struct law *law, const struct pack *pack, struct span key, struct span english, struct span lang);
// Whether LANG is an official language of the state, as its profile says. That alone approves nothing.
bool law_language_is_of_state(const struct law *law, struct span state, struct span lang);
// Whether the state approved the packs' texts in LANG: its pack.yaml names it in `official:`. Otherwise they are a courtesy.
bool law_language_is_approved(const struct law *law, struct span state, struct span lang);

#endif
