// SPDX-License-Identifier: EUPL-1.2
/* varde file: files a document at a node and keeps the receipt. */
#include "base/limits.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "os/file.h"
#include "os/random.h"

enum { FILING_ARENA_BYTES = 256 * 1024 * 1024, PATH_BYTES = 2048 };

// All values of an option that are NAME=VALUE, as texts.
static struct err pairs_write(const struct call *call, const char *option, struct json_out *out, struct why *why) {
    size_t at = 0;
    for (const char *text; (text = call_option_next(call, option, &at)) != NULL;) {
        struct span pair = span_of(text);
        size_t equals = span_find(pair, '=', 0);
        if (equals == 0 || equals == pair.len) return why_set(why, ERR_INPUT, "", "file.set", "", "%s %s is not NAME=VALUE", option, text);
        json_out_name_span(out, span_part(pair, 0, equals));
        json_out_string(out, span_part(pair, equals + 1, pair.len));
    }
    return err_none();
}

// The fields of the file, then those of --set; a --set of a name that the file has is refused by the node as a duplicate.
static struct err fields_write(const struct call *call, struct arena *arena, struct json_out *out, struct why *why) {
    struct json fields = {.type = JSON_OBJECT};
    const char *file = call_argument(call, 2);
    if (file != NULL) TRY(input_read_json(arena, file, &fields, why));
    if (fields.type != JSON_OBJECT) return why_set(why, ERR_INPUT, "", "file.fields", "", "%s must hold one JSON object", file);
    json_out_name(out, "fields");
    json_out_object(out);
    for (size_t i = 0; i < fields.count; i++) {
        json_out_name_span(out, fields.members[i].name);
        json_out_value(out, &fields.members[i].value);
    }
    TRY(pairs_write(call, "--set", out, why));
    json_out_object_end(out);
    return err_none();
}

// What an officer says of another's filing that she records: how it came, when, from whom.
static struct err on_behalf_write(const struct call *call, struct json_out *out, struct why *why) {
    if (!call_has(call, "--on-behalf")) return err_none();
    json_out_name(out, "on_behalf");
    json_out_object(out);
    TRY(pairs_write(call, "--on-behalf", out, why));
    json_out_object_end(out);
    return err_none();
}

struct upload {
    struct client *client;
    struct arena *arena;
    struct client_answer refused; // status 0: none was
};

// Sends the file's bytes and writes the identifier that the node gave them.
static struct err attachment_send(struct upload *upload, const char *file, struct json_out *out, struct why *why) {
    struct client_request request = {.method = "POST", .content_type = "application/octet-stream"};
    TRY(file_read(upload->arena, file, LIMIT_ATTACHMENT_BYTES, &request.body, why));
    const char *slash = strrchr(file, '/');
    request.path = (const char *)arena_printf(upload->arena, "/api/v1/attachments?name=%s", client_encode(upload->arena, slash != NULL ? slash + 1 : file)).at;
    if (request.path == NULL) return err_make(ERR_MEMORY);
    struct client_answer answer;
    TRY(client_ask(upload->client, &request, &answer, why));
    struct span id = json_get_string(answer.is_json ? &answer.json : NULL, "id");
    if (answer.status >= 400 || id.len == 0) {
        upload->refused = answer;
        return why_set(why, ERR_CONFLICT, "", "file.attachment", "", "the node did not take %s", file);
    }
    json_out_string(out, id);
    return err_none();
}

static struct err filing_write(const struct call *call, struct upload *upload, struct buf *ret, struct why *why) {
    static const struct {
        const char *option, *name;
    } MEMBERS[] = {{"--case", "case"}, {"--entity", "entity"}, {"--as", "as"}, {"--corrects", "corrects"}};
    struct json_out out;
    json_out_init(&out, ret);
    json_out_object(&out);
    json_out_member_text(&out, "procedure", call_argument(call, 0));
    json_out_member_text(&out, "document", call_argument(call, 1));
    for (size_t i = 0; i < sizeof MEMBERS / sizeof MEMBERS[0]; i++)
        if (call_has(call, MEMBERS[i].option)) json_out_member_text(&out, MEMBERS[i].name, call_option(call, MEMBERS[i].option));
    TRY(fields_write(call, upload->arena, &out, why));
    TRY(on_behalf_write(call, &out, why));
    json_out_name(&out, "attachments");
    json_out_array(&out);
    size_t at = 0;
    for (const char *file; (file = call_option_next(call, "--attach", &at)) != NULL;) TRY(attachment_send(upload, file, &out, why));
    json_out_array_end(&out);
    json_out_object_end(&out);
    return ret->is_failed ? why_set(why, ERR_LIMIT, "", "file.size", "", "the filing is too large") : err_none();
}

static struct err receipt_keep(const struct call *call, const struct json *answer, struct arena *arena, struct why *why) {
    const char *file = call_option(call, "--receipt");
    const struct json *receipt = json_get(answer, "receipt");
    if (file == NULL || receipt == NULL) return err_none();
    struct buf text;
    buf_init(&text, arena, FILING_ARENA_BYTES / 4);
    struct json_out out;
    json_out_init(&out, &text);
    json_out_value(&out, receipt);
    buf_add_byte(&text, '\n');
    if (text.is_failed) return err_make(ERR_MEMORY);
    return file_write(file, buf_span(&text), 0600, why);
}

