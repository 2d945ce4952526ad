// SPDX-License-Identifier: EUPL-1.2
/* The only C++ file: simdjson's DOM parser, copied into a tree of ours. No exception leaves it. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wnull-dereference"
#include <simdjson.h>
#pragma GCC diagnostic pop

#include <cstdlib>
#include <cstring>
#include <new>

extern "C" {
#include "base/json.h"
#include "base/limits.h"
}

namespace {

namespace dom = simdjson::dom;

// Where we are in the document, as a JSON pointer, for the words of an error.
struct place {
    const place *parent;
    span name;
    size_t index;
    bool is_index;
};

void place_write(buf *out, const place *at) {
    if (at == nullptr) return;
    place_write(out, at->parent);
    buf_add_byte(out, '/');
    if (at->is_index) {
        buf_add_int(out, static_cast<int64_t>(at->index));
        return;
    }
    for (size_t i = 0; i < at->name.len; i++) { // RFC 6901
        if (at->name.at[i] == '~') buf_add_text(out, "~0");
        else if (at->name.at[i] == '/') buf_add_text(out, "~1");
        else buf_add_byte(out, at->name.at[i]);
    }
}

err refuse(why *reason, const place *at, const char *rule, const char *words) {
    char pointer[128];
    buf out;
    buf_init(&out, nullptr, sizeof pointer - 1);
    place_write(&out, at);
    size_t len = out.len < sizeof pointer - 1 ? out.len : sizeof pointer - 1;
    if (len > 0) std::memcpy(pointer, out.at, len);
    pointer[len] = '\0';
    buf_fini(&out);
    return why_set(reason, ERR_INPUT, pointer, rule, "RFC 8259", "%s", words);
}

struct name_ref {
    const span *name;
};

int name_order(const void *a, const void *b) {
    return span_compare(*static_cast<const name_ref *>(a)->name, *static_cast<const name_ref *>(b)->name);
}

// The first name that stands twice, or NULL. Small objects by comparing pairs, others by sorting.
const span *twice(arena *memory, const json *object, bool *ret_full) {
    *ret_full = false;
    if (object->count <= 12) {
        for (size_t i = 1; i < object->count; i++)
            for (size_t k = 0; k < i; k++)
                if (span_equals(object->members[i].name, object->members[k].name)) return &object->members[i].name;
        return nullptr;
    }
    auto *names = static_cast<name_ref *>(arena_take_array(memory, object->count, sizeof(name_ref)));
    if (names == nullptr) {
        *ret_full = true;
        return nullptr;
    }
    for (size_t i = 0; i < object->count; i++) names[i].name = &object->members[i].name;
    std::qsort(names, object->count, sizeof *names, name_order);
    for (size_t i = 1; i < object->count; i++)
        if (span_equals(*names[i].name, *names[i - 1].name)) return names[i].name;
    return nullptr;
}

err copy_value(arena *memory, dom::element element, json *ret, const place *at, size_t depth, why *reason);

err copy_array(arena *memory, dom::array array, json *ret, const place *at, size_t depth, why *reason) {
    size_t count = 0; // array.size() saturates at 2^24
    for (auto item : array) {
        (void)item;
        count++;
    }
    ret->type = JSON_ARRAY;
    ret->count = count;
    ret->items = static_cast<json *>(arena_take_array(memory, count, sizeof(json)));
    if (ret->items == nullptr) return err_make(ERR_MEMORY);
    size_t i = 0;
    for (auto item : array) {
        place here{at, span{nullptr, 0}, i, true};
        TRY(copy_value(memory, item, &ret->items[i], &here, depth, reason));
        i++;
    }
    return err_none();
}

err copy_object(arena *memory, dom::object object, json *ret, const place *at, size_t depth, why *reason) {
    size_t count = 0;
    for (auto member : object) {
        (void)member;
        count++;
    }
    ret->type = JSON_OBJECT;
    ret->count = count;
    ret->members = static_cast<json_member *>(arena_take_array(memory, count, sizeof(json_member)));
    if (ret->members == nullptr) return err_make(ERR_MEMORY);
    size_t i = 0;
    for (auto member : object) {
        json_member *copy = &ret->members[i++];
        copy->name = arena_copy(memory, span_make(member.key.data(), member.key.size()));
        if (copy->name.at == nullptr) return err_make(ERR_MEMORY);
        place here{at, copy->name, 0, false};
        TRY(copy_value(memory, member.value, &copy->value, &here, depth, reason));
    }
    bool is_full = false;
    const span *name = twice(memory, ret, &is_full);
    if (is_full) return err_make(ERR_MEMORY);
    if (name != nullptr) {
        place here{at, *name, 0, false};
        return refuse(reason, &here, "json.duplicate_key", "this name stands twice in one object");
    }
    return err_none();
}

err copy_value(arena *memory, dom::element element, json *ret, const place *at, size_t depth, why *reason) {
    if (depth > LIMIT_JSON_DEPTH) return refuse(reason, at, "json.depth", "nested too deeply");
    std::memset(ret, 0, sizeof *ret);
    switch (element.type()) {
    case dom::element_type::NULL_VALUE: ret->type = JSON_NULL; return err_none();
    case dom::element_type::BOOL:
        ret->type = JSON_BOOL;
        ret->boolean = element.get_bool().value_unsafe();
        return err_none();
    case dom::element_type::INT64:
        ret->type = JSON_INT;
        ret->integer = element.get_int64().value_unsafe();
        return err_none();
    case dom::element_type::UINT64: return refuse(reason, at, "json.number", "this integer is too large");
    case dom::element_type::DOUBLE:
        ret->type = JSON_REAL;
        ret->real = element.get_double().value_unsafe();
        return err_none();
    case dom::element_type::STRING: {
        auto text = element.get_string().value_unsafe();
        ret->type = JSON_STRING;
        ret->string = arena_copy(memory, span_make(text.data(), text.size()));
        return ret->string.at == nullptr ? err_make(ERR_MEMORY) : err_none();
    }
    case dom::element_type::ARRAY:
        return copy_array(memory, element.get_array().value_unsafe(), ret, at, depth + 1, reason);
    case dom::element_type::OBJECT:
        return copy_object(memory, element.get_object().value_unsafe(), ret, at, depth + 1, reason);
    }
    return refuse(reason, at, "json.syntax", "not a JSON value");
}

thread_local dom::parser *parser_of_thread = nullptr; // one a thread, kept as long as the process lives

} // namespace

extern "C" err json_parse(arena *memory, span text, json *ret, why *reason) {
    return json_parse_within(memory, text, LIMIT_JSON_BYTES, ret, reason);
}

extern "C" err json_parse_within(arena *memory, span text, size_t max_bytes, json *ret, why *reason) {
    if (text.len > max_bytes || text.len > LIMIT_RECEIPT_BYTES)
        return why_set(reason, ERR_LIMIT, "", "json.size", "", "the document has %zu bytes, at most %zu are read", text.len,
                       max_bytes);
    if (parser_of_thread == nullptr) parser_of_thread = new (std::nothrow) dom::parser(LIMIT_RECEIPT_BYTES);
    if (parser_of_thread == nullptr) return err_make(ERR_MEMORY);
    if (text.len == 0) return refuse(reason, nullptr, "json.syntax", "the document is empty");
    dom::element root;
    auto error = parser_of_thread->parse(text.at, text.len, true).get(root);
    if (error == simdjson::UTF8_ERROR) return refuse(reason, nullptr, "json.utf8", "the document is not well-formed UTF-8");
    if (error == simdjson::DEPTH_ERROR) return refuse(reason, nullptr, "json.depth", "nested too deeply");
    if (error == simdjson::NUMBER_ERROR)
        return refuse(reason, nullptr, "json.number", "a number is malformed or too large");
    if (error == simdjson::MEMALLOC) return err_make(ERR_MEMORY);
    if (error) return refuse(reason, nullptr, "json.syntax", simdjson::error_message(error));
    return copy_value(memory, root, ret, nullptr, 0, reason);
}
