// SPDX-License-Identifier: EUPL-1.2
/* Finding packs among files, reading them, and hashing them. */
#include <stdlib.h>

#include "law/law_private.h"

enum { PACKS_MAX = 256, PACK_FILES_MAX = 1024 };

struct source {
    struct span pack; // id
    struct span path; // whole
    const struct embedded_file *file;
    struct span tree; // as the build packed it; empty: the file is to be parsed
};

static int source_order(const void *a, const void *b) {
    const struct source *x = a, *y = b;
    int order = span_compare(x->pack, y->pack);
    return order != 0 ? order : span_compare(x->path, y->path);
}

// "eu/nis2/size.yaml" -> "eu/nis2"; "calendars/be.yaml" -> "calendars"; empty where the file is in no directory.
static struct span pack_id_of(struct span path) {
    size_t slash = span_find(path, '/', 0);
    if (slash == path.len) return span_make(NULL, 0);
    struct span top = span_part(path, 0, slash);
    if (!span_is(top, "eu") && !span_is(top, "national")) return top;
    size_t second = span_find(path, '/', slash + 1);
    return second == path.len ? span_make(NULL, 0) : span_part(path, 0, second);
}

static struct err read_manifest(struct pack *pack, struct why *why) {
    const struct yaml *root = pack_file_root(pack, "pack.yaml");
    pack->manifest = root;
    pack->title = pack->id;
    pack->version = SPAN("");
    bool is_needed = span_starts_with(pack->id, SPAN("eu/")) || span_starts_with(pack->id, SPAN("national/"));
    if (root == NULL)
        return is_needed ? why_set(why, ERR_INPUT, NULL, "pack.manifest", NULL, "%.*s: the pack has no pack.yaml",
                                   SPAN_FMT(pack->id))
                         : err_none();
    if (root->type != YAML_MAPPING) return yaml_refuse(root, why, "pack.manifest", "a mapping is expected");
    struct span id = yaml_get_text(root, "id");
    if (!span_equals(id, pack->id))
        return yaml_refuse(root, why, "pack.id", "id is \"%.*s\", the directory says \"%.*s\"", SPAN_FMT(id),
                           SPAN_FMT(pack->id));
    pack->title = yaml_get_text(root, "title");
    pack->version = yaml_get_text(root, "version");
    if (pack->title.len == 0 || pack->version.len == 0)
        return yaml_refuse(root, why, "pack.manifest", "title and version are needed");
    const struct yaml *from = yaml_get(root, "from");
    if (yaml_is_null(from)) return err_none();
    if (from->type != YAML_SCALAR || !civil_parse(from->text, &pack->from))
        return yaml_refuse(from, why, "pack.from", "a date like 2024-10-18 is expected");
    pack->has_from = true;
    return err_none();
}

// Reads one pack from its COUNT sources, which are in order of path.
static struct err read_pack(struct arena *arena, const struct source *sources, size_t count, struct pack *pack,
                            struct why *why) {
    if (count > PACK_FILES_MAX)
        return why_set(why, ERR_LIMIT, NULL, "pack.files", NULL, "%.*s: more than %d files", SPAN_FMT(sources->pack),
                       (int)PACK_FILES_MAX);
    struct pack_file *files = arena_take_array(arena, count, sizeof *files);
    struct span *parts = arena_take_array(arena, count * 3, sizeof *parts);
    uint8_t(*sizes)[9] = arena_take_array(arena, count, sizeof *sizes);
    if (files == NULL || parts == NULL || sizes == NULL) return err_make(ERR_MEMORY);
    pack->id = sources->pack;
    for (size_t i = 0; i < count; i++) {
        const struct embedded_file *file = sources[i].file;
        struct yaml *root = ARENA_NEW(arena, struct yaml);
        if (root == NULL) return err_make(ERR_MEMORY);
        struct span bytes = span_make(file->bytes, file->size_bytes);
        TRY(sources[i].tree.len > 0 ? yaml_unpack(arena, file->path, sources[i].tree, root) : yaml_load(arena, file->path, bytes, root, why));
        struct span path = span_part(sources[i].path, pack->id.len + 1, sources[i].path.len);
        files[i] = (struct pack_file){.path = path, .root = root, .hash = hash_sha256(bytes), .is_added = file->is_added};
        sizes[i][0] = 0; // ends the path
        for (size_t k = 0; k < 8; k++) sizes[i][1 + k] = (uint8_t)((uint64_t)bytes.len >> (8 * k));
        parts[3 * i] = path;
        parts[3 * i + 1] = span_make(sizes[i], sizeof sizes[i]);
        parts[3 * i + 2] = bytes;
    }
    pack->files = files;
    pack->file_count = count;
    pack->hash = hash_sha256_parts(parts, count * 3);
    return read_manifest(pack, why);
}

