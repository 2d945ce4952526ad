// SPDX-License-Identifier: EUPL-1.2
#include "service/archive.h"

#include <zstd.h>

#include "base/json.h"
#include "law/pack.h"

enum { ARCHIVE_BYTES_MAX = 32 * 1024 * 1024, ARCHIVE_LEVEL = 9 };

// u32 length and bytes, twice a file: path, content.
static void add_part(struct buf *out, struct span part) {
    buf_add_u32(out, (uint32_t)part.len);
    buf_add(out, part);
}

static bool next_part(struct span all, size_t *at, struct span *ret) {
    if (all.len - *at < 4) return false;
    size_t len = (size_t)all.at[*at] | (size_t)all.at[*at + 1] << 8 | (size_t)all.at[*at + 2] << 16 | (size_t)all.at[*at + 3] << 24;
    if (all.len - *at - 4 < len) return false;
    *ret = span_part(all, *at + 4, *at + 4 + len);
    *at += 4 + len;
    return true;
}

static struct err describe(const struct services *services, struct arena *arena, struct span *ret) {
    struct buf buf;
    struct json_out out;
    buf_init(&buf, arena, 1024 * 1024);
    json_out_init(&out, &buf);
    json_out_array(&out);
    for (size_t i = 0; i < law_pack_count(services->law); i++) {
        const struct pack *pack = law_pack_at(services->law, i);
        struct buf hash;
        buf_init(&hash, arena, 128);
        buf_add_hex(&hash, hash_span(&pack->hash));
        json_out_object(&out);
        json_out_member_string(&out, "id", pack->id);
        json_out_member_string(&out, "version", pack->version);
        json_out_member_string(&out, "hash", buf_span(&hash));
        json_out_object_end(&out);
    }
    json_out_array_end(&out);
    if (buf.is_failed) return err_make(ERR_MEMORY);
    *ret = buf_span(&buf);
    return err_none();
}

static struct err pack_files(const struct embedded_file *files, size_t count, struct arena *arena, struct span *ret) {
    struct buf plain, packed;
    buf_init(&plain, arena, ARCHIVE_BYTES_MAX);
    for (size_t i = 0; i < count; i++) {
        add_part(&plain, span_of(files[i].path));
        add_part(&plain, span_make(files[i].bytes, files[i].size_bytes));
    }
    if (plain.is_failed) return err_make(ERR_MEMORY);
    size_t room = ZSTD_compressBound(plain.len);
    buf_init(&packed, arena, room);
    uint8_t *at = buf_extend(&packed, room);
    if (at == NULL) return err_make(ERR_MEMORY);
    size_t len = ZSTD_compress(at, room, plain.at, plain.len, ARCHIVE_LEVEL);
    if (ZSTD_isError(len)) return err_make(ERR_IO);
    *ret = span_make(at, len);
    return err_none();
}

static struct err put_in(const struct services *services, struct store_conn *conn, const struct embedded_file *files, size_t count,
                         int64_t now_ms, struct arena *arena, struct why *why) {
    struct value hash = value_blob(hash_span(&services->law_hash));
    struct rows rows;
    TRY(store_read(conn, STMT_PACK_ARCHIVE_GET, &hash, 1, arena, &rows, why));
    if (rows.count > 0) return err_none();
    struct span description, content;
    TRY(describe(services, arena, &description));
    TRY(pack_files(files, count, arena, &content));
    struct value params[] = {hash, value_text(description), value_blob(content), value_int(now_ms)};
    TRY(store_begin(conn, why));
    struct err e = store_write(conn, STMT_PACK_ARCHIVE_ADD, params, 4, NULL, why);
    if (!is_err(e)) e = store_commit(conn, why);
    if (is_err(e)) store_rollback(conn);
    return e;
}

