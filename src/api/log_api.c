// SPDX-License-Identifier: EUPL-1.2
/* The public face of the log: C2SP tlog-tiles under /log. */
#include "api/resources.h"
#include "service/proof.h"

static struct err get_checkpoint(struct api_request *request, struct api_response *response, struct why *why) {
    struct span note;
    int64_t size;
    TRY(proof_checkpoint(request->services, request->conn, request->arena, &note, &size, why));
    response->status = 200;
    response->media_type = "text/plain; charset=utf-8";
    api_respond_header(response, "cache-control", SPAN("no-cache"));
    buf_add(&response->body, note);
    return err_none();
}

static struct err get_tile(struct api_request *request, struct api_response *response, struct why *why) {
    struct span tile;
    struct span path = arena_printf(request->arena, "tile/%.*s", SPAN_FMT(request->params[0]));
    TRY(proof_tile(request->services, request->conn, path, request->arena, &tile, why));
    response->status = 200;
    response->media_type = "application/octet-stream";
    // Tiles never change.
    api_respond_header(response, "cache-control", SPAN("public, max-age=31536000, immutable"));
    buf_add(&response->body, tile);
    return err_none();
}

static struct err get_key(struct api_request *request, struct api_response *response, struct why *why) {
    (void)why;
    response->status = 200;
    response->media_type = "text/plain; charset=utf-8";
    verifier_key_write(&response->body, &request->services->log_key);
    buf_add_byte(&response->body, '\n');
    return err_none();
}

const struct route routes_log[] = {
    {"GET", "/log/checkpoint", get_checkpoint, AUTH_NONE, 0, RATE_OPEN, "log", "The published head of the log, a signed note", NULL, NULL, 200, NULL, false},
    {"GET", "/log/key", get_key, AUTH_NONE, 0, RATE_OPEN, "log", "The log's verifier key", NULL, NULL, 200, NULL, false},
    {"GET", "/log/tile/{path*}", get_tile, AUTH_NONE, 0, RATE_OPEN, "log", "A tile of the published log", NULL, NULL, 200, NULL, false},
    {0},
};
