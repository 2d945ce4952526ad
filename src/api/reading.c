// SPDX-License-Identifier: EUPL-1.2
/* Who read what is recorded before the answer goes out; once an hour a person and thing. */
#include "api/api.h"

static struct err note_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context,
                             struct why *why) {
    (void)request;
    (void)edge;
    const struct api_reading *reading = context;
    return access_reading_note(conn, &reading->reading, now_ms, why);
}

static struct err note_render(struct api_request *request, struct api_response *response, struct store_conn *reader, void *context,
                              struct why *why) {
    const struct api_reading *reading = context;
    return reading->render(request, response, reader, reading->ctx, why);
}

struct err api_read_noted(struct api_request *request, struct api_response *response, const char *kind, struct span id, struct span entity,
                          const struct role *role, api_render *render, void *ctx, struct why *why) {
    struct api_reading *reading = ARENA_NEW(request->arena, struct api_reading);
    if (reading == NULL) return err_make(ERR_MEMORY);
    *reading = (struct api_reading){.reading = {.person_id = request->principal.person_id,
                                                .office = role != NULL ? role->office : span_make(NULL, 0),
                                                .kind = span_of(kind),
                                                .id = id,
                                                .entity = entity},
                                    .render = render,
                                    .ctx = ctx};
    bool is_noted = false;
    TRY(access_reading_is_noted(request->conn, &reading->reading, request->received_ms, &is_noted, why));
    if (is_noted) return render(request, response, request->conn, ctx, why);
    return api_write(request, response, note_apply, note_render, reading, false);
}

struct note_list {
    size_t count;
    struct access_reading readings[];
};

static struct err note_list_apply(struct api_request *request, struct store_conn *conn, struct log_edge *edge, int64_t now_ms, void *context,
                                  struct why *why) {
    (void)request;
    (void)edge;
    const struct note_list *list = context;
    for (size_t i = 0; i < list->count; i++) TRY(access_reading_note(conn, &list->readings[i], now_ms, why));
    return err_none();
}

struct err api_note_readings(struct api_request *request, struct api_response *response, const struct access_reading *readings, size_t count,
                             struct why *why) {
    struct note_list *list = arena_take(request->arena, sizeof *list + count * sizeof list->readings[0]);
    if (list == NULL) return err_make(ERR_MEMORY);
    list->count = 0;
    for (size_t i = 0; i < count; i++) {
        bool is_noted = false;
        TRY(access_reading_is_noted(request->conn, &readings[i], request->received_ms, &is_noted, why));
        if (!is_noted) list->readings[list->count++] = readings[i];
    }
    return list->count == 0 ? err_none() : api_write(request, response, note_list_apply, NULL, list, false);
}
