// SPDX-License-Identifier: EUPL-1.2
#include "role/keys_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/file.h"
#include "os/random.h"
#include "record/text.h"

enum { KEY_FILE_BYTES_MAX = 512, PATHS_BYTES = 64 * 1024, KEYS_SEED_BYTES = crypto_sign_SEEDBYTES };

static struct err fail(struct why *why, const char *path, const char *act) {
    char words[128];
    const char *text = strerror_r(errno, words, sizeof words);
    return why_set(why, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "", "keys.file", "", "%s: cannot %s: %s", path, act, text);
}

static struct err refuse(struct why *why, const char *path, const char *words) {
    return why_set(why, ERR_CORRUPT, "", "keys.file", "", "%s: %s", path, words);
}

// --- making ---

static struct err key_write(const char *path, const char *name, const uint8_t seed[KEYS_SEED_BYTES], struct why *why) {
    struct buf text;
    buf_init(&text, NULL, KEY_FILE_BYTES_MAX);
    (void)buf_extend(&text, KEY_FILE_BYTES_MAX); // so that it never moves and leaves no copy of the seed behind
    buf_clear(&text);
    buf_printf(&text, "varde-signing-key/1\nname %s\nseed ", name);
    buf_add_base64(&text, span_make(seed, KEYS_SEED_BYTES));
    buf_add_text(&text, "\n");
    struct err e = text.is_failed ? err_make(ERR_MEMORY) : file_create(path, buf_span(&text), 0600, why);
    if (text.at != NULL) sodium_memzero(text.at, text.capacity);
    buf_fini(&text);
    return e;
}

// All slots are written now, so that later ones change no metadata; the first holds the empty log.
static struct err ring_write(const char *path, const struct keys_memory *memory, struct why *why) {
    uint8_t *ring = mem_take((size_t)KEYS_SLOTS * KEYS_SLOT_BYTES);
    if (ring == NULL) return err_make(ERR_MEMORY);
    memset(ring, 0, (size_t)KEYS_SLOTS * KEYS_SLOT_BYTES);
    keys_slot_write(memory, ring + memory->sequence % KEYS_SLOTS * KEYS_SLOT_BYTES);
    struct err e = file_write(path, span_make(ring, (size_t)KEYS_SLOTS * KEYS_SLOT_BYTES), 0600, why);
    mem_give(ring);
    return e;
}

static struct err create_with_seed(struct arena *arena, const char *dir, const char *name, const uint8_t *seed,
                                   struct buf *ret_key_text, struct why *why) {
    const char *key_path = path_join(arena, dir, "signing.key"), *public_path = path_join(arena, dir, "log.vkey");
    const char *heads_path = path_join(arena, dir, "heads");
    uint8_t public_key[NOTE_PUBLIC_BYTES], secret[NOTE_SECRET_BYTES];
    struct buf text;
    if (key_path == NULL || public_path == NULL || heads_path == NULL) return err_make(ERR_MEMORY);
    if (file_exists(key_path)) return why_set(why, ERR_CONFLICT, "", "keys.file", "", "%s: there is a key already", key_path);
    (void)crypto_sign_seed_keypair(public_key, secret, seed);
    sodium_memzero(secret, sizeof secret);
    struct verifier_key key = verifier_key_make(KEY_LOG, span_of(name), public_key);
    struct keys_memory memory = keys_memory_first(span_of(name), 0);
    buf_init(&text, arena, NOTE_KEY_TEXT_BYTES_MAX + 1);
    verifier_key_write(&text, &key);
    if (ret_key_text != NULL) buf_add(ret_key_text, buf_span(&text));
    buf_add_text(&text, "\n");
    TRY(ring_write(heads_path, &memory, why)); // first: a key never stands without its heads
    TRY(file_write(public_path, buf_span(&text), 0644, why));
    return key_write(key_path, name, seed, why);
}

