// SPDX-License-Identifier: EUPL-1.2
#include "cli/print.h"

#include <unistd.h>

#include "base/limits.h"
#include "os/clock.h"
#include "os/file.h"

struct err input_read(struct arena *arena, const char *path, size_t limit_bytes, struct span *ret, struct why *why) {
    if (strcmp(path, "-") != 0) return file_read(arena, path, limit_bytes, ret, why);
    struct buf buf;
    buf_init(&buf, arena, limit_bytes);
    uint8_t chunk[16384];
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, stdin)) > 0;) buf_add(&buf, span_make(chunk, n));
    if (ferror(stdin)) return why_set(why, ERR_IO, "", "input.read", "", "standard input can't be read");
    if (buf.is_failed) return why_set(why, ERR_LIMIT, "", "input.size", "", "standard input has more than %zu bytes", limit_bytes);
    *ret = buf_span(&buf);
    return err_none();
}

struct err input_read_json(struct arena *arena, const char *path, struct json *ret, struct why *why) {
    struct span text;
    TRY(input_read(arena, path, LIMIT_JSON_BYTES, &text, why));
    return json_parse(arena, text, ret, why);
}

void print_span(struct span text) {
    if (text.len > 0) (void)fwrite(text.at, 1, text.len, stdout);
}

void print_json(const struct json *value) {
    struct buf buf;
    buf_init(&buf, NULL, 64 * 1024 * 1024);
    struct json_out out;
    json_out_init(&out, &buf);
    json_out_value(&out, value);
    print_span(buf_span(&buf));
    (void)putchar('\n');
    buf_fini(&buf);
}

static bool is_nothing(const struct json *value) {
    if (value->type == JSON_NULL) return true;
    if (value->type == JSON_STRING) return value->string.len == 0;
    return (value->type == JSON_ARRAY || value->type == JSON_OBJECT) && value->count == 0;
}

// Text from elsewhere on a terminal: control characters could move the cursor or change what stood before.
static void print_plain(struct span text, int indent) {
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.at[i];
        if (c == '\n') (void)printf("\n%*s", indent, "");
        else if (c == 0xc2 && i + 1 < text.len && text.at[i + 1] < 0xa0) i++; // a control of U+0080..U+009F
        else if (c >= 0x20 && c != 0x7f) (void)putchar(c);
    }
}

static void print_scalar(const struct json *value, int indent) {
    switch (value->type) {
    case JSON_BOOL: (void)fputs(value->boolean ? "yes" : "no", stdout); break;
    case JSON_INT: (void)printf("%lld", (long long)value->integer); break;
    case JSON_REAL: (void)printf("%.15g", value->real); break;
    case JSON_STRING: print_plain(value->string, indent); break;
    case JSON_NULL:
    case JSON_ARRAY:
    case JSON_OBJECT: break;
    }
    (void)putchar('\n');
}

static void print_inside(const struct json *value, int indent) {
    if (value->type == JSON_OBJECT) {
        for (size_t i = 0; i < value->count; i++) {
            const struct json_member *member = &value->members[i];
            if (is_nothing(&member->value)) continue;
            (void)printf("%*s", indent, "");
            print_plain(member->name, indent);
            bool is_nested = member->value.type == JSON_ARRAY || member->value.type == JSON_OBJECT;
            (void)fputs(is_nested ? ":\n" : ": ", stdout);
            if (is_nested) print_inside(&member->value, indent + 2);
            else print_scalar(&member->value, indent + 2);
        }
    } else if (value->type == JSON_ARRAY) {
        for (size_t i = 0; i < value->count; i++) {
            const struct json *item = &value->items[i];
            if (is_nothing(item)) continue;
            if (item->type == JSON_OBJECT || item->type == JSON_ARRAY) {
                (void)printf("%*s-\n", indent, "");
                print_inside(item, indent + 2);
            } else {
                (void)printf("%*s- ", indent, "");
                print_scalar(item, indent + 2);
            }
        }
    } else {
        print_scalar(value, indent);
    }
}

void print_readable(const struct json *value) { print_inside(value, 0); }

void progress_begin(struct progress *progress, const char *title) {
    *progress = (struct progress){.title = title, .is_shown = isatty(STDERR_FILENO) == 1};
}

void progress_step(struct progress *progress, size_t done, size_t total) {
    if (!progress->is_shown) return;
    int64_t now_ms = clock_monotonic_ms();
    if (now_ms - progress->last_ms < 100 && done != total) return;
    progress->last_ms = now_ms;
    if (total > 0) (void)fprintf(stderr, "\r%s: %zu of %zu (%zu %%)\033[K", progress->title, done, total, done * 100 / total);
    else (void)fprintf(stderr, "\r%s: %zu\033[K", progress->title, done);
    (void)fflush(stderr);
}

void progress_end(struct progress *progress) {
    if (progress->is_shown) (void)fputs("\r\033[K", stderr);
    progress->is_shown = false;
}
