// SPDX-License-Identifier: EUPL-1.2
/*
 * How many questions the questionnaire of scope asks: for each organisation of FACTS (a file with one JSON object of facts a line) it
 * begins as the page does, with what the organisation is and where, then answers from the facts what is missing first, until there
 * is an answer or nothing is left to ask. A fact that the register lacks is answered "not known", which counts as a question too.
 * Prints for each organisation: questions, the class they lead to, the class by all its facts.
 *
 *     _questions FACTS [STATE]
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "law/scope.h"
#include "os/file.h"

enum { FIRST_QUESTIONS = 2, QUESTIONS_MAX = 40, FILE_BYTES_MAX = 256 * 1024 * 1024 };

static void need(struct err e, const struct why *why) {
    if (!is_err(e)) return;
    (void)fprintf(stderr, "questions: %s %s %s\n", err_name(e.code), why->field, why->words);
    exit(1);
}

struct asked { // what was said so far
    struct json facts;
    struct json_member members[QUESTIONS_MAX + 3];
    struct span unknown[QUESTIONS_MAX];
    size_t unknown_count, questions;
};

static void say(struct asked *asked, struct span name, const struct json *value) {
    if (value == NULL || asked->facts.count >= QUESTIONS_MAX + 3) return;
    asked->members[asked->facts.count++] = (struct json_member){.name = name, .value = *value};
}

static bool is_left_open(const struct asked *asked, struct span name) {
    for (size_t i = 0; i < asked->unknown_count; i++)
        if (span_equals(asked->unknown[i], name)) return true;
    return false;
}

static void answer_make(const struct scope_view *view, const struct law *law, const struct json *facts, struct arena *arena, struct scope_answer *ret) {
    struct why why = {0};
    const struct scope_facts *read;
    need(scope_facts_read(law, facts, arena, &read, &why), &why);
    need(scope_answer_facts(view, read, arena, ret, &why), &why);
}

// Answers the first question that is open; false where none is.
static bool question_answer(struct asked *asked, const struct json *all, const struct scope_answer *answer) {
    for (size_t i = 0; i < answer->missing_count; i++) {
        struct span name = answer->missing[i].name;
        if (is_left_open(asked, name)) continue;
        if (asked->questions >= QUESTIONS_MAX) return false;
        const struct json *value = NULL;
        for (size_t k = 0; k < all->count; k++)
            if (span_equals(all->members[k].name, name)) value = &all->members[k].value;
        if (value != NULL) say(asked, name, value);
        else asked->unknown[asked->unknown_count++] = name;
        asked->questions++;
        return true;
    }
    return false;
}

static void organisation_ask(const struct scope_view *view, const struct law *law, const struct json *all, struct arena *arena) {
    struct asked asked = {.questions = FIRST_QUESTIONS};
    struct scope_answer answer, whole;
    asked.facts = (struct json){.type = JSON_OBJECT, .members = asked.members};
    const struct json *where = json_get(all, "established_in");
    say(&asked, SPAN("types"), json_get(all, "types"));
    say(&asked, SPAN("established_in"), where);
    say(&asked, SPAN("services_in"), where);
    do answer_make(view, law, &asked.facts, arena, &answer);
    while (question_answer(&asked, all, &answer));
    answer_make(view, law, all, arena, &whole);
    (void)printf("%zu %s %s\n", asked.questions, entity_class_name(answer.class), entity_class_name(whole.class));
}

int main(int argc, char **argv) {
    struct arena arena, each;
    struct law *law = NULL;
    const struct scope_view *view = NULL;
    struct why why = {0};
    struct span text;
    if (argc < 2) return 2;
    arena_init(&arena, (size_t)1024 * 1024 * 1024);
    arena_init(&each, (size_t)LIMIT_REQUEST_ARENA_BYTES);
    need(law_load(&arena, embedded_law, embedded_law_count, &law, &why), &why);
    need(scope_view_make(law, span_of(argc > 2 ? argv[2] : "BE"), (struct civil){.year = 2026, .month = 6, .day = 1}, &arena, &view, &why), &why);
    need(file_read(&arena, argv[1], FILE_BYTES_MAX, &text, &why), &why);
    for (size_t at = 0, end; at < text.len; at = end + 1) {
        struct json all;
        end = span_find(text, '\n', at);
        arena_reset(&each);
        need(json_parse(&each, span_part(text, at, end), &all, &why), &why);
        organisation_ask(view, law, &all, &each);
    }
    arena_fini(&each);
    arena_fini(&arena);
    return 0;
}