struct err keys_create(const char *dir, const char *name, struct buf *ret_key_text, struct why *why) {
    struct arena arena;
    uint8_t seed[KEYS_SEED_BYTES];
    if (sodium_init() < 0) return err_make(ERR_IO);
    if (!note_name_is_valid(span_of(name)) || strlen(name) > KEYS_NAME_BYTES_MAX)
        return why_set(why, ERR_INPUT, "name", "keys.name", "C2SP signed-note",
                       "a log's name has 1 to %d bytes without spaces and '+', such as varde.example.eu/log", KEYS_NAME_BYTES_MAX);
    random_bytes(seed, sizeof seed);
    arena_init(&arena, PATHS_BYTES);
    struct err e = create_with_seed(&arena, dir, name, seed, ret_key_text, why);
    arena_fini(&arena);
    sodium_memzero(seed, sizeof seed);
    return e;
}

// --- loading ---

// Reads the file into TEXT, which is locked memory.
static struct err key_read(const char *path, uint8_t *text, size_t *ret_len, struct why *why) {
    struct stat about;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) return fail(why, path, "open");
    struct err e = err_none();
    ssize_t got = 0;
    if (fstat(fd, &about) != 0) e = fail(why, path, "look at it");
    else if (!S_ISREG(about.st_mode) || (about.st_mode & 077) != 0)
        e = refuse(why, path, "others than its owner may read or write the key: set its mode to 0600 and consider it known");
    else if ((got = read(fd, text, KEY_FILE_BYTES_MAX)) < 0) e = fail(why, path, "read");
    (void)close(fd);
    *ret_len = got > 0 ? (size_t)got : 0;
    return e;
}

static struct err key_parse(const char *path, struct span text, struct keys_file *ret, struct why *why) {
    const struct span name_word = SPAN("name "), seed_word = SPAN("seed ");
    struct span format, name, seed;
    size_t at = 0;
    if (!line_take(text, &at, &format) || !span_is(format, "varde-signing-key/1") || !line_take(text, &at, &name) ||
        !span_starts_with(name, name_word) || !line_take(text, &at, &seed) || !span_starts_with(seed, seed_word) ||
        at != text.len)
        return refuse(why, path, "this is not a signing key");
    name = span_part(name, name_word.len, name.len);
    if (!note_name_is_valid(name) || name.len > KEYS_NAME_BYTES_MAX) return refuse(why, path, "the key's name is not valid");
    uint8_t public_key[NOTE_PUBLIC_BYTES], bytes[KEYS_SEED_BYTES]; // libsodium wants the seed apart from the secret
    bool is_seed = base64_exact(span_part(seed, seed_word.len, seed.len), bytes, sizeof bytes);
    if (is_seed) (void)crypto_sign_seed_keypair(public_key, ret->secret, bytes);
    sodium_memzero(bytes, sizeof bytes);
    if (!is_seed) return refuse(why, path, "the seed is not the base64 of 32 bytes");
    memcpy(ret->state.name, name.at, name.len);
    return err_none();
}

static struct err key_load(const char *path, struct keys_file *ret, struct why *why) {
    size_t len = 0;
    uint8_t *text = sodium_malloc(KEY_FILE_BYTES_MAX);
    ret->secret = sodium_malloc(NOTE_SECRET_BYTES);
    struct err e = text == NULL || ret->secret == NULL ? err_make(ERR_MEMORY) : key_read(path, text, &len, why);
    if (!is_err(e)) e = key_parse(path, span_make(text, len), ret, why);
    if (!is_err(e)) {
        (void)sodium_mprotect_readonly(ret->secret);
        ret->state.secret = ret->secret;
    }
    sodium_free(text); // wipes it
    return e;
}