static struct err hash_all(struct law *law) {
    struct span *parts = arena_take_array(law->arena, law->pack_count * 2 + 1, sizeof *parts);
    if (parts == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < law->pack_count; i++) {
        parts[2 * i] = law->packs[i].id;
        parts[2 * i + 1] = hash_span(&law->packs[i].hash);
    }
    law->hash = hash_sha256_parts(parts, law->pack_count * 2);
    return err_none();
}

// The program's own files have their trees with them.
static struct span tree_of(const struct embedded_file *file, size_t index) {
    if (index >= embedded_law_count || file->bytes != embedded_law[index].bytes) return span_make(NULL, 0);
    return span_make(embedded_law_trees[index].bytes, embedded_law_trees[index].size_bytes);
}

struct err packs_load(struct law *law, const struct embedded_file *files, size_t count, struct why *why) {
    struct source *sources = arena_take_array(law->arena, count + 1, sizeof *sources);
    if (sources == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < count; i++) {
        struct span path = span_of(files[i].path);
        sources[i] = (struct source){.pack = pack_id_of(path), .path = path, .file = &files[i], .tree = tree_of(&files[i], i)};
        if (sources[i].pack.len == 0)
            return why_set(why, ERR_INPUT, NULL, "pack.place", NULL, "%s: the file is in no pack", files[i].path);
    }
    qsort(sources, count, sizeof *sources, source_order);
    size_t pack_count = 0;
    for (size_t i = 0; i < count; i++)
        if (i == 0 || !span_equals(sources[i].pack, sources[i - 1].pack)) pack_count++;
    if (pack_count > PACKS_MAX)
        return why_set(why, ERR_LIMIT, NULL, "pack.count", NULL, "more than %d packs", (int)PACKS_MAX);
    law->packs = arena_take_array(law->arena, pack_count + 1, sizeof *law->packs);
    if (law->packs == NULL) return err_make(ERR_MEMORY);
    for (size_t i = 0; i < count;) {
        size_t end = i + 1;
        while (end < count && span_equals(sources[end].pack, sources[i].pack)) end++;
        TRY(read_pack(law->arena, &sources[i], end - i, &law->packs[law->pack_count], why));
        law->pack_count++;
        i = end;
    }
    return hash_all(law);
}

const struct yaml *pack_file_root(const struct pack *pack, const char *file) {
    if (pack == NULL) return NULL;
    for (size_t i = 0; i < pack->file_count; i++)
        if (span_is(pack->files[i].path, file)) return pack->files[i].root;
    return NULL;
}

bool pack_file_is_under(const struct pack_file *file, const char *folder) {
    return span_starts_with(file->path, span_of(folder));
}

struct span law_zone(const struct law *law, struct span state) {
    const struct yaml *zones = yaml_get(pack_file_root(law_pack(law, SPAN("calendars")), "zones.yaml"), "zones");
    for (size_t i = 0; zones != NULL && zones->type == YAML_MAPPING && i < zones->count; i++)
        if (span_equals(zones->pairs[i].name, state)) return zones->pairs[i].value.text;
    return span_make(NULL, 0);
}
