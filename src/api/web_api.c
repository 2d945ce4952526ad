// SPDX-License-Identifier: EUPL-1.2
/*
 * The web interface: files that the build made of web/ and that travel inside the binary. Whatever path under /app/ is no file is
 * the page itself, which knows its own addresses. It does nothing that the API does not offer.
 */
#include "api/api.h"
#include "base/embed.h"
#include "base/hash.h"

// Nothing is taken from elsewhere, no script stands in the page, no other page may frame it.
static const char POLICY[] = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; "
                             "base-uri 'none'; frame-ancestors 'none'";

static const struct { const char *ending, *media_type; } TYPES[] = {
    {".html", "text/html; charset=utf-8"}, {".js", "text/javascript; charset=utf-8"}, {".css", "text/css; charset=utf-8"},
    {".svg", "image/svg+xml"}, {".json", "application/json"}, {".txt", "text/plain; charset=utf-8"},
};

static bool ends_with(struct span text, struct span end) {
    return text.len >= end.len && span_equals(span_part(text, text.len - end.len, text.len), end);
}

static const char *media_type_of(struct span path) {
    for (size_t i = 0; i < sizeof TYPES / sizeof TYPES[0]; i++)
        if (ends_with(path, span_of(TYPES[i].ending))) return TYPES[i].media_type;
    return "application/octet-stream";
}

static const struct embedded_file *file_find(struct arena *arena, struct span path, const char *ending) {
    struct span name = arena_printf(arena, "%.*s%s", SPAN_FMT(path), ending);
    for (size_t i = 0; i < embedded_web_count; i++)
        if (span_is(name, embedded_web[i].path)) return &embedded_web[i];
    return NULL;
}

// Whether the client says that it takes CODING (a name in a list, without a weight of nothing).
static bool takes(const struct api_request *request, const char *coding) {
    struct span list = api_header(request, "accept-encoding");
    for (size_t at = 0; at < list.len;) {
        size_t end = span_find(list, ',', at), semicolon = span_find(list, ';', at);
        struct span name = span_trim(span_part(list, at, semicolon < end ? semicolon : end));
        struct span weight = semicolon < end ? span_trim(span_part(list, semicolon + 1, end)) : span_make(NULL, 0);
        if (span_is(name, coding)) return !span_is(weight, "q=0") && !span_is(weight, "q=0.0") && !span_is(weight, "q=0.00") && !span_is(weight, "q=0.000");
        at = end + 1;
    }
    return false;
}

static struct err answer_file(struct api_request *request, struct api_response *response, struct span path, struct why *why) {
    static const struct { const char *ending, *coding; } CODINGS[] = {{".br", "br"}, {".gz", "gzip"}};
    const struct embedded_file *file = file_find(request->arena, path, "");
    if (file == NULL) return why_set(why, ERR_NOT_FOUND, "", "http.path", "RFC 9110 15.5.5", "There is nothing here.");
    const char *coding = NULL;
    for (size_t i = 0; coding == NULL && i < sizeof CODINGS / sizeof CODINGS[0]; i++) {
        const struct embedded_file *packed = takes(request, CODINGS[i].coding) ? file_find(request->arena, path, CODINGS[i].ending) : NULL;
        if (packed == NULL) continue;
        coding = CODINGS[i].coding;
        file = packed;
    }
    struct hash hash = hash_sha256(span_make(file->bytes, file->size_bytes)); // of the bytes that go: each coding has a tag of its own
    struct buf tag;
    buf_init(&tag, request->arena, 80);
    buf_add_hex(&tag, span_part(hash_span(&hash), 0, 12));
    bool has_hash_in_name = span_starts_with(path, SPAN("assets/"));
    api_respond_header(response, "cache-control", has_hash_in_name ? SPAN("public, max-age=31536000, immutable") : SPAN("no-cache"));
    api_respond_header(response, "content-security-policy", span_of(POLICY));
    api_respond_header(response, "cross-origin-opener-policy", SPAN("same-origin"));
    api_respond_header(response, "vary", SPAN("accept-encoding"));
    response->media_type = media_type_of(path);
    if (api_etag(request, response, buf_span(&tag), 0)) return err_none();
    if (coding != NULL) api_respond_header(response, "content-encoding", span_of(coding));
    response->status = 200;
    buf_clear(&response->body);
    buf_add(&response->body, span_make(file->bytes, file->size_bytes));
    return response->body.is_failed ? err_make(ERR_MEMORY) : err_none();
}

static struct err get_app(struct api_request *request, struct api_response *response, struct why *why) {
    return answer_file(request, response, SPAN("index.html"), why);
}

static struct err get_file(struct api_request *request, struct api_response *response, struct why *why) {
    struct span path = request->params[0];
    bool is_file = span_starts_with(path, SPAN("assets/")) || file_find(request->arena, path, "") != NULL;
    if (ends_with(path, SPAN(".br")) || ends_with(path, SPAN(".gz"))) is_file = false;
    return answer_file(request, response, is_file ? path : SPAN("index.html"), why);
}

static const struct route_param ANY[] = {{"*", "string", "what the page puts into its address"}, {NULL, NULL, NULL}};

const struct route routes_web[] = {
    {"GET", "/sign-in/{provider}", get_app, AUTH_NONE, 0, RATE_PAGE, "web", "Page: where a provider of sign-in sends people back to", NULL, "Html", 200, ANY, false},
    {"GET", "/app", get_app, AUTH_NONE, 0, RATE_PAGE, "web", "Page: the web interface", NULL, "Html", 200, ANY, false},
    {"GET", "/app/", get_app, AUTH_NONE, 0, RATE_PAGE, "web", "Page: the web interface, with its usual address", NULL, "Html", 200, ANY, false},
    {"GET", "/app/{path*}", get_file, AUTH_NONE, 0, RATE_PAGE, "web", "Page: the web interface, its addresses and files", NULL, "Html", 200, ANY, false},
    {0},
};