struct err archive_put(const struct services *services, struct store_conn *conn, const struct embedded_file *files, size_t count,
                       int64_t now_ms, struct why *why) {
    struct arena arena;
    arena_init(&arena, 4 * (size_t)ARCHIVE_BYTES_MAX);
    struct err e = put_in(services, conn, files, count, now_ms, &arena, why);
    arena_fini(&arena);
    return e;
}

struct err archive_get(struct store_conn *conn, const struct hash *hash, struct arena *arena, const struct embedded_file **ret,
                       size_t *ret_count, struct why *why) {
    struct value param = value_blob(hash_span(hash));
    struct rows rows;
    TRY(store_read(conn, STMT_PACK_ARCHIVE_GET, &param, 1, arena, &rows, why));
    if (rows.count == 0) return why_set(why, ERR_NOT_FOUND, "", "archive.unknown", "", "these law packs are not in the archive");
    struct span packed = rows_span(&rows, 0, 1);
    unsigned long long size = ZSTD_getFrameContentSize(packed.at, packed.len);
    if (size > ARCHIVE_BYTES_MAX) return why_set(why, ERR_CORRUPT, "", "archive.corrupt", "", "an archived law pack can't be unpacked");
    uint8_t *plain = arena_take(arena, (size_t)size + 1);
    if (plain == NULL) return err_make(ERR_MEMORY);
    size_t len = ZSTD_decompress(plain, (size_t)size, packed.at, packed.len);
    if (ZSTD_isError(len)) return why_set(why, ERR_CORRUPT, "", "archive.corrupt", "", "an archived law pack can't be unpacked");
    struct span all = span_make(plain, len), path, content;
    size_t count = 0, at = 0;
    while (next_part(all, &at, &path) && next_part(all, &at, &content)) count++;
    struct embedded_file *files = arena_take_array(arena, count + 1, sizeof *files);
    if (files == NULL) return err_make(ERR_MEMORY);
    at = 0;
    for (size_t i = 0; i < count && next_part(all, &at, &path) && next_part(all, &at, &content); i++) {
        struct span bytes = arena_copy(arena, content); // a NUL follows, as with files in the binary
        files[i] = (struct embedded_file){.path = arena_text(arena, path), .bytes = bytes.at, .size_bytes = bytes.len};
        if (files[i].path == NULL || bytes.at == NULL) return err_make(ERR_MEMORY);
    }
    *ret = files;
    *ret_count = count;
    return err_none();
}

// --- the log's name ---

static struct err meta_get(struct store_conn *conn, const char *name, struct arena *arena, struct span *ret, struct why *why) {
    struct value param = value_text(span_of(name));
    struct rows rows;
    TRY(store_read(conn, STMT_STORE_META_GET, &param, 1, arena, &rows, why));
    *ret = rows.count == 0 ? span_make(NULL, 0) : rows_span(&rows, 0, 0);
    return err_none();
}

static struct err meta_set(struct store_conn *conn, const char *name, struct span value, struct why *why) {
    struct value params[] = {value_text(span_of(name)), value_text(value)};
    TRY(store_begin(conn, why));
    struct err e = store_write(conn, STMT_STORE_META_SET, params, 2, NULL, why);
    if (!is_err(e)) e = store_commit(conn, why);
    if (is_err(e)) store_rollback(conn);
    return e;
}

struct err archive_log_name(struct store_conn *conn, struct span name, struct arena *arena, struct why *why) {
    struct span known;
    TRY(meta_get(conn, "log.name", arena, &known, why));
    if (known.at == NULL) return meta_set(conn, "log.name", name, why);
    if (span_equals(known, name)) return err_none();
    return why_set(why, ERR_CONFLICT, "log_origin", "log.name", "", "the database holds the log %.*s, the configuration names %.*s",
                   SPAN_FMT(known), SPAN_FMT(name));
}

struct err archive_needs_rebuild(struct store_conn *conn, struct arena *arena, bool *ret, struct why *why) {
    struct span mark;
    TRY(meta_get(conn, "restore.rebuild", arena, &mark, why));
    *ret = mark.at != NULL && span_is(mark, "needed");
    return err_none();
}
