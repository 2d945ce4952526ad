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
// Whether the packs (the state's, or the Union's) have words in LANG at all. English always.
bool law_speaks(const struct law *law, struct span state, struct span lang);
// Whether the state approved the packs' texts in LANG: its pack.yaml names it in `official:`. Otherwise they are a courtesy.
bool law_language_is_approved(const struct law *law, struct span state, struct span lang);

#endif