static void print_filed(const struct call *call, const struct json *answer) {
    struct span entity = json_get_string(answer, "entity");
    (void)printf("Filed %.*s in case %.*s%s%.*s, now %.*s%s.\n", SPAN_FMT(json_get_string(answer, "filing")), SPAN_FMT(json_get_string(answer, "case")),
                 entity.len > 0 ? " of entity " : "", SPAN_FMT(entity), SPAN_FMT(json_get_string(answer, "state")),
                 json_get_bool(answer, "is_repeat", false) ? " (it was filed before)" : "");
    const struct json *duties = json_get(answer, "duties");
    for (size_t i = 0; duties != NULL && duties->type == JSON_ARRAY && i < duties->count; i++) {
        print_duty(&duties->items[i]);
        (void)putchar('\n');
    }
    (void)printf("%.*s\n", SPAN_FMT(json_get_string(answer, "note")));
    struct span token = json_get_string(answer, "token");
    if (token.len > 0) (void)printf("Token for whom it invites, shown once: %.*s\n", SPAN_FMT(token));
    struct span by = json_get_string(answer, "answer_by"), how = json_get_string(answer, "answer_how");
    if (by.len > 0) (void)printf("%.*s will answer%s%.*s.\n", SPAN_FMT(by), how.len > 0 ? ": " : "", SPAN_FMT(how));
    if (call_has(call, "--receipt")) (void)printf("The receipt is in %s; varde verify proves it.\n", call_option(call, "--receipt"));
    else (void)puts("Keep the receipt: varde file ... --receipt FILE, or GET /api/v1/filings/ID/receipt.");
}

static int file_answered(const struct call *call, const struct client_answer *answer, struct arena *arena) {
    if (answer->status >= 400 || !answer->is_json) return client_refused(call, answer);
    struct why why = {0};
    struct err e = receipt_keep(call, &answer->json, arena, &why);
    if (is_err(e)) return call_fail(call, e, &why);
    if (call_has(call, "--json")) print_json(&answer->json);
    else if (call_has(call, "--check")) print_readable(&answer->json);
    else print_filed(call, &answer->json);
    return call_has(call, "--check") && !json_get_bool(&answer->json, "is_accepted", false) ? EXIT_NO : EXIT_DONE;
}

static int file_run(const struct call *call) {
    struct arena arena;
    arena_init(&arena, FILING_ARENA_BYTES);
    char key[RANDOM_ID_BYTES];
    random_id('K', key);
    struct upload upload = {.arena = &arena};
    struct buf body;
    buf_init(&body, &arena, LIMIT_JSON_BYTES);
    struct client_answer answer;
    struct why why = {0};
    struct err e = client_open(call, &arena, &upload.client, &why);
    if (!is_err(e)) {
        e = filing_write(call, &upload, &body, &why);
        struct client_request request = {
            .method = "POST",
            .path = call_has(call, "--check") ? "/api/v1/filings/check" : "/api/v1/filings",
            .body = buf_span(&body),
            .idempotency_key = call_has(call, "--key") ? call_option(call, "--key") : key,
        };
        if (!is_err(e)) e = client_ask(upload.client, &request, &answer, &why);
        client_close(upload.client);
    }
    int code = upload.refused.status != 0 ? client_refused(call, &upload.refused) : is_err(e) ? call_fail(call, e, &why) : file_answered(call, &answer, &arena);
    arena_fini(&arena);
    return code;
}

static const struct option FILE_OPTIONS[] = {
    {"--case", "ID", "the case it belongs to; without one, a new case is opened"},
    {"--entity", "ID", "the entity it is about, where the case does not say"},
    {"--as", "ROLE", "file as: entity, csirt, ca, spoc; where one could file in several roles"},
    {"--corrects", "ID", "the filing that this one corrects"},
    {"--set", "NAME=VALUE", "one field as text; may be repeated"},
    {"--on-behalf", "NAME=VALUE", "an officer records what another reported: channel, received_at, caller, call_back, ...; repeated"},
    {"--attach", "FILE", "attach a file; may be repeated"},
    {"--key", "TEXT", "idempotency key: the same key and content file once, however often sent"},
    {"--receipt", "FILE", "write the receipt to this file"},
    {"--check", NULL, "only try: faults, duties and proposed recipients; nothing is filed"},
    CLIENT_OPTIONS,
    {NULL, NULL, NULL},
};
const struct command file_command = {
    .name = "file",
    .arguments = "PROCEDURE DOCUMENT [FIELDS]",
    .summary = "File a document: register, report an incident, answer",
    .help = "FIELDS is a file with one JSON object (- is standard input): the fields of the form. GET /api/v1/procedures lists\n"
            "procedures and documents. A broken connection is tried again with the same key, so that nothing is filed twice.\n\n"
            "An officer records what came by telephone or on paper with --on-behalf channel=phone --on-behalf\n"
            "received_at=2026-11-22T08:15 --on-behalf caller=NAME --on-behalf call_back=done. Timeliness counts from received_at.",
    .options = FILE_OPTIONS,
    .run = file_run,
};