static struct err ring_read(const char *path, struct keys_file *ret, struct why *why) {
    uint8_t slot[KEYS_SLOT_BYTES];
    bool has_memory = false;
    for (size_t i = 0; i < KEYS_SLOTS; i++) {
        struct keys_memory memory;
        ssize_t got = pread(ret->heads_fd, slot, sizeof slot, (off_t)(i * sizeof slot));
        if (got < 0) return fail(why, path, "read");
        if ((size_t)got != sizeof slot) return refuse(why, path, "the ring of heads is shorter than it was made");
        if (is_err(keys_slot_read(slot, &memory))) continue; // never used, or torn by a crash before it counted
        if (has_memory && memory.sequence < ret->state.memory.sequence) continue;
        ret->state.memory = memory;
        has_memory = true;
    }
    if (!has_memory) return refuse(why, path, "no head can be read: what was signed last is not known any more");
    if (epoch_of_origin(span_of(ret->state.name), span_of(ret->state.memory.origin)) == 0)
        return refuse(why, path, "these are the heads of another log than the key's");
    return err_none();
}

static struct err ring_open(const char *path, struct keys_file *ret, struct why *why) {
    ret->heads_fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (ret->heads_fd < 0) return fail(why, path, "open");
    if (flock(ret->heads_fd, LOCK_EX | LOCK_NB) == 0) return err_none();
    return why_set(why, ERR_BUSY, "", "keys.busy", "", "%s: another process holds this key: is the node running?", path);
}

void keys_close(struct keys_file *file) {
    if (file->heads_fd >= 0) (void)close(file->heads_fd);
    sodium_free(file->secret);
    *file = (struct keys_file){.heads_fd = -1};
}

static struct err open_both(const char *dir, bool has_lost_heads, struct keys_file *ret, struct why *why) {
    struct arena arena;
    *ret = (struct keys_file){.heads_fd = -1};
    if (sodium_init() < 0) return err_make(ERR_IO);
    arena_init(&arena, PATHS_BYTES);
    const char *key_path = path_join(&arena, dir, "signing.key"), *heads_path = path_join(&arena, dir, "heads");
    struct err e = key_path == NULL || heads_path == NULL ? err_make(ERR_MEMORY) : key_load(key_path, ret, why);
    if (!is_err(e)) {
        struct why ring_why = {0};
        e = ring_open(heads_path, ret, &ring_why);
        if (!is_err(e)) e = ring_read(heads_path, ret, &ring_why);
        if (has_lost_heads && (e.code == ERR_NOT_FOUND || e.code == ERR_CORRUPT)) e = err_none();
        else if (has_lost_heads && !is_err(e)) e = refuse(why, heads_path, "the heads are there and can be read");
        else if (is_err(e)) (void)why_set(why, e.code, "", ring_why.rule, "", "%s", ring_why.words);
    }
    arena_fini(&arena);
    if (is_err(e)) keys_close(ret);
    return e;
}

struct err keys_open(const char *dir, struct keys_file *ret, struct why *why) { return open_both(dir, false, ret, why); }

// --- remembering ---

static struct err slot_put(struct keys_file *file, const struct keys_memory *memory, struct why *why) {
    uint8_t slot[KEYS_SLOT_BYTES];
    keys_slot_write(memory, slot);
    ssize_t put = pwrite(file->heads_fd, slot, sizeof slot, (off_t)(memory->sequence % KEYS_SLOTS * sizeof slot));
    if (put != (ssize_t)sizeof slot || fdatasync(file->heads_fd) != 0) return fail(why, "heads", "write");
    return err_none();
}

struct err keys_remember(struct keys_file *file, const struct keys_decision *decision, struct why *why) {
    TRY(slot_put(file, &decision->next, why));
    keys_remembered(&file->state, decision);
    return err_none();
}

// --- a new epoch ---

// The command may run as root for a node that does not: what it makes belongs to whom the key belongs.
static struct err owner_take(const char *path, const char *key_path, struct why *why) {
    struct stat key;
    if (stat(key_path, &key) != 0 || (key.st_uid != geteuid() && chown(path, key.st_uid, key.st_gid) != 0))
        return fail(why, path, "give it to the owner of the key");
    return err_none();
}

