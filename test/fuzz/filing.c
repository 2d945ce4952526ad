// SPDX-License-Identifier: EUPL-1.2
/*
 * Any JSON as the fields of any document: accepted or refused with faults, never an error; what is accepted is canonical, and
 * sent again as it was typed it becomes the same values. The first byte chooses the document.
 */
#include <assert.h>

#include "law/json_tree.h"
#include "law/pack.h"
#include "law/procedure.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct {
    const char *procedure, *document, *role;
} DOCUMENTS[] = {
    {"incident", "early_warning", "entity"},       {"incident", "notification", "entity"},
    {"incident", "final_report", "entity"},        {"incident", "voluntary_notification", "anyone"},
    {"registration", "registration", "entity"},    {"registration", "change_notice", "entity"},
    {"registration", "split", "ca"},               {"incident", "intermediate_request", "csirt"},
};

// Values as they could have been sent: instants as declared, nothing for null.
static struct json as_sent(struct json_tree *tree, const struct json *value) {
    struct json out = *value;
    if (value->type == JSON_OBJECT && json_get(value, "declared") != NULL && value->count == 2) return *json_get(value, "declared");
    if (value->type == JSON_ARRAY) {
        out = json_array();
        for (size_t i = 0; i < value->count; i++) (void)json_tree_push(tree, &out, as_sent(tree, &value->items[i]));
    } else if (value->type == JSON_OBJECT) {
        out = json_object();
        for (size_t i = 0; i < value->count; i++)
            if (!json_is_null(&value->members[i].value))
                (void)json_tree_add(tree, &out, value->members[i].name, as_sent(tree, &value->members[i].value));
    }
    return out;
}

static struct span canonical(struct arena *arena, const struct json *value) {
    struct buf out;
    buf_init(&out, arena, 8 * 1024 * 1024);
    struct err e = json_canonical(&out, value);
    assert(!is_err(e));
    return buf_span(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct arena program;
    static struct law *law;
    if (law == NULL) {
        arena_init(&program, 128 * 1024 * 1024);
        struct err e = law_load(&program, embedded_law, embedded_law_count, &law, NULL);
        assert(!is_err(e));
    }
    if (size < 1) return 0;
    struct arena arena;
    arena_init(&arena, 64 * 1024 * 1024);
    struct json fields;
    if (!is_err(json_parse(&arena, span_make(data + 1, size - 1), &fields, NULL))) {
        size_t which = data[0] % (sizeof DOCUMENTS / sizeof DOCUMENTS[0]);
        struct procedure_input input = {.law = law,
                                        .state = data[0] & 0x80 ? SPAN("IT") : SPAN("LU"),
                                        .at = {.year = 2026, .month = 11, .day = 21},
                                        .procedure = span_of(DOCUMENTS[which].procedure),
                                        .document = span_of(DOCUMENTS[which].document),
                                        .filer_role = span_of(DOCUMENTS[which].role),
                                        .fields = &fields,
                                        .received_at = {.ms = 1795219200000},
                                        .recorded_ms = 1795219200000,
                                        .filing_id = SPAN("F0000000000000001"),
                                        .case_id = SPAN("C0000000000000001"),
                                        .entity_id = SPAN("E0000000000000001")};
        struct procedure_decision one, two;
        struct err e = procedure_decide(&input, &arena, &one, NULL);
        assert(!is_err(e) && one.is_accepted == (one.fault_count == 0));
        if (one.is_accepted) {
            struct json_tree tree = {.arena = &arena};
            struct json again = as_sent(&tree, one.values);
            input.fields = &again;
            e = procedure_decide(&input, &arena, &two, NULL);
            assert(!is_err(e) && two.is_accepted);
            assert(span_equals(canonical(&arena, one.values), canonical(&arena, two.values)));
            assert(span_equals(canonical(&arena, one.case_state), canonical(&arena, two.case_state)));
        }
    }
    arena_fini(&arena);
    return 0;
}
