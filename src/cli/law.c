// SPDX-License-Identifier: EUPL-1.2
/* varde law list: the packs, listed. */
#include "cli/commands.h"
#include "cli/packs.h"
#include "cli/print.h"

enum { REPORT_BYTES = 16 * 1024 * 1024 };

static void list_row(struct buf *text, struct json_out *out, const struct pack *pack, bool is_json, struct arena *arena) {
    struct span from = pack->has_from ? civil_text(arena, pack->from) : span_make(NULL, 0);
    if (!is_json) {
        buf_printf(text, "%-22.*s %-10.*s %-11.*s ", SPAN_FMT(pack->id), SPAN_FMT(pack->version), SPAN_FMT(from));
        buf_add_hex(text, span_make(pack->hash.bytes, 6));
        buf_printf(text, "  %.*s\n", SPAN_FMT(pack->title));
        return;
    }
    struct buf hash;
    buf_init(&hash, arena, 2 * HASH_BYTES);
    buf_add_hex(&hash, hash_span(&pack->hash));
    json_out_object(out);
    json_out_member_string(out, "id", pack->id);
    json_out_member_string(out, "title", pack->title);
    json_out_member_string(out, "version", pack->version);
    json_out_member_string(out, "from", from);
    json_out_member_int(out, "files", (int64_t)pack->file_count);
    json_out_member_string(out, "sha256", buf_span(&hash));
    json_out_object_end(out);
}

static int law_list_run(const struct call *call) {
    struct packs packs;
    struct why why = {0};
    struct err e = packs_open(&packs, call_argument(call, 0), &why);
    if (is_err(e)) return call_fail(call, e, &why);
    bool is_json = call_has(call, "--json");
    struct buf text;
    buf_init(&text, NULL, REPORT_BYTES);
    struct json_out out;
    json_out_init(&out, &text);
    if (is_json) json_out_array(&out);
    for (size_t i = 0; i < law_pack_count(packs.law); i++)
        list_row(&text, &out, law_pack_at(packs.law, i), is_json, &packs.arena);
    if (is_json) {
        json_out_array_end(&out);
        buf_add_byte(&text, '\n');
    }
    print_span(buf_span(&text));
    buf_fini(&text);
    packs_close(&packs);
    return EXIT_DONE;
}

static const struct option LAW_LIST_OPTIONS[] = {
    {"--json", NULL, "answer in JSON"},
    {NULL, NULL, NULL},
};
const struct command law_list_command = {
    .name = "law list",
    .arguments = "[DIR]",
    .summary = "List the law packs with version, date and hash",
    .options = LAW_LIST_OPTIONS,
    .run = law_list_run,
};