// The head to name: what this key remembers, or a later one that a witness shows and that this key signed.
static struct err last_head(const struct keys_file *file, const struct keys_epoch_request *request, struct arena *arena,
                            struct log_head *ret, struct why *why) {
    struct note note;
    struct checkpoint seen;
    if (!request->has_lost_heads)
        *ret = (struct log_head){span_of(file->state.memory.origin), file->state.memory.size, file->state.memory.root};
    if (request->witnessed.at == NULL) {
        if (!request->has_lost_heads) return err_none();
        return why_set(why, ERR_INPUT, "witnessed", "log.epoch", "",
                       "without its own heads the key needs the last head that a witness has seen");
    }
    TRY(note_parse(arena, request->witnessed, &note, why));
    TRY(checkpoint_parse(note.body, &seen, why));
    struct verifier_key own = verifier_key_make(KEY_LOG, span_of(file->state.name), file->secret + 32);
    if (note_verify_log(&note, &own, seen.origin) != NOTE_VALID)
        return why_set(why, ERR_INPUT, "witnessed", "log.epoch", "", "the head that was given is not signed by this key");
    if (!request->has_lost_heads && !span_equals(seen.origin, ret->origin))
        return why_set(why, ERR_INPUT, "witnessed", "log.epoch", "", "the head that was given is of another epoch than %s",
                       file->state.memory.origin);
    if (request->has_lost_heads || seen.size > ret->size)
        *ret = (struct log_head){.origin = seen.origin, .size = seen.size, .root = seen.root};
    return err_none();
}

static struct err epoch_begin(const char *dir, struct keys_file *file, const struct keys_epoch_request *request,
                              struct arena *arena, struct buf *statement, struct why *why) {
    struct epoch epoch = {.time_ms = request->now_ms, .reason = request->reason};
    struct buf origin, text;
    TRY(last_head(file, request, arena, &epoch.last, why));
    uint64_t number = epoch_of_origin(span_of(file->state.name), epoch.last.origin) + 1;
    buf_init(&origin, arena, NOTE_NAME_BYTES_MAX);
    epoch_origin_write(&origin, span_of(file->state.name), number);
    epoch.origin = buf_span(&origin);
    buf_init(&text, arena, 2 * EPOCH_BYTES_MAX);
    TRY(epoch_sign(&text, &epoch, span_of(file->state.name), file->secret, why));
    struct span name = arena_printf(arena, "epoch-%llu.note", (unsigned long long)number);
    const char *path = name.at == NULL ? NULL : path_join(arena, dir, (const char *)name.at);
    if (path == NULL || origin.is_failed) return err_make(ERR_MEMORY);
    const char *heads_path = path_join(arena, dir, "heads"), *key_path = path_join(arena, dir, "signing.key");
    if (heads_path == NULL || key_path == NULL) return err_make(ERR_MEMORY);
    TRY(file_write(path, buf_span(&text), 0644, why)); // before the ring: an epoch never begins without its statement
    TRY(owner_take(path, key_path, why));
    struct keys_memory first = keys_memory_first(epoch.origin, file->state.memory.sequence + 1);
    if (request->has_lost_heads) {
        TRY(ring_write(heads_path, &first, why));
        TRY(owner_take(heads_path, key_path, why));
    } else {
        TRY(slot_put(file, &first, why));
    }
    file->state.memory = first;
    buf_add(statement, buf_span(&text));
    return statement->is_failed ? err_make(ERR_MEMORY) : err_none();
}

struct err keys_open_epoch(const char *dir, const struct keys_epoch_request *request, struct buf *statement,
                           struct why *why) {
    struct keys_file file;
    struct arena arena;
    TRY(open_both(dir, request->has_lost_heads, &file, why));
    arena_init(&arena, 256 * 1024);
    struct err e = epoch_begin(dir, &file, request, &arena, statement, why);
    arena_fini(&arena);
    keys_close(&file);
    return e;
}
